"""Whether a page of the history stays as fast when ten times as much has moved."""

import asyncio
import http.client
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import create_async_engine

from server.clock import now_ms
from server.database import Database
from server.demo.load import load_demo
from server.ledger.tables import balances, ledger
from server.migrations.upgrade import upgrade
from server.settings import Settings
from tests.bench.figures import Figure
from tests.bench.hub import STOCKHAND, Databases, Kind, free_port, serving
from tests.bench.phones import Outbox, sign_in

FEW, MANY, RUNS, ASKED = 5_000, 50_000, 5, 120
YEAR_MS = 365 * 86_400_000
# One movement in so many is a count, which somebody looks for.
RARE = 200


@dataclass(frozen=True, slots=True)
class Item:
    id: int
    # Where pages begin: (effective_at, id) of movements all over the book.
    keys: list[str]


@dataclass(frozen=True, slots=True)
class HistoryGrowth:
    kind: Kind

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        settings = databases.new(self.kind)
        phone, few, many = asyncio.run(_filled(settings))
        runs, seen = [], []
        with serving(settings, free_port(), STOCKHAND) as port:
            _p95s(port, phone, few, many, 0)
            for run in range(1, RUNS + 1):
                small, large = _p95s(port, phone, few, many, run)
                runs.append(large / small)
                seen.append((small, large))
        small, large = (statistics.median(times) for times in zip(*seen, strict=True))
        yield Figure(name, "times", runs, "<= 1.3", versus=f"p95 {large:.1f} ms of {MANY}, {small:.1f} ms of {FEW}")


def _p95s(port: int, phone: Outbox, few: Item, many: Item, run: int) -> tuple[float, float]:
    """Milliseconds until the page is there, of both items by turns: the newest page, one of counts, one deep in it."""
    took: dict[int, list[float]] = {few.id: [], many.id: []}
    dice = Random(run)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for number in range(ASKED):
            for item in (few, many):
                query = ("", "?kind=count", f"?after={dice.choice(item.keys)}")[number % 3]
                began = time.perf_counter()
                connection.request("GET", f"/items/{item.id}/history{query}", headers={"cookie": phone.cookie})
                answer = connection.getresponse()
                page = answer.read()
                took[item.id].append((time.perf_counter() - began) * 1000)
                assert answer.status == 200, page[:300]
    small, large = (statistics.quantiles(times, n=20)[-1] for times in took.values())
    return small, large


async def _filled(settings: Settings) -> tuple[Outbox, Item, Item]:
    """The demonstration, and two of its goods in Ghent with years of movements."""
    await upgrade(settings)
    database = await Database.open(settings)
    try:
        async with database.writing() as connection:
            await load_demo(connection, now_ms())
        [phone] = await sign_in(database, [("ada", "GNT")])
        location = phone.store * 2
        async with database.writing() as connection:
            held = select(balances.c.item_id).where(balances.c.location_id == location, balances.c.lot == "")
            first, second = (await connection.scalars(held.order_by(balances.c.item_id).limit(2))).all()
            dice = Random(6)
            for item, number in ((first, FEW), (second, MANY)):
                rows = [_movement(location, item, phone.person, place, dice) for place in range(number)]
                await connection.execute(insert(ledger), rows)
                moved = sum(row["delta"] for row in rows)
                kept = balances.c.location_id == location, balances.c.item_id == item, balances.c.lot == ""
                await connection.execute(update(balances).where(*kept).values(on_hand=balances.c.on_hand + moved))
        few, many = [await _item(database, location, item) for item in (first, second)]
        await _settled(settings)
        return phone, few, many
    finally:
        await database.close()


def _movement(location: int, item: int, person: int, place: int, dice: Random) -> dict[str, Any]:
    at = now_ms() - dice.randrange(2 * YEAR_MS)
    kind = "count" if place % RARE == 0 else dice.choice(("sale", "sale", "sale", "delivery"))
    delta = dice.randint(1, 9) if kind == "delivery" else -dice.randint(1, 3)
    told = {"operation_id": f"{item}-{place}", "line": 1, "effective_at": at, "booked_at": at, "person_id": person}
    return {"location_id": location, "item_id": item, "lot": "", "delta": delta, "kind": kind, **told}


async def _item(database: Database, location: int, item: int) -> Item:
    here = ledger.c.location_id == location, ledger.c.item_id == item
    async with database.reading() as connection:
        rows = (await connection.execute(select(ledger.c.effective_at, ledger.c.id).where(*here))).all()
    return Item(item, [f"{at}-{number}" for at, number in rows])


async def _settled(settings: Settings) -> None:
    """As the database's own housekeeping leaves a table within a minute."""
    engine = create_async_engine(settings.database, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in ("VACUUM", "ANALYZE"):
            await connection.exec_driver_sql(statement)
    await engine.dispose()
