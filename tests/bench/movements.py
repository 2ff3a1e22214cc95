"""Movements a second: lines of a file, each a sale of its own, from where they are read to where they are booked."""

import asyncio
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import func, select

from server import logs
from server.catalogue.tables import items
from server.clock import now_ms
from server.database import Database
from server.demo.load import load_demo
from server.imports.reading import Batch, Columns, MovementLine
from server.imports.stock_files import Source, StockFile
from server.inbox.accept import Door
from server.ledger.doctor import examine
from server.ledger.tables import ledger
from server.migrations.upgrade import upgrade
from server.people.operator import find_operator
from server.settings import Settings
from server.stores.tables import stores
from tests.bench.figures import Figure
from tests.bench.hub import Databases, Kind

RUNS = 5
LINES, LINES_A_BATCH = 12_000, 4_000
# Sold within the last two weeks, told today.
DAYS_MS = 14 * 86_400_000
COLUMNS = Columns(dict(enumerate(("id", "at", "store", "item", "quantity", "kind"))))


@dataclass(frozen=True, slots=True)
class Movements:
    kind: Kind

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        rates = asyncio.run(measured(databases.new(self.kind)))
        yield Figure(name, "movements/s", rates, ">= 5000", True, "each an operation of its own, told days late")


async def measured(settings: Settings) -> list[float]:
    logs.configure(logging.WARNING)
    await upgrade(settings)
    database = await Database.open(settings)
    async with database.writing() as connection:
        await load_demo(connection, now_ms())
        by = await find_operator(connection)
    door = Door(database, now_ms, lambda heads: None)
    door.open()
    try:
        source = Source("bench", COLUMNS, by)
        await booked(database, door, source, await sales(database, 0, LINES // 10))
        rates = [await booked(database, door, source, await sales(database, run, LINES)) for run in range(1, RUNS + 1)]
    finally:
        await door.close()
    found = await examine(database)
    await database.close()
    assert found == [], found
    return rates


async def booked(database: Database, door: Door, source: Source, lines: list[MovementLine]) -> float:
    """Lines a second; every one of them stands in the ledger."""
    before = await entries(database)
    file = StockFile(database, door, now_ms, source)
    began, added = time.perf_counter(), 0
    for start in range(0, len(lines), LINES_A_BATCH):
        some: list[Any] = lines[start : start + LINES_A_BATCH]
        added += (await file.take(Batch(some, [], some[-1].line, 0))).added
    added += (await file.finish(lines[-1].line)).added
    seconds = time.perf_counter() - began
    assert added == len(lines) == await entries(database) - before
    return len(lines) / seconds


async def entries(database: Database) -> int:
    async with database.reading() as connection:
        query = select(func.count()).select_from(ledger).where(ledger.c.kind == "sale")
        return int(await connection.scalar(query) or 0)


async def sales(database: Database, run: int, number: int) -> list[MovementLine]:
    async with database.reading() as connection:
        goods = (await connection.scalars(select(items.c.sku).where(items.c.archived_at.is_(None)))).all()
        places = (await connection.scalars(select(stores.c.code))).all()
    dice, now = Random(run), now_ms()
    return [
        MovementLine(
            *(place + 2, f"{run}-{place}", dice.choice(places), dice.choice(goods), None, dice.randint(1, 5), "sale"),
            *(now - dice.randrange(DAYS_MS), False, ""),
        )
        for place in range(number)
    ]
