"""The same facts in another order, into another book: what is on hand at the end is the same."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from server.database import Database
from server.inbox.accept import Door
from server.inbox.messages import Operation
from server.inbox.outboxes import Arrival
from server.ledger.tables import balances
from server.migrations.upgrade import upgrade
from server.people.tables import roles
from server.settings import Settings
from server.statements import from_json
from tests import shop
from tests.simulation.bigger_shop import open_bigger_shop
from tests.simulation.years.books import Ledgers
from tests.simulation.years.chance import Chance

if TYPE_CHECKING:
    from tests.simulation.years.year import Year

TOLD = ("stock.adjust", "stock.count", "stock.move")
AT_ONCE = 40


async def arrives_otherwise(year: "Year", books: Ledgers) -> None:
    """Each outbox keeps its own order, which its numbers give; who comes first is left to chance."""
    data = year.hub.settings.data
    file = data / f"otherwise-{year.round}.db"
    settings = Settings(f"sqlite+aiosqlite:///{file}", data)
    await upgrade(settings)
    database = await Database.open(settings)
    try:
        await open_bigger_shop(database, "!", 0)
        async with database.writing() as connection:
            # One person tells it all, and may: who told it first was judged when they did.
            everywhere = {"store_id": None, "area_id": None, "valid_from": 0, "valid_to": None}
            await connection.execute(insert(roles).values(person_id=shop.DEV, level=4, **everywhere))
        await _tell(database, year, _facts(books))
        there = await _on_shelves(database)
    finally:
        await database.close()
        file.unlink()
    here = {place: units for place, units in books.on_hand.items() if place[0] % 2 == 0}
    for place in sorted({*here, *there}):
        both = here.get(place, 0), there.get(place, 0)
        year.looked.hold(9, both[0] == both[1], f"{place}: {both[0]} in this order of arrival, {both[1]} in another")
    year.looked.count("facts told in another order", sum(len(rows) for rows in _facts(books).values()))


def _facts(books: Ledgers) -> dict[str, list[Operation]]:
    """By outbox; what transfers moved is told as a delivery, for transfers are decided in their order."""
    entries: dict[str, list[Any]] = defaultdict(list)
    for entry in books.entries:
        if entry.location_id % 2 == 0 and entry.kind in ("dispatch", "receive", "damage"):
            entries[entry.operation_id].append(entry)
    facts: dict[str, list[Operation]] = defaultdict(list)
    for row in books.outcomes:
        if not books.has_effect(row):
            continue
        kind, args = row.kind, from_json(row.args)
        if kind not in TOLD:
            sums: Counter[int] = Counter()
            for entry in entries[row.operation_id]:
                sums[entry.item_id] += entry.delta
            lines = [{"item": item, "delta": units} for item, units in sorted(sums.items()) if units]
            if not lines:
                continue
            store = entries[row.operation_id][0].location_id // 2
            kind, args = "stock.move", {"store": store, "kind": "delivery", "lines": lines}
        facts[row.client_id].append(
            Operation(row.n, row.operation_id, kind, row.v, args, row.effective_at, None, 0, shop.DEV, None)
        )
    return facts


async def _tell(database: Database, year: "Year", facts: dict[str, list[Operation]]) -> None:
    door = Door(database, year.clock, lambda heads: None)
    door.open()
    chance = Chance(f"{year.chance.seed}/otherwise/{year.round}")
    left = {client: list(rows) for client, rows in sorted(facts.items())}
    while left:
        client = chance.pick(list(left))
        size = chance.whole(1, AT_ONCE)
        some, left[client] = left[client][:size], left[client][size:]
        if not left[client]:
            del left[client]
        answer = await door.push(Arrival(client, None, some, trusted=shop.DEV, placed=True))
        wrong = [verdict for verdict in answer.verdicts if verdict.status != "applied"]
        year.looked.hold(9, not wrong, f"applied once, and now {wrong[:1]}")
    await door.close()


async def _on_shelves(database: Database) -> dict[tuple[int, int, str], int]:
    async with database.reading() as connection:
        rows = await connection.execute(balances.select().where(balances.c.on_hand != 0))
        return {(row.location_id, row.item_id, row.lot): row.on_hand for row in rows if row.location_id % 2 == 0}
