"""Two hundred phones that approve, all at once, a request each for one unit of a hundred."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from server.ledger.tables import balances
from tests.bench.figures import Figure
from tests.bench.hub import STOCKHAND, Databases, Hub, Kind, running

ASKED, THERE, RUNS = 200, 100, 5


@dataclass(frozen=True, slots=True)
class Oversell:
    """Bo stands in Antwerp with two hundred phones; Ada asks from Ghent."""

    kind: Kind

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        places = [("ada", "GNT"), *[("bo", "ANT")] * ASKED]
        with running(databases.new(self.kind), places, STOCKHAND) as hub:
            yield Figure(name, "units", [taken(hub, item) for item in _untouched(hub, RUNS)], f"== {THERE}")


def taken(hub: Hub, item: int) -> int:
    """How many of two hundred got theirs; as many are reserved in the books."""
    asker, *approvers = (phone.renewed() for phone in hub.phones)
    give, take = approvers[0].store, asker.store
    place = (balances.c.location_id == give * 2, balances.c.item_id == item)
    on_hand = hub.read(select(balances.c.on_hand).where(*place))[0][0]
    put = approvers[0].operation(
        "stock.adjust", {"store": give, "item": item, "delta": THERE - on_hand, "reason": "found"}
    )
    asked = [
        asker.operation("transfer.request", {"from": give, "to": take, "lines": [{"item": item, "quantity": 1}]})
        for _ in range(ASKED)
    ]
    ready = hub.send([approvers[0].caller([[put]]), asker.caller([asked])])
    assert ready.statuses == {"applied": ASKED + 1}, ready.statuses
    line = [{"line": 1, "quantity": 1}]
    approvals = [
        phone.operation("transfer.approve", {"transfer": op["id"], "from_state": "requested", "lines": line})
        for phone, op in zip(approvers, asked, strict=True)
    ]
    seen = hub.send([phone.caller([[op]]) for phone, op in zip(approvers, approvals, strict=True)])
    applied = seen.statuses.get("applied", 0)
    assert seen.statuses == {"applied": applied, "refused": ASKED - applied}, seen.statuses
    assert hub.read(select(balances.c.on_hand, balances.c.reserved).where(*place)) == [(THERE, applied)]
    return applied


def _untouched(hub: Hub, count: int) -> list[int]:
    """Items without a promise in Antwerp, few enough there for its manager to set right."""
    place = hub.phones[1].store * 2
    free = (balances.c.location_id == place, balances.c.lot == "", balances.c.reserved == 0)
    query = select(balances.c.item_id).where(*free, balances.c.on_hand.between(0, 99)).order_by(balances.c.item_id)
    return [row.item_id for row in hub.read(query.limit(count))]
