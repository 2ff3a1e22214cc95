"""What the store's page draws, each in one statement along an index."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import items
from server.counts.tables import anchors
from server.ledger.tables import TOLD_BY_PEOPLE, balances, ledger
from server.transfers.tables import transfer_events, transfers
from server.visits import Visit

# Spelled as its index is, or SQLite reads the whole book instead.
_told_by_people: ColumnElement[bool] = literal_column(TOLD_BY_PEOPLE)


class Counted(NamedTuple):
    """Counts of a period: how many, how many of them found the book exactly right, and by how many units it was wrong
    in all, beside the units counted.
    """

    period: int
    unit: str
    counts: int
    exact: int
    off: int
    units: int


class Adjusted(NamedTuple):
    """Adjustments of a reason: how many, and the pieces they took off and added."""

    reason: str
    times: int
    pieces_out: int
    pieces_in: int


class OnTheRoad(NamedTuple):
    """A transfer that has left for the store, and when something of it last left."""

    id: str
    from_store: int
    sent_at: int


class StockOut(NamedTuple):
    item: int
    on_hand: int
    moved_at: int


class StockOuts(NamedTuple):
    """`rows` are those that moved last; of `total` items `below` stand below zero."""

    total: int
    below: int
    rows: list[StockOut]


async def counted(connection: AsyncConnection, location: int, since: int, period_ms: int) -> list[Counted]:
    """By period from `since` on, the first one 0, and by unit.

    A variance is what is needed to keep the count true by all that is known today: news that came after the count and
    explains it makes the book right.
    """
    made = (
        select(ledger.c.item_id, ledger.c.count_id, func.sum(ledger.c.delta).label("units"))
        .where(ledger.c.location_id == location, ledger.c.effective_at >= since)
        .where(_told_by_people, ledger.c.kind == "count")
        .group_by(ledger.c.item_id, ledger.c.count_id)
        .subquery()
    )
    wrong = func.coalesce(made.c.units, 0)
    period = ((anchors.c.effective_at - since) // period_ms).label("period")
    query = (
        select(
            period,
            items.c.unit,
            func.count(),
            func.sum(case((wrong == 0, 1), else_=0)),
            func.sum(func.abs(wrong)),
            func.sum(anchors.c.counted),
        )
        .select_from(
            anchors.join(items, items.c.id == anchors.c.item_id).outerjoin(
                made, and_(made.c.count_id == anchors.c.operation_id, made.c.item_id == anchors.c.item_id)
            )
        )
        .where(anchors.c.location_id == location, anchors.c.effective_at >= since)
        .group_by(period, items.c.unit)
    )
    rows = await connection.execute(query)
    return [Counted(int(at), unit, *(int(figure) for figure in figures)) for at, unit, *figures in rows]


async def adjusted(connection: AsyncConnection, location: int, since: int) -> list[Adjusted]:
    """The most frequent reason first; goods by weight are counted in `times` alone, for grams are no pieces."""
    pieces = case((items.c.unit == "each", ledger.c.delta), else_=0)
    times = func.count().label("times")
    query = (
        select(
            ledger.c.reason,
            times,
            func.sum(case((pieces < 0, -pieces), else_=0)),
            func.sum(case((pieces > 0, pieces), else_=0)),
        )
        .select_from(ledger.join(items, items.c.id == ledger.c.item_id))
        .where(ledger.c.location_id == location, ledger.c.effective_at >= since)
        .where(_told_by_people, ledger.c.kind == "adjust")
        .group_by(ledger.c.reason)
        .order_by(times.desc(), ledger.c.reason)
    )
    rows = await connection.execute(query)
    return [Adjusted(reason or "other", *(int(figure) for figure in figures)) for reason, *figures in rows]


async def open_transfers(connection: AsyncConnection, store: int) -> dict[tuple[str, bool], int]:
    """How many are under way, by state and whether they come here."""
    comes = (transfers.c.to_store_id == store).label("comes")
    here = or_(transfers.c.to_store_id == store, transfers.c.from_store_id == store)
    query = select(transfers.c.state, comes, func.count()).where(transfers.c.ended_at.is_(None), here)
    rows = await connection.execute(query.group_by(transfers.c.state, comes))
    return {(state, bool(coming)): int(number) for state, coming, number in rows}


async def on_the_road(connection: AsyncConnection, store: int) -> list[OnTheRoad]:
    """What is coming and has not all arrived, the longest on its way first."""
    sent_at = func.max(transfer_events.c.effective_at).label("sent_at")
    query = (
        select(transfers.c.id, transfers.c.from_store_id, sent_at)
        .join(transfer_events, transfer_events.c.transfer_id == transfers.c.id)
        .where(transfers.c.to_store_id == store, transfers.c.ended_at.is_(None))
        .where(transfers.c.state.in_(("dispatched", "short")), transfer_events.c.kind == "dispatch")
        .group_by(transfers.c.id, transfers.c.from_store_id)
        .order_by(sent_at, transfers.c.id)
    )
    return [OnTheRoad(*row) for row in await connection.execute(query)]


async def stock_outs(visit: Visit, location: int, since: int, most: int) -> StockOuts:
    """Items that the store carries and sells, has none of, and had something to do with lately."""
    held = func.sum(balances.c.on_hand)
    empty = (
        select(balances.c.item_id, held.label("on_hand"))
        .where(balances.c.location_id == location)
        .group_by(balances.c.item_id)
        .having(held <= 0)
        .subquery()
    )
    moved = select(func.max(ledger.c.effective_at)).where(
        ledger.c.item_id == empty.c.item_id, ledger.c.location_id == location, ledger.c.effective_at >= since
    )
    found = (
        select(empty.c.item_id, empty.c.on_hand, moved.scalar_subquery().label("moved_at"))
        .join_from(empty, items, items.c.id == empty.c.item_id)
        .where(items.c.archived_at.is_(None), visit.ranged())
        .subquery()
    )
    below: Any = func.sum(case((found.c.on_hand < 0, 1), else_=0)).over()
    query = (
        select(func.count().over(), below, found.c.item_id, found.c.on_hand, found.c.moved_at)
        .where(found.c.moved_at.is_not(None))
        .order_by(found.c.moved_at.desc(), found.c.item_id)
        .limit(most)
    )
    rows = (await visit.connection.execute(query)).all()
    listed = [StockOut(row[2], int(row[3]), row[4]) for row in rows]
    return StockOuts(int(rows[0][0]), int(rows[0][1]), listed) if rows else StockOuts(0, 0, [])
