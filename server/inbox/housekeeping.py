"""What phones need not hold any longer: transfers that ended and outcomes that came so many days ago.

The rows stay in the books, all but those of codes that nobody knows and nobody scans any more; only the feed says
goodbye to them, by tombstones like any other. What it lists and cannot be built is let go the same way, or one broken
row would be asked for at every pull. Before that, what approvals reserved on which nobody acted is free again.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Column, ColumnElement, Select, String, cast, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import Clock
from server.database import IN_TROUBLE, Database, padded
from server.inbox.accept import Door, DoorClosed
from server.inbox.feed import Feed, Row
from server.inbox.pruning import ROWS_AT_ONCE, mark_heads, prune
from server.inbox.rows import rows_of
from server.inbox.tables import buckets, feed, outcomes
from server.policies.facts import load_policies
from server.transfers.expiry import expire
from server.transfers.tables import transfers
from server.unknown_codes.facts import forget_until, old_buckets
from sync.journal import KEPT_MS
from sync.papers import DAY_MS

PAUSE_S = 6 * 3600

log = structlog.get_logger("housekeeping")


@dataclass(frozen=True, slots=True)
class Round:
    """One time of letting go: when it ended, how many rows, and whether the database was in the way."""

    at: int
    rows: int
    failed: bool


class Housekeeper:
    """Lets go when the hub starts, four times a day, and when it is woken; of what is lost at once, and then of nothing
    else. `last` is the last time it looked through everything.
    """

    last: Round | None = None

    def __init__(self, database: Database, clock: Clock, door: Door) -> None:
        self._database = database
        self._door = door
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        # Whether everything is to be looked through, and when it is at the latest.
        self._is_due = True
        self._due_s = 0.0
        self._lost: set[Row] = set()

    def open(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wake(self) -> None:
        """A policy changed that says what phones hold."""
        self._is_due = True
        self._woken.set()

    def lost(self, rows: Iterable[Row]) -> None:
        """Rows that the feed lists and that could not be built for a phone."""
        self._lost.update(rows)
        self._woken.set()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            lost, self._lost = self._lost, set()
            is_due, self._is_due = self._is_due, False
            if is_due:
                self._due_s = asyncio.get_running_loop().time() + PAUSE_S
            try:
                count = await let_lost_go(self._database, sorted(lost))
                if is_due:
                    count += await expire(self._database, self._door.push, self._clock())
                    count += await let_go(self._database, self._clock())
                    self.last = Round(self._clock(), count, failed=False)
                log.info("let_go", rows=count)
            except (*IN_TROUBLE, DoorClosed) as error:
                # Nothing hangs on it: what was not let go now is let go the next time.
                if is_due:
                    self.last = Round(self._clock(), 0, failed=True)
                log.warning("let_go_failed", error=str(error))
            await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout_at(self._due_s):
                await self._woken.wait()
        except TimeoutError:
            self._is_due = True


async def let_go(database: Database, now: int) -> int:
    """How many rows phones will be told to forget or to take back, and how many old tombstones went."""
    async with database.reading() as connection:
        chosen = await load_policies(connection)
    kept_since = now - chosen.closed_days * DAY_MS
    count = 0
    for query, id_, gone in (
        (_transfers(feed.c.gone, transfers.c.ended_at > kept_since), transfers.c.id, False),
        (_transfers(~feed.c.gone, transfers.c.ended_at <= kept_since), transfers.c.id, True),
        (_old_outcomes(now), outcomes.c.operation_id, True),
    ):
        while (rows := await _tell_some(database, query, id_, gone)) is not None:
            count += rows
    count += await _forget_codes(database, now - chosen.unknown_code_days * DAY_MS)
    await mark_heads(database, now)
    return count + await prune(database, now, chosen.tombstone_days)


async def _forget_codes(database: Database, until: int) -> int:
    """Codes that nobody knows and nobody scanned since: how many phones will be told to forget."""
    count = 0
    for name in await old_buckets(database, until):
        async with database.writing() as connection:
            told = Feed()
            await told.lock(connection, [name])
            gone = await forget_until(connection, int(name.partition(":")[2]), until)
            for key in gone:
                told.touch(name, key, gone=True)
            heads = await told.write(connection)
        database.heard(heads)
        count += len(gone)
    return count


async def let_lost_go(database: Database, rows: Sequence[Row]) -> int:
    """Of the rows those that still cannot be built; the doctor says what is missing in the books."""
    count = 0
    for name in sorted({name for name, _key in rows}):
        told = Feed()
        async with database.writing() as connection:
            await told.lock(connection, [name])
            keys = [key for bucket, key in rows if bucket == name]
            built = await rows_of(connection, name, keys)
            for key in set(keys) - set(built):
                told.touch(name, key, gone=True)
                count += 1
            heads = await told.write(connection)
        database.heard(heads)
    return count


async def _tell_some(database: Database, query: Select[str, str], id_: Column[Any], gone: bool) -> int | None:
    """How many, None where there are none. `id_` is what their keys name."""
    # Looked for without SQLite's one writer: nobody waits while years of outcomes are gone through.
    async with database.reading() as connection:
        found = set(await _rows(connection, query))
    if not found:
        return None
    async with database.writing() as connection:
        told = Feed()
        await told.lock(connection, {bucket for bucket, _key in found})
        # Asked again behind the locks, by their ids alone: what others told meanwhile is told.
        ids = {key.partition(":")[2] for _bucket, key in found}
        still = found.intersection(await _rows(connection, query.where(id_.in_(padded(ids)))))
        for bucket, key in sorted(still):
            told.touch(bucket, key, gone=gone)
        heads = await told.write(connection)
    database.heard(heads)
    return len(still)


async def _rows(connection: AsyncConnection, query: Select[str, str]) -> list[Row]:
    listed = await connection.execute(query.order_by(feed.c.bucket_id, feed.c.key).limit(ROWS_AT_ONCE))
    return [(row.name, row.key) for row in listed]


def _transfers(*those: ColumnElement[bool]) -> Select[str, str]:
    """Where the feed lists such transfers, in the buckets of both their stores."""
    ended = select(buckets.c.name, feed.c.key).join(buckets, buckets.c.id == feed.c.bucket_id)
    ended = ended.join(transfers, feed.c.key == _named("transfer:", transfers.c.id))
    stores = (transfers.c.from_store_id, transfers.c.to_store_id)
    return ended.where(or_(*(buckets.c.name == _named("work:", store) for store in stores)), *those)


def _old_outcomes(now: int) -> Select[Any]:
    old = select(buckets.c.name, feed.c.key).join(buckets, buckets.c.id == feed.c.bucket_id)
    old = old.join(outcomes, feed.c.key == _named("outcome:", outcomes.c.operation_id))
    theirs = buckets.c.name == _named("user:", outcomes.c.person_id)
    return old.where(outcomes.c.booked_at <= now - KEPT_MS, theirs, ~feed.c.gone)


def _named(prefix: str, column: ColumnElement[Any]) -> ColumnElement[str]:
    return literal(prefix, String) + cast(column, String)
