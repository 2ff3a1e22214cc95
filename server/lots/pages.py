from typing import Any, Literal, TypedDict, cast

from server.lots.facts import lots_on_hand
from server.page_frame import Frame, Problem
from server.stores.zones import transitions
from server.visits import Visit, frame, may_act
from sync.formats import local_day
from sync.lots import expiring, first_out, lot_row
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
    state: Literal["expired", "soon", "later", "fine", "unknown"]


class ExpiringLot(LotRow):
    """`operation_id` is of whichever of its two buttons is pressed: taken off the shelf, or counted."""

    item_id: int
    name: str
    sku: str
    unit: Literal["each", "g", "ml"]
    operation_id: str


class ExpiryGroup(TypedDict):
    state: Literal["expired", "soon", "later"]
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
    rows = [_expiring(visit, items[item], row) for item in items for row in shown(visit, found[item])]
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
    """What the reader's store has of each lot of an item, what expires first in front."""
    if visit.blind:
        return []
    found = await lots_on_hand(visit.connection, visit.store, [item])
    return shown(visit, first_out(found.get(item, [])))


def shown(visit: Visit, lots: Any) -> list[LotRow]:
    chosen = visit.chain.policies
    store = visit.chain.stores.get(visit.store)
    today = local_day(visit.now, transitions(store["time_zone"]) if store else [[0, 0]])
    days = (chosen.expiry_soon_days, chosen.expiry_later_days)
    return [cast(LotRow, lot_row(one, today, *days)) for one in lots]


def _expiring(visit: Visit, item: dict[str, Any], row: LotRow) -> dict[str, Any]:
    named = {"item_id": item["id"], "name": name_in(visit.locale, item), "sku": item["sku"], "unit": item["unit"]}
    return {**row, **named, "operation_id": visit.mint()}
