"""Four processes write batches into the same two stores: nothing is left over of whatever meets."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from server.database import Database
from server.inbox.tables import outcomes
from server.ledger.doctor import examine
from server.settings import Settings
from tests import shop
from tests.orders.writers import Writer
from tests.phones import on_hand

MESSAGES, OPERATIONS = 25, 12


@pytest.fixture
async def writers(settings: Settings, database: Database) -> AsyncIterator[list[Writer]]:
    await shop.open_shop(database)
    opened = [await Writer.open(settings, person) for person in (shop.DEV, shop.DEV, shop.DEV, shop.DEV)]
    yield opened
    for writer in opened:
        await writer.close()


async def work(writer: Writer, chance: random.Random) -> list[tuple[int, int, int]]:
    """Messages one after another, adjustments of both stores in each, in any order. Answers what was applied."""
    moved = []
    for _ in range(MESSAGES):
        places = [
            (chance.choice((shop.GHENT, shop.ANTWERP)), chance.choice((shop.TEA, shop.SOAP, shop.CHEESE)))
            for _ in range(OPERATIONS)
        ]
        asked = [{"store": store, "item": item, "delta": 1, "reason": "found"} for store, item in places]
        answer = await writer.phone.send(*(writer.phone.operation("stock.adjust", args) for args in asked))
        assert [verdict.status for verdict in answer.verdicts] == ["applied"] * OPERATIONS
        moved += [(store, item, 1) for store, item in places]
    return moved


@pytest.mark.parametrize("settings", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_four_writers_of_two_busy_stores_leave_no_deadlock_over(
    writers: list[Writer], database: Database
) -> None:
    shares = await asyncio.gather(*(work(writer, random.Random(n)) for n, writer in enumerate(writers)))
    moved = [one for share in shares for one in share]
    assert len(moved) == len(writers) * MESSAGES * OPERATIONS
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(outcomes)) == len(moved)
    for place in (1, 2):
        for item, opening in shop.OPENING.items():
            units = sum(delta for store, one, delta in moved if (store, one) == (place, item))
            assert await on_hand(database, place, item) == opening[place - 1] + units
    met = sum(writer.refused.total() for writer in writers)
    print(f"{len(moved)} operations of 4 writers; {met} groups met another and ran again, 0 were left over")
    assert await examine(database) == []
