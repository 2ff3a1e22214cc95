"""Proves the counts: on hand is what was counted last, and what moved after it."""

from collections import defaultdict
from collections.abc import AsyncIterator

from sqlalchemy import ColumnElement, Subquery, and_, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import items
from server.counts.past import Anchor, Place, Reading
from server.counts.readings import anchors_of, shelves_of
from server.counts.tables import anchors, readings
from server.findings import Finding
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import balances, ledger, shelves
from server.reviews.tables import has_effect


async def anchored(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """The newest count of every item on a shelf, and of every lot, plus what was booked after it is on hand."""
    newest = _newest_counts()
    count = newest.c
    gap = _units_now(newest) - _units_after(newest) - count.counted
    query = select(count.item_id, count.location_id, count.operation_id, gap.label("gap")).where(~_put_aside(newest))
    found = query.subquery()
    for row in await connection.execute(select(found).where(found.c.gap != 0)):
        where = f"Item {row.item_id} at location {row.location_id}"
        yield Finding(
            "anchor", f"{where}: on hand is {int(row.gap)} more than count {row.operation_id} and what followed."
        )


def _newest_counts() -> Subquery:
    place = func.row_number().over(
        partition_by=(anchors.c.location_id, anchors.c.item_id, anchors.c.lot),
        order_by=(anchors.c.effective_at.desc(), anchors.c.client_id.desc(), anchors.c.n.desc()),
    )
    ranked = select(anchors, place.label("place")).subquery()
    return select(ranked).where(ranked.c.place == 1).subquery()


def _units_now(newest: Subquery) -> ColumnElement[int]:
    kept, count = balances.c, newest.c
    here = (kept.location_id == count.location_id) & (kept.item_id == count.item_id)
    units = select(func.coalesce(func.sum(kept.on_hand), 0))
    return units.where(here, or_(count.lot.is_(None), kept.lot == count.lot)).correlate(newest).scalar_subquery()


def _units_after(newest: Subquery) -> ColumnElement[int]:
    entry, count = ledger.c, newest.c
    teller = outcomes.c.operation_id == func.coalesce(entry.count_id, entry.operation_id)
    told_after = tuple_(outcomes.c.client_id, outcomes.c.n) > tuple_(count.client_id, count.n)
    # Its own entry, the usual one at its moment, is known without a look at who told it.
    not_its_own = func.coalesce(entry.count_id, "") != count.operation_id
    after_it = exists().where(teller, booked_first, told_after).correlate(ledger, newest)
    same_time = and_(entry.effective_at == count.effective_at, not_its_own, after_it)
    here = (entry.location_id == count.location_id) & (entry.item_id == count.item_id)
    units = select(func.coalesce(func.sum(entry.delta), 0))
    of_lot = or_(count.lot.is_(None), entry.lot == count.lot)
    later = or_(entry.effective_at > count.effective_at, same_time)
    return units.where(here, of_lot, later).correlate(newest).scalar_subquery()


def _put_aside(newest: Subquery) -> ColumnElement[bool]:
    """A count of the whole item puts its lots right only in sum: an older count of one lot proves nothing any more."""
    whole, count = anchors.alias().c, newest.c
    here = (whole.location_id == count.location_id) & (whole.item_id == count.item_id)
    later = whole.effective_at >= count.effective_at
    return exists().where(count.lot.is_not(None), here, whole.lot.is_(None), later).correlate(newest)


async def counted(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Every count with effect stands as it was told at its place in time: an anchor, or a reading of some shelves."""
    merged = set(await connection.scalars(select(items.c.id).where(items.c.merged_into.is_not(None))))
    told = (outcomes.c.kind == "stock.count") & has_effect & booked_first
    about = (outcomes.c.operation_id, outcomes.c.args, outcomes.c.effective_at.label("at"))
    for table in (anchors, readings):
        place = (table.c.client_id == outcomes.c.client_id) & (table.c.n == outcomes.c.n)
        kept = (table.c.location_id, table.c.item_id, table.c.lot, table.c.counted, table.c.effective_at)
        async for row in await connection.stream(
            select(*about, *kept).outerjoin_from(outcomes, table, place).where(told)
        ):
            args = row.args
            if bool(shelves_of(args)) != (table is readings):
                continue
            # An item that was merged is counted as what it is now.
            item = row.item_id if args["item"] in merged else args["item"]
            if (shelves(args["store"]), item, args.get("lot") or None, args["counted"], row.at) != tuple(row)[3:]:
                yield Finding("count", f"Count {row.operation_id} is kept otherwise than it was told.")
        same = (outcomes.c.client_id == table.c.client_id) & (outcomes.c.n == table.c.n) & told
        for operation in await connection.scalars(select(table.c.operation_id).where(~exists().where(same))):
            yield Finding("count", f"A count stands for {operation}, which is no count with effect.")


async def added_up(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """What was counted shelf by shelf anchors an item exactly where its readings amount to a count."""
    held: dict[Place, list[Reading]] = defaultdict(list)
    for location, item, *told, on, lot, units in await connection.execute(select(readings)):
        held[location, item].append(Reading(*[*told, tuple(on), lot, units]))
    amount = {(place, anchor) for place, seen in held.items() for anchor in anchors_of(seen).values()}
    ids = select(readings.c.operation_id)
    query = select(anchors).where(anchors.c.operation_id.in_(ids))
    kept = {((row[0], row[1]), Anchor(*tuple(row)[2:])) for row in await connection.execute(query)}
    for (location, item), anchor in sorted(amount ^ kept, key=str):
        what = f"Item {item} at location {location}: count {anchor.operation}"
        yield Finding("count", f"{what} does not stand where its shelves were counted.")


CHECKS = (anchored, counted, added_up)
