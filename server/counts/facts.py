from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from server.counts.past import Anchor, Opening, Past, Place
from server.counts.tables import anchors, openings
from server.database import chunks
from server.decisions import Happened, Needs
from server.inbox.tables import outcomes
from server.ledger.tables import balances, ledger
from server.people.roles import Role, administers


async def load_past(
    connection: AsyncConnection,
    happened: Sequence[Happened],
    needs: Needs,
    places: Iterable[Place],
    lots_at: Callable[[Place], Mapping[str, int]],
    roles: Mapping[int, Sequence[Role]],
) -> Past:
    """What counts at `places` need to know for these operations; `lots_at` tells units on hand by lot as they are now.

    One statement for a group that counts nothing, three for one that does.
    """
    moving = [one for one in happened if one.kind.startswith(("stock.", "transfer."))]
    if not moving:
        return Past()
    past = Past(await load_anchors(connection, places, min(one.at for one in moving)))
    counts = [one for one in moving if one.kind == "stock.count"]
    if counts:
        counted = sorted((store * 2, item) for store, item in needs.counted)
        past.units = {place: dict(lots_at(place)) for place in counted}
        times = [one.at for one in counts]
        await _load_later(connection, past, counted, min(times), max(times))
        opened = {one.args["store"] for one in counts if administers(roles.get(one.by, []), one.acted_at)}
        past.openings = await load_openings(connection, opened) if opened else {}
    return past


async def load_anchors(connection: AsyncConnection, places: Iterable[Place], since: int) -> dict[Place, list[Anchor]]:
    """Counts by shelf and item, not before `since`, in their order."""
    found: dict[Place, list[Anchor]] = {}
    key = tuple_(anchors.c.location_id, anchors.c.item_id)
    for some in chunks(sorted({place for place in places if place[0] % 2 == 0})):
        query = select(anchors).where(key.in_(some), anchors.c.effective_at >= since)
        for location, item, *anchor in await connection.execute(query):
            found.setdefault((location, item), []).append(Anchor(*anchor))
    for listed in found.values():
        listed.sort(key=lambda one: one[:3])
    return found


async def _load_later(
    connection: AsyncConnection, past: Past, places: Sequence[Place], earliest: int, latest: int
) -> None:
    """What was booked from the earliest count on: line by line up to the latest, in sums after it."""
    entry = ledger.c
    for some in chunks(places):
        here = tuple_(entry.location_id, entry.item_id).in_(some)
        after = select(entry.location_id, entry.item_id, entry.lot, func.sum(entry.delta)).where(
            here, entry.effective_at > latest
        )
        for location, item, lot, units in await connection.execute(
            after.group_by(entry.location_id, entry.item_id, entry.lot)
        ):
            past.later.setdefault((location, item), []).append(((latest + 1, "", 0), lot, int(units)))
        between = _placed(here & entry.effective_at.between(earliest, latest))
        for location, item, lot, delta, at, client, n in await connection.execute(between):
            past.later.setdefault((location, item), []).append(((at, client or "", n or 0), lot, delta))


def _placed(condition: ColumnElement[bool]) -> Any:
    """Entries with their place in time: an entry that keeps a count true stands where the count does."""
    entry = ledger.c
    teller = (outcomes.c.operation_id == func.coalesce(entry.count_id, entry.operation_id)) & ~outcomes.c.repeats
    what = (entry.location_id, entry.item_id, entry.lot, entry.delta, entry.effective_at)
    return (
        select(*what, outcomes.c.client_id, outcomes.c.n)
        .select_from(ledger.outerjoin(outcomes, teller))
        .where(condition)
    )


async def load_openings(connection: AsyncConnection, stores: Iterable[int]) -> dict[int, Opening | None]:
    """How the book of each store was opened, None where it is empty; left out where it began otherwise."""
    wanted = sorted(stores)
    opened = select(openings).where(openings.c.store_id.in_(wanted))
    found: dict[int, Opening | None] = {
        row.store_id: Opening(row.client_id, row.effective_at) for row in await connection.execute(opened)
    }
    for store in wanted:
        # Few stores are opened at once, and this asks for one row of each.
        begun = select(balances.c.item_id).where(balances.c.location_id == store * 2).limit(1)
        if store not in found and await connection.scalar(begun) is None:
            found[store] = None
    return found


async def write_anchors(connection: AsyncConnection, made: Sequence[tuple[Place, Anchor]]) -> None:
    names = ("effective_at", "client_id", "n", "operation_id", "lot", "counted")
    rows = [
        {"location_id": location, "item_id": item, **dict(zip(names, anchor, strict=True))}
        for (location, item), anchor in made
    ]
    if rows:
        await connection.execute(insert(anchors), rows)
