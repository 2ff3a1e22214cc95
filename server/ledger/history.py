"""What moved of an item on a store's shelves, newest first, and on hand after each movement.

Pages go by key and not by number, and on hand is summed along an index that holds all it needs: a page of fifty
thousand movements costs hardly more than one of five thousand.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from server.counts.tables import anchors
from server.database import Database
from server.ledger.tables import balances, ledger
from server.people.tables import people
from server.transfers.tables import transfers
from sync.operations import LARGEST

ROWS_A_PAGE = 50
ROWS_A_BATCH = 1_000
# What a reader filters by, and the kinds of entries it means.
KINDS = {
    "adjust": ("adjust",),
    "count": ("count",),
    "transfer": ("dispatch", "receive", "damage", "loss"),
    "sale": ("sale", "return"),
    "delivery": ("delivery",),
    "other": ("opening", "merge"),
}
# (effective_at, id): the order of the book.
Key = tuple[int, int]
_place = tuple_(ledger.c.effective_at, ledger.c.id)


@dataclass(frozen=True, slots=True)
class Movements:
    """Entries of an item at a location: of a `kind` of `KINDS` ("" for all), from `since` until just before `until`."""

    location: int
    item: int
    kind: str = ""
    since: int | None = None
    until: int | None = None

    def here(self) -> ColumnElement[bool]:
        return and_(ledger.c.item_id == self.item, ledger.c.location_id == self.location)

    def chosen(self) -> ColumnElement[bool]:
        conditions = [self.here()]
        if self.kind:
            conditions.append(ledger.c.kind.in_(KINDS[self.kind]))
        if self.since is not None:
            conditions.append(ledger.c.effective_at >= self.since)
        if self.until is not None:
            conditions.append(ledger.c.effective_at < self.until)
        return and_(*conditions)


class Movement(NamedTuple):
    """An entry with on hand just after it."""

    entry: Row[Any]
    after: int

    @property
    def key(self) -> Key:
        return self.entry.effective_at, self.entry.id


class Turned(NamedTuple):
    """A page: whether there are newer ones than its first, and older ones than its last."""

    rows: list[Movement]
    newer: bool
    older: bool


async def movements_page(
    connection: AsyncConnection, asked: Movements, after: Key | None = None, before: Key | None = None
) -> Turned:
    """Those older than `after`, or the last ones newer than `before`; the newest where neither is given."""
    backwards = before is not None and after is None
    # Found along the index alone; the rest is read of those that are shown.
    found = select(ledger.c.id).where(asked.chosen())
    if after is not None:
        found = found.where(_place < after)
    elif before is not None:
        found = found.where(_place > before)
    order = (ledger.c.effective_at, ledger.c.id) if backwards else (ledger.c.effective_at.desc(), ledger.c.id.desc())
    ids = list((await connection.scalars(found.order_by(*order).limit(ROWS_A_PAGE + 1))).all())
    more, ids = len(ids) > ROWS_A_PAGE, ids[:ROWS_A_PAGE]
    entries = (await connection.execute(_told(ledger.c.id.in_(ids)))).all()
    rows = await _with_on_hand(connection, asked, entries)
    return Turned(rows, more if backwards else after is not None, backwards or more)


async def every_movement(database: Database, asked: Movements) -> AsyncIterator[Movement]:
    """All of them, newest first; read in batches, each in a snapshot of its own.

    What is booked while they are read is left out, for on hand is counted back from the moment of the first batch.
    """
    async with database.reading() as connection:
        on_hand = await _on_hand(connection, asked)
        last = await connection.scalar(select(func.max(ledger.c.id)).where(asked.here()))
    key: Key = (LARGEST, LARGEST)
    since = literal(True) if asked.since is None else ledger.c.effective_at >= asked.since
    kinds = KINDS.get(asked.kind)
    while last is not None:
        async with database.reading() as connection:
            # On hand needs also what is not chosen, but for what is older than all that is.
            query = _told(and_(asked.here(), since, _place < key, ledger.c.id <= last)).limit(ROWS_A_BATCH)
            entries = (await connection.execute(query)).all()
        for entry in entries:
            in_time = asked.until is None or entry.effective_at < asked.until
            if in_time and (kinds is None or entry.kind in kinds):
                yield Movement(entry, on_hand)
            on_hand -= entry.delta
        if len(entries) < ROWS_A_BATCH:
            return
        key = entries[-1].effective_at, entries[-1].id


async def _with_on_hand(connection: AsyncConnection, asked: Movements, entries: Sequence[Row[Any]]) -> list[Movement]:
    """On hand after each of these, newest first: that after the first one, less what moved from one to the next."""
    if not entries:
        return []
    newer_at, newer_id = (
        func.lag(column).over(order_by=_DESCENDING) for column in (ledger.c.effective_at, ledger.c.id)
    )
    shown = (
        select(ledger.c.id, ledger.c.effective_at, newer_at.label("newer_at"), newer_id.label("newer_id"))
        .where(ledger.c.id.in_([entry.id for entry in entries]))
        .subquery()
    )
    moved = ledger.alias("moved")
    key = tuple_(moved.c.effective_at, moved.c.id)
    since = (
        select(func.sum(moved.c.delta))
        .where(moved.c.item_id == asked.item, moved.c.location_id == asked.location)
        .where(key > tuple_(shown.c.effective_at, shown.c.id), key <= tuple_(shown.c.newer_at, shown.c.newer_id))
        .scalar_subquery()
    )
    gaps = {row.id: int(row.units or 0) for row in await connection.execute(select(shown.c.id, since.label("units")))}
    after = await _after(connection, asked, (entries[0].effective_at, entries[0].id))
    rows = []
    for entry in entries:
        after -= gaps[entry.id]
        rows.append(Movement(entry, after))
    return rows


async def _after(connection: AsyncConnection, asked: Movements, key: Key) -> int:
    """On hand just after a movement, summed from whichever end of the book seems nearer."""
    # Each by itself: of two ends asked at once SQLite reads all that lies between.
    ends = (select(end(ledger.c.effective_at)).where(asked.here()).scalar_subquery() for end in (func.min, func.max))
    first, last = (await connection.execute(select(*ends))).one()
    moved = select(func.coalesce(func.sum(ledger.c.delta), 0)).where(asked.here())
    if key[0] - first < last - key[0]:
        return int(await connection.scalar(moved.where(_place <= key)) or 0)
    newer = await connection.scalar(moved.where(_place > key))
    return await _on_hand(connection, asked) - int(newer or 0)


async def _on_hand(connection: AsyncConnection, asked: Movements) -> int:
    here = balances.c.location_id == asked.location, balances.c.item_id == asked.item
    return int(await connection.scalar(select(func.coalesce(func.sum(balances.c.on_hand), 0)).where(*here)) or 0)


_DESCENDING = (ledger.c.effective_at.desc(), ledger.c.id.desc())
_ENTRY = (
    "id",
    "delta",
    "kind",
    "reason",
    "lot",
    "transfer_id",
    "operation_id",
    "effective_at",
    "booked_at",
    "count_id",
)


def _told(condition: ColumnElement[bool]) -> Select[Any]:
    """Entries, newest first, with who signed them, between which stores they went, and what was counted."""
    counted = and_(
        anchors.c.location_id == ledger.c.location_id,
        anchors.c.item_id == ledger.c.item_id,
        anchors.c.effective_at == ledger.c.effective_at,
        anchors.c.operation_id == ledger.c.count_id,
    )
    joined = (
        ledger.outerjoin(people, people.c.id == ledger.c.person_id)
        .outerjoin(transfers, transfers.c.id == ledger.c.transfer_id)
        .outerjoin(anchors, counted)
    )
    others = (people.c.name.label("person_name"), transfers.c.from_store_id, transfers.c.to_store_id, anchors.c.counted)
    columns = (ledger.c[name] for name in _ENTRY)
    return select(*columns, *others).select_from(joined).where(condition).order_by(*_DESCENDING)
