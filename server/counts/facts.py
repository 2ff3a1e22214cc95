from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.counts.past import ON_PAPER, Anchor, Moment, Opening, Past, Place, Reading, moment_of
from server.counts.plans import due_places
from server.counts.readings import shelves_of
from server.counts.tables import anchors, openings, readings
from server.decisions import Decision, Happened, Needs
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import balances, ledger
from server.people.roles import Role, administers
from server.statements import Asked, Many, as_json, from_json, inserted
from sync.operations import LARGEST

_KEY = (anchors.c.location_id, anchors.c.item_id)
_ANCHOR = (anchors.c.effective_at, anchors.c.client_id, anchors.c.n)
_COUNTED = (anchors.c.operation_id, anchors.c.lot, anchors.c.counted, anchors.c.until)
_ANCHORS = Asked(select(*_KEY, *_ANCHOR, *_COUNTED), *_KEY, within=anchors.c.effective_at)
_WRITTEN = inserted(anchors, [column.name for column in (*_KEY, *_ANCHOR, *_COUNTED)])
_OF_ANCHOR = ("location_id", "item_id", "effective_at", "client_id", "n")
_RELEASED = Many(
    lambda _: delete(anchors).where(*(anchors.c[name] == bindparam(f"old_{name}") for name in _OF_ANCHOR)),
    [f"old_{name}" for name in _OF_ANCHOR],
)

_READING = ("effective_at", "client_id", "n", "operation_id", "session_id", "shelves", "lot", "counted")
_READINGS = Asked(
    select(readings.c.location_id, readings.c.item_id, *(readings.c[name] for name in _READING)),
    readings.c.location_id,
    readings.c.item_id,
)
_READ = inserted(readings, ("location_id", "item_id", *_READING))

_PLACE = (ledger.c.item_id, ledger.c.location_id)
_TELLER = func.coalesce(ledger.c.count_id, ledger.c.operation_id)
_BETWEEN = Asked(
    select(*_PLACE, ledger.c.lot, ledger.c.delta, ledger.c.effective_at, ledger.c.kind, _TELLER),
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
# A count of many shelves stands at its first one; what moves before its last one must find it.
LONGEST_COUNT_MS = 12 * 3_600_000
MINUTE_MS = 60_000


async def load_past(
    connection: AsyncConnection,
    happened: Sequence[Happened],
    needs: Needs,
    places: Iterable[Place],
    lots_at: Callable[[Iterable[Place]], dict[Place, dict[str, int]]],
    roles: Mapping[int, Sequence[Role]],
    clock_minutes: int,
) -> Past:
    """What counts at `places` need to know for these operations; `lots_at` tells units on hand by lot as they are now.

    `clock_minutes` around a count are those in which clocks may lie. One statement for a group that counts nothing,
    four to six for one that does.
    """
    moving = [one for one in happened if one.kind.startswith(("stock.", "transfer."))]
    if not moving:
        return Past()
    counts = [one for one in moving if one.kind == "stock.count"]
    counted = {(store * 2, item) for store, item in needs.counted} if counts else set()
    read = await _load_readings(connection, sorted(counted)) if any(shelves_of(one.args) for one in counts) else {}
    earliest = min(_earliest(one, read) for one in moving)
    past = Past(await load_anchors(connection, places, earliest - LONGEST_COUNT_MS), readings=read)
    if counts:
        past.units = lots_at(counted)
        past.due = await due_places(connection, counted)
        around = clock_minutes * MINUTE_MS
        times = [_earliest(one, read) for one in counts]
        # A shelf read late may unmake a count after it: what keeps that one true is looked at line by line too.
        latest = max([one.at for one in counts] + [one.at for held in read.values() for one in held])
        await _load_later(connection, past, sorted(counted), min(times) - around, latest + around)
        opened = {one.args["store"] for one in counts if administers(roles.get(one.by, []), one.acted_at)}
        past.openings = await load_openings(connection, opened) if opened else {}
    return past


def _earliest(op: Happened, read: Mapping[Place, Sequence[Reading]]) -> int:
    """From when on what it changes must be known: for a shelf from the first one of its session."""
    if op.kind != "stock.count" or not op.args.get("session") or not shelves_of(op.args):
        return op.at
    # An item that was merged is read under what it is now: any of its session here.
    session = op.args["session"]
    return min([op.at, *(one.at for held in read.values() for one in held if one.session == session)])


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


async def _load_readings(connection: AsyncConnection, places: Sequence[Place]) -> dict[Place, list[Reading]]:
    found: dict[Place, list[Reading]] = {}
    for location, item, *told, shelves, lot, counted in await _READINGS.rows(connection, places):
        reading = Reading(*[*told, tuple(from_json(shelves)), lot, counted])
        found.setdefault((location, item), []).append(reading)
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
    for item, location, lot, delta, at, kind, operation in entries:
        client, n = tellers.get(operation, ("", 0))
        past.later.setdefault((location, item), []).append(((at, client, n), lot, delta))
        if kind not in ON_PAPER and operation in tellers:
            past.moved((location, item), (at, client, n), delta)


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


async def write_counts(connection: AsyncConnection, decided: Iterable[Decision]) -> None:
    """In the order of the decisions, for one may take back what another one made."""
    kept: dict[tuple[Place, Moment], Anchor | None] = {}
    before: set[tuple[Place, Moment]] = set()
    seen = []
    for decision in decided:
        for place, anchor in decision.released:
            key = (place, moment_of(anchor))
            before |= {key} if key not in kept else set()
            kept[key] = None
        for place, anchor in decision.anchors:
            kept[place, moment_of(anchor)] = anchor
        if decision.reading:
            place, one = decision.reading
            seen.append((*place, *one[:5], as_json(one.shelves), one.lot, one.counted))
    await _RELEASED.run(connection, [(*place, *moment) for place, moment in sorted(before)])
    await _WRITTEN.run(connection, [(*place, *anchor) for (place, _moment), anchor in kept.items() if anchor])
    await _READ.run(connection, seen)
