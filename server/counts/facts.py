from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.counts.past import Anchor, Opening, Past, Place, moment_of
from server.counts.tables import anchors, openings
from server.decisions import Happened, Needs
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import balances, ledger
from server.people.roles import Role, administers
from server.statements import Asked, inserted
from sync.operations import LARGEST

_KEY = (anchors.c.location_id, anchors.c.item_id)
_ANCHOR = (anchors.c.effective_at, anchors.c.client_id, anchors.c.n)
_COUNTED = (anchors.c.operation_id, anchors.c.lot, anchors.c.counted)
_ANCHORS = Asked(select(*_KEY, *_ANCHOR, *_COUNTED), *_KEY, within=anchors.c.effective_at)
_WRITTEN = inserted(anchors, [column.name for column in (*_KEY, *_ANCHOR, *_COUNTED)])

_PLACE = (ledger.c.item_id, ledger.c.location_id)
_TELLER = func.coalesce(ledger.c.count_id, ledger.c.operation_id)
_BETWEEN = Asked(
    select(*_PLACE, ledger.c.lot, ledger.c.delta, ledger.c.effective_at, _TELLER),
    *_PLACE,
    within=ledger.c.effective_at,
)
_AFTER = Asked(
    select(*_PLACE, ledger.c.lot, func.sum(ledger.c.delta)).group_by(*_PLACE, ledger.c.lot),
    *_PLACE,
    within=ledger.c.effective_at,
)
_TOLD = Asked(
    select(outcomes.c.operation_id, outcomes.c.client_id, outcomes.c.n).where(booked_first), outcomes.c.operation_id
)


async def load_past(
    connection: AsyncConnection,
    happened: Sequence[Happened],
    needs: Needs,
    places: Iterable[Place],
    lots_at: Callable[[Iterable[Place]], dict[Place, dict[str, int]]],
    roles: Mapping[int, Sequence[Role]],
) -> Past:
    """What counts at `places` need to know for these operations; `lots_at` tells units on hand by lot as they are now.

    One statement for a group that counts nothing, three or four for one that does.
    """
    moving = [one for one in happened if one.kind.startswith(("stock.", "transfer."))]
    if not moving:
        return Past()
    past = Past(await load_anchors(connection, places, min(one.at for one in moving)))
    counts = [one for one in moving if one.kind == "stock.count"]
    if counts:
        counted = {(store * 2, item) for store, item in needs.counted}
        past.units = lots_at(counted)
        times = [one.at for one in counts]
        await _load_later(connection, past, sorted(counted), min(times), max(times))
        opened = {one.args["store"] for one in counts if administers(roles.get(one.by, []), one.acted_at)}
        past.openings = await load_openings(connection, opened) if opened else {}
    return past


async def load_anchors(connection: AsyncConnection, places: Iterable[Place], since: int) -> dict[Place, list[Anchor]]:
    """Counts by shelf and item, not before `since`, in their order."""
    found: dict[Place, list[Anchor]] = {}
    shelves = sorted({place for place in places if place[0] % 2 == 0})
    asked = [(location, item, since, LARGEST) for location, item in shelves]
    for location, item, *anchor in await _ANCHORS.rows(connection, asked):
        found.setdefault((location, item), []).append(Anchor(*anchor))
    for listed in found.values():
        listed.sort(key=moment_of)
    return found


async def _load_later(
    connection: AsyncConnection, past: Past, places: Sequence[Place], earliest: int, latest: int
) -> None:
    """What was booked from the earliest count on: line by line up to the latest, in sums after it."""
    after = [(item, location, latest + 1, LARGEST) for location, item in places]
    for item, location, lot, units in await _AFTER.rows(connection, after):
        past.later.setdefault((location, item), []).append(((latest + 1, "", 0), lot, int(units)))
    between = [(item, location, earliest, latest) for location, item in places]
    entries = await _BETWEEN.rows(connection, between)
    # An entry that keeps a count true stands where the count does, whoever told it; the rest where their operations do.
    told = await _TOLD.rows(connection, sorted({entry[-1] for entry in entries}))
    tellers = {operation: (client, n) for operation, client, n in told}
    for item, location, lot, delta, at, operation in entries:
        client, n = tellers.get(operation, ("", 0))
        past.later.setdefault((location, item), []).append(((at, client, n), lot, delta))


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
    await _WRITTEN.run(connection, [(*place, *anchor) for place, anchor in made])
