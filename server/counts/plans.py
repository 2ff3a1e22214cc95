"""What is to be counted in a store today, out of its books, and as its phones hold it."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.approvals.words import worth
from server.catalogue.tables import items
from server.counts.grading import Due, Grade, Known, dues
from server.counts.past import Place
from server.counts.sightings import recounts_in
from server.counts.tables import anchors, count_dues
from server.database import chunks
from server.ledger.tables import balances, ledger, shelves
from server.policies.values import Policies
from server.statements import Asked
from server.transfers.tables import transfer_events, transfer_lines, transfers
from sync.papers import DAY_MS

# What left a store within so many days says how dear an item is to it.
LOOKED_AT_DAYS = 90
ITEMS_AT_ONCE = 2000
_SOLD = ("sale", "dispatch", "adjust")
_DUE = Asked(
    select(count_dues.c.store_id, count_dues.c.item_id),
    count_dues.c.store_id,
    count_dues.c.item_id,
)


async def plan(connection: AsyncConnection, store: int, policies: Policies, now: int) -> list[Due]:
    """What is to be counted, without what waits for another pair of eyes anyhow."""
    most = policies.count_items_a_day
    if not most:
        return []
    waiting = {row["item"] for row in await recounts_in(connection, store)}
    known = [one async for one in _known(connection, store, now - LOOKED_AT_DAYS * DAY_MS) if one.item not in waiting]
    return dues(known, days_by_grade(policies), now, most)


def days_by_grade(policies: Policies) -> Mapping[Grade, int]:
    return {"A": policies.count_days_a, "B": policies.count_days_b, "C": policies.count_days_c}


async def _known(connection: AsyncConnection, store: int, since: int) -> AsyncIterator[Known]:
    """Of every item that the store has a balance of and that is still sold, some at a time."""
    location, last = shelves(store), 0
    held = (
        select(balances.c.item_id, items.c.price_cents, items.c.unit, func.sum(balances.c.on_hand).label("on_hand"))
        .join(items, items.c.id == balances.c.item_id)
        .where(balances.c.location_id == location, items.c.archived_at.is_(None))
        .group_by(balances.c.item_id, items.c.price_cents, items.c.unit)
        .order_by(balances.c.item_id)
        .limit(ITEMS_AT_ONCE)
    )
    while rows := (await connection.execute(held.where(balances.c.item_id > last))).all():
        ids = [row.item_id for row in rows]
        last = ids[-1]
        counted, left = await _counted(connection, location, ids), await _left(connection, location, ids, since)
        short = await _sent_short(connection, store, ids, since)
        for item, price_cents, unit, on_hand in rows:
            units, first, until, days = left.get(item, (0, 0, 0, 0))
            cents, counted_at = worth(units, price_cents, unit), counted.get(item, 0)
            yield Known(item, int(on_hand), counted_at, cents, first, until, days, short.get(item, 0))


async def _counted(connection: AsyncConnection, location: int, ids: Sequence[int]) -> dict[int, int]:
    """When each was counted last, whatever its lot."""
    query = select(anchors.c.item_id, func.max(anchors.c.effective_at))
    query = query.where(anchors.c.location_id == location, anchors.c.lot.is_(None)).group_by(anchors.c.item_id)
    found: dict[int, int] = {}
    for some in chunks(ids):
        rows = await connection.execute(query.where(anchors.c.item_id.in_(some)))
        found |= {item: int(at) for item, at in rows}
    return found


async def _left(
    connection: AsyncConnection, location: int, ids: Sequence[int], since: int
) -> dict[int, tuple[int, int, int, int]]:
    """`(units, first, last, days)` by item: what left, and on how many days any did."""
    at = ledger.c.effective_at
    figures = (-func.sum(ledger.c.delta), func.min(at), func.max(at), func.count((at // DAY_MS).distinct()))
    query = select(ledger.c.item_id, *figures).where(
        ledger.c.location_id == location, at >= since, ledger.c.delta < 0, ledger.c.kind.in_(_SOLD)
    )
    found: dict[int, tuple[int, int, int, int]] = {}
    for some in chunks(ids):
        rows = await connection.execute(query.where(ledger.c.item_id.in_(some)).group_by(ledger.c.item_id))
        found |= {item: (int(units), int(first), int(last), int(days)) for item, units, first, last, days in rows}
    return found


async def _sent_short(connection: AsyncConnection, store: int, ids: Sequence[int], since: int) -> dict[int, int]:
    """When less of an item left than had been approved: nobody found the rest."""
    line, sent = transfer_lines.c, transfer_events.c
    query = (
        select(line.item_id, func.max(sent.effective_at))
        .join(transfers, transfers.c.id == line.transfer_id)
        .join(transfer_events, (sent.transfer_id == transfers.c.id) & (sent.kind == "dispatch"))
        .where(transfers.c.from_store_id == store, line.dispatched < line.approved, sent.effective_at >= since)
        .group_by(line.item_id)
    )
    found: dict[int, int] = {}
    for some in chunks(ids):
        rows = await connection.execute(query.where(line.item_id.in_(some)))
        found |= {item: int(at) for item, at in rows}
    return found


async def due_figures(connection: AsyncConnection, store: int) -> dict[tuple[str, str], int]:
    """How many are left to count today, by grade and reason."""
    query = select(count_dues.c.grade, count_dues.c.reason, func.count()).where(count_dues.c.store_id == store)
    rows = await connection.execute(query.group_by(count_dues.c.grade, count_dues.c.reason))
    return {(grade, reason): int(number) for grade, reason, number in rows}


async def due_places(connection: AsyncConnection, places: Iterable[Place]) -> set[Place]:
    """Those of such (location, item) that are to be counted."""
    asked = sorted((location // 2, item) for location, item in places)
    return {(shelves(store), item) for store, item in await _DUE.rows(connection, asked)}


async def due_rows(connection: AsyncConnection, store: int, ids: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """As the bucket `counts:` of the store carries them, the most urgent first; all where no items are named. What
    leads nobody: no reason and no figure.
    """
    columns = (count_dues.c.item_id.label("item"), count_dues.c.place, count_dues.c.planned_at.label("at"))
    query = select(*columns).where(count_dues.c.store_id == store).order_by(count_dues.c.place)
    if ids is None:
        return [row._asdict() for row in await connection.execute(query)]
    found = []
    for some in chunks(ids):
        found += [row._asdict() for row in await connection.execute(query.where(count_dues.c.item_id.in_(some)))]
    return found
