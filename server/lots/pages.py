from collections.abc import Mapping, Set
from typing import Any, Literal, TypedDict, cast

from server.lots.blocked import blocked_of, blocked_rows
from server.lots.facts import lots_on_hand
from server.page_frame import Frame, Problem
from server.stores.zones import transitions
from server.visits import Visit, frame, may_act
from sync.formats import local_day
from sync.gs1_told import Told
from sync.lots import expiring, first_out, goes_before, lot_row, to_take, with_blocks
from sync.shelf import name_in


class LotRow(TypedDict):
    """A lot on hand. `expires` is its last day, "" where nobody read one; `also` another one that was read, or "".

    `days` lie between today and then; `state` says what that means by the chain's policies.
    """

    lot: str
    expires: str
    also: str
    units: int
    days: int
    state: Literal["blocked", "expired", "soon", "later", "fine", "unknown"]


class ExpiringLot(LotRow):
    """`operation_id` is of whichever of its two buttons is pressed: taken off the shelf, or counted."""

    item_id: int
    name: str
    sku: str
    unit: Literal["each", "g", "ml"]
    operation_id: str


class TakenLot(TypedDict):
    """A lot that should be taken off the shelf, and how much of it."""

    lot: str
    expires: str
    units: int


class BlockedLot(TypedDict):
    """What nobody may sell, in the whole chain; `name` said so. `operation_id` is of the word that it is free again."""

    lot: str
    reason: str
    name: str
    at: int
    operation_id: str


class BlockForm(TypedDict):
    """With which a manager keeps a lot from sale; as it was typed, and `problem` why it was refused."""

    operation_id: str
    lot: str
    reason: str
    may: bool
    problem: Problem | None


class ExpiryGroup(TypedDict):
    state: Literal["blocked", "expired", "soon", "later"]
    rows: list[ExpiringLot]


class ExpiryPage(TypedDict):
    """`/expiry`: what the reader's store has that is expired, or will be within the days of the policies.

    `blind` readers count and are told nothing: `groups` is empty then.
    """

    frame: Frame
    groups: list[ExpiryGroup]
    soon_days: int
    later_days: int
    blind: bool
    may: bool
    problem: Problem | None


async def expiry_page(visit: Visit) -> ExpiryPage:
    chosen = visit.chain.policies
    found = {} if visit.blind else await lots_on_hand(visit.connection, visit.store)
    items = await visit.ranged_items(sorted(found))
    blocked = await blocked_of(visit.connection, items)
    rows = [_expiring(visit, items[item], row) for item in items for row in shown(visit, item, found[item], blocked)]
    return ExpiryPage(
        frame=await frame(visit, "stock"),
        groups=cast(list[ExpiryGroup], expiring(rows)),
        soon_days=chosen.expiry_soon_days,
        later_days=chosen.expiry_later_days,
        blind=visit.blind,
        may=may_act(visit),
        problem=visit.problem,
    )


async def lots_of(visit: Visit, item: int) -> list[LotRow]:
    """What the reader's store has of each lot of an item, what goes first in front."""
    if visit.blind:
        return []
    found = await lots_on_hand(visit.connection, visit.store, [item])
    marked = shown(visit, item, found.get(item, []), await blocked_of(visit.connection, [item]))
    return cast(list[LotRow], first_out(marked))


async def lots_to_take(visit: Visit, wanted: Mapping[int, int]) -> dict[int, list[TakenLot]]:
    """Of which lots on the shelf so many units of each item should be taken, by item."""
    found = {} if visit.blind else await lots_on_hand(visit.connection, visit.store, sorted(wanted))
    blocked = await blocked_of(visit.connection, found)
    return {
        item: cast(list[TakenLot], to_take(shown(visit, item, lots, blocked), wanted[item]))
        for item, lots in found.items()
    }


async def blocked_here(visit: Visit, item: int) -> list[BlockedLot]:
    """The lots of an item that nobody may sell."""
    rows = await blocked_rows(visit.connection, [item])
    named = ("lot", "reason", "name", "at")
    return [cast(BlockedLot, {**{name: row[name] for name in named}, "operation_id": visit.mint()}) for row in rows]


async def warned(visit: Visit, item: int, told: Told | None) -> tuple[BlockedLot | None, LotRow | None]:
    """What stands against goods that were scanned: a block of their lot, and the lot that goes before them."""
    if not told or not told["lot"]:
        return None, None
    stop = next((one for one in await blocked_here(visit, item) if one["lot"] == told["lot"]), None)
    day = told["expiry"] or told["best_before"]
    return stop, cast(LotRow | None, goes_before(await lots_of(visit, item), told["lot"], day))


def shown(visit: Visit, item: int, lots: Any, blocked: Set[tuple[int, str]]) -> list[LotRow]:
    chosen = visit.chain.policies
    store = visit.chain.stores.get(visit.store)
    today = local_day(visit.now, transitions(store["time_zone"]) if store else [[0, 0]])
    days = (chosen.expiry_soon_days, chosen.expiry_later_days)
    marked = with_blocks(lots, {lot for of, lot in blocked if of == item})
    return [cast(LotRow, lot_row(one, today, *days)) for one in marked]


def _expiring(visit: Visit, item: dict[str, Any], row: LotRow) -> dict[str, Any]:
    named = {"item_id": item["id"], "name": name_in(visit.locale, item), "sku": item["sku"], "unit": item["unit"]}
    return {**row, **named, "operation_id": visit.mint()}
