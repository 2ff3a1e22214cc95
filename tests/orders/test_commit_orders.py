"""Whatever the order in which transactions commit, the feed tells every row; one on a sequence would not."""

import random
from collections.abc import AsyncIterator
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from server.database import Database
from server.ledger.doctor import examine
from server.settings import Settings
from tests import shop
from tests.orders.schedule import Reader, commit_in_order, mix
from tests.orders.sequence_feed import MADE, SequenceFeed
from tests.orders.writers import Writer

on_postgresql = pytest.mark.parametrize(
    "settings", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
# Everybody on goods of their own, so that only the feed may make them wait for each other; Ada's phone hears of both
# stores and of her own outcomes.
WORK = {
    shop.ADA: [(shop.GHENT, shop.TEA)],
    shop.CLEO: [(shop.GHENT, shop.SOAP)],
    shop.BO: [(shop.ANTWERP, shop.TEA)],
    shop.DEV: [(shop.GHENT, shop.CHEESE), (shop.ANTWERP, shop.CHEESE)],
}
MIXED = 12

Shift = tuple[list[Writer], Reader, Any]


@pytest.fixture
async def shift(settings: Settings, database: Database) -> AsyncIterator[Shift]:
    """Four writers, a reader, and a connection that sees who waits for whom."""
    await shop.open_shop(database)
    writers = [await Writer.open(settings, person) for person in WORK]
    engine = create_async_engine(settings.database, isolation_level="AUTOCOMMIT")
    async with engine.connect() as watcher:
        yield writers, Reader(database, shop.ADA), watcher
    await engine.dispose()
    for writer in writers:
        await writer.close()


def begin(writers: list[Writer]) -> None:
    for writer in writers:
        moved = [
            {"store": store, "item": item, "delta": 1, "reason": "found"} for store, item in WORK[writer.phone.person]
        ]
        writer.begin(*(writer.phone.operation("stock.adjust", args) for args in moved))


async def missed(shift: Shift) -> int:
    """Rows that the reader was not told, over every order of commits and many mixtures of statements."""
    writers, reader, watcher = shift
    chance = random.Random(7)
    await reader.pull()
    for order in permutations(writers):
        begin(writers)
        await commit_in_order(writers, order, reader, watcher)
        await reader.compare()
    for _ in range(MIXED):
        begin(writers)
        await mix(writers, chance, reader, watcher)
        await reader.compare()
    return reader.missed


@on_postgresql
async def test_the_feed_misses_no_row_whatever_the_order_of_commits(shift: Shift, database: Database) -> None:
    assert await missed(shift) == 0
    writers, reader, _watcher = shift
    assert reader.went_back == 0
    assert sum(writer.phone.n for writer in writers) == 5 * (24 + MIXED)
    assert {code: writer.refused[code] for writer in writers for code in writer.refused} == {}
    assert await examine(database) == []


@on_postgresql
async def test_a_feed_on_a_sequence_is_caught(
    shift: Shift, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.inbox.group.Feed", SequenceFeed)
    async with database.writing() as connection:
        await connection.execute(MADE)
    rows = await missed(shift)
    print(f"{rows} rows missed by the feed on a sequence")
    assert rows > 0
