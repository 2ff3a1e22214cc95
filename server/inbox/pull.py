"""What a phone does not have yet, bucket by bucket, all read in one snapshot of the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.counts.open_sessions import is_sealed
from server.inbox.feed import Row
from server.inbox.messages import Cursor, Pull
from server.inbox.rows import person_row, rows_of
from server.inbox.tables import buckets, clients, feed
from server.people.facts import Person, load_people
from server.people.sessions import Who
from server.stores.facts import Chain
from server.stores.known_chain import KnownChain
from sync.checksum import shown
from sync.operations import CATALOGUE
from sync.roles import Reader, reader_of

log = structlog.get_logger("pull")

SCHEMA: int = CATALOGUE["schema"]
# Rows in one answer: enough for a small chain at once, little enough for a phone to store in one breath.
ROWS_AT_MOST = 4000


# Called with rows that the feed lists and that cannot be built.
Lost = Callable[[list[Row]], None]


class SchemaTooOld(Exception):  # noqa: N818 -- answered with 426
    """The phone's release cannot read these rows; its outbox is untouched."""


@dataclass(frozen=True, slots=True)
class Bucket:
    id: int
    name: str
    epoch: str
    head: int
    floor: int
    sum: str


class Offers(Protocol):
    """What a phone may fetch packed: `{to, sum, snapshot}` in place of a bucket's rows, None where rows it is."""

    async def instead_of_rows(
        self, connection: AsyncConnection, bucket: Bucket, since: int | None
    ) -> dict[str, Any] | None: ...


async def answer_pull(
    connection: AsyncConnection,
    who: Who,
    pull: Pull,
    now: int,
    known_chain: KnownChain | None = None,
    lost: Lost = lambda rows: None,
    offers: Offers | None = None,
) -> dict[str, Any]:
    """The whole answer; see `sync/PROTOCOL.md`. Raises `SchemaTooOld`."""
    if pull.schema != SCHEMA:
        raise SchemaTooOld
    chain = await (known_chain or KnownChain()).read(connection)
    reader, known = await _may_hold(connection, who, chain, now, pull.lean)
    left = ROWS_AT_MOST
    told: list[dict[str, Any]] = []
    more = False
    for bucket in known:
        cursor = pull.cursors.get(bucket.name)
        if left <= 0:
            more = more or not _is_current(cursor, bucket)
            continue
        part = await _offered(connection, bucket, cursor, offers) if offers else None
        part = part or await _part(connection, bucket, cursor, left, lost)
        if part:
            told.append(part)
            left -= len(part["puts"]) + len(part["gone"])
            more = more or _is_cut(part, bucket)
    names = {bucket.name for bucket in known}
    return {
        "person": who.person_id,
        "buckets": told,
        "drop": sorted(name for name in pull.cursors if name not in names),
        "more": more,
        "now": now,
        "last_n": await _last_n(connection, pull.client, who),
        "home": reader["store"] or None,
    }


async def _may_hold(
    connection: AsyncConnection, who: Who, chain: Chain, now: int, lean: bool
) -> tuple[Reader, list[Bucket]]:
    person = (await load_people(connection, [who.person_id]))[who.person_id]
    reader = reader_of(person_row(person, chain.areas), now)
    sealed = await is_sealed(connection, person.id, who.device_id, now)
    return reader, await read_buckets(connection, _names_for(reader, person, chain, lean, sealed))


def bucket_names(person: Person, chain: Chain, now: int) -> list[str]:
    """What this person's phone may hold: their own, the goods around their store, the work of their stores."""
    reader = reader_of(person_row(person, chain.areas), now)
    return _names_for(reader, person, chain)


def _names_for(reader: Reader, person: Person, chain: Chain, lean: bool = False, sealed: bool = False) -> list[str]:
    """While their count is `sealed` no stock: the phone lets go of what it held."""
    names = ["chain", f"user:{person.id}", "lots:0"]
    if reader["level"] == 5:
        # What is about no store is an administrator's to look at.
        names.append("reviews:0")
    home = reader["store"]
    if not home:
        return names
    names += chain.bucket_names_of_catalogue(home)
    if not sealed:
        names += [f"stock:{home}", f"lots:{home}"]
        names += [f"stock:{store}" for store, _distance_m in chain.lenders(home) if not lean]
    names += [f"reviews:{store}" for store, level in sorted(reader["levels"].items()) if level >= 3]
    return names + [f"{noun}:{store}" for noun in ("work", "unknown_codes", "counts") for store in reader["work"]]


async def read_buckets(connection: AsyncConnection, names: Sequence[str]) -> list[Bucket]:
    """Existing buckets, in the order of the names."""
    rows = await connection.execute(select(buckets).where(buckets.c.name.in_(names)))
    found = {
        row.name: Bucket(row.id, row.name, row.epoch, row.head, row.floor, shown(row.sum_a, row.sum_b)) for row in rows
    }
    return [found[name] for name in names if name in found]


def _is_current(cursor: Cursor | None, bucket: Bucket) -> bool:
    return cursor is not None and (cursor.epoch, cursor.seq, cursor.sum) == (bucket.epoch, bucket.head, bucket.sum)


def _goes_on(cursor: Cursor | None, bucket: Bucket) -> bool:
    """Whether what the phone has can be continued; a wrong sum at the head means that it holds something else."""
    if cursor is None or cursor.epoch != bucket.epoch or cursor.seq > bucket.head:
        return False
    # Who has begun anew holds nothing that went before they did, however far below the floor they are still reading.
    if max(cursor.seq, cursor.floor) < bucket.floor:
        return False
    return cursor.seq < bucket.head or cursor.sum == bucket.sum


async def _offered(
    connection: AsyncConnection, bucket: Bucket, cursor: Cursor | None, offers: Offers
) -> dict[str, Any] | None:
    goes_on = _goes_on(cursor, bucket)
    offer = await offers.instead_of_rows(connection, bucket, cursor.seq if goes_on and cursor else None)
    # No floor but its own: what was let go between a snapshot and now, its phone still holds.
    empty = {"id": bucket.name, "epoch": bucket.epoch, "from": 0, "puts": [], "gone": [], "reset": True, "floor": 0}
    return {**empty, **offer} if offer else None


async def _part(
    connection: AsyncConnection, bucket: Bucket, cursor: Cursor | None, limit: int, lost: Lost
) -> dict[str, Any] | None:
    if cursor is not None and _is_current(cursor, bucket):
        return None
    goes_on = _goes_on(cursor, bucket)
    since = cursor.seq if goes_on and cursor else 0
    query = select(feed).where(feed.c.bucket_id == bucket.id, feed.c.seq > since).order_by(feed.c.seq).limit(limit)
    if not goes_on:
        # Who starts anew has nothing to forget.
        query = query.where(~feed.c.gone)
    listed = (await connection.execute(query)).all()
    live = [row for row in listed if not row.gone]
    rows = await rows_of(connection, bucket.name, [row.key for row in live])
    part = {
        "id": bucket.name,
        "epoch": bucket.epoch,
        "from": since,
        "to": listed[-1].seq if len(listed) == limit else bucket.head,
        "sum": bucket.sum,
        "puts": [[row.key, row.version, rows[row.key]] for row in live if row.key in rows],
        "gone": [[row.key, row.version] for row in listed if row.gone],
    }
    if broken := [(bucket.name, row.key) for row in live if row.key not in rows]:
        # One of them must not keep everything else from whoever asks.
        log.error("rows_missing", rows=broken[:20])
        lost(broken)
    return part if goes_on else {**part, "reset": True, "floor": bucket.floor}


def _is_cut(part: dict[str, Any], bucket: Bucket) -> bool:
    """Whether a part leaves rows for the next answer.

    What has moved since a snapshot is asked for when that is there, and keeps nobody from showing the rest meanwhile.
    """
    return bool(part["to"] < bucket.head) and "pieces" not in part.get("snapshot", {})


async def _last_n(connection: AsyncConnection, client: str | None, who: Who) -> int:
    if client is None:
        return 0
    query = select(clients.c.last_n).where(clients.c.id == client, clients.c.device_id == who.device_id)
    return int(await connection.scalar(query) or 0)
