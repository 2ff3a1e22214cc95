"""Four processes write batches into the same two stores: nothing is left over of whatever meets."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from server.database import Database
from server.inbox.feed import Feed
from server.inbox.tables import outcomes
from server.ledger.doctor import examine
from server.people.tables import roles
from server.settings import Settings
from tests import shop
from tests.orders.writers import Writer
from tests.phones import on_hand

MESSAGES, OPERATIONS = 25, 12
NO_MORE = ""

on_postgresql = pytest.mark.parametrize(
    "settings", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


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


@on_postgresql
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


def adjust(store: int, delta: int, reason: str) -> dict[str, Any]:
    return {"store": store, "item": shop.TEA, "delta": delta, "reason": reason}


@on_postgresql
async def test_work_that_nobody_need_look_at_waits_for_no_review(writers: list[Writer], database: Database) -> None:
    async with database.writing() as connection, asyncio.timeout(5):
        await Feed().lock(connection, ["reviews:1", "reviews:2"])
        for store in (shop.GHENT, shop.ANTWERP):
            assert (await writers[0].phone.do("stock.adjust", **adjust(store, 1, "found")))["status"] == "applied"


async def leave_to_others(writer: Writer, chance: random.Random, left: "asyncio.Queue[str]") -> None:
    """Messages of both stores in any order, half of which somebody must look at."""
    for _ in range(MESSAGES):
        ops = [
            writer.phone.operation("stock.adjust", adjust(store, chance.choice((1, 9000)), "other"))
            for store in chance.choices((shop.GHENT, shop.ANTWERP), k=4)
        ]
        for verdict in (await writer.phone.send(*ops)).verdicts:
            if verdict.status == "review":
                left.put_nowait(verdict.op.id)


async def settle(writer: Writer, left: "asyncio.Queue[str]") -> list[str]:
    """What is said to each, until there is no more."""
    said: list[str] = []
    while (about := await left.get()) != NO_MORE:
        told = await writer.phone.do("review.settle", operation=about, accept=len(said) % 3 > 0)
        said.append(told["status"])
    return said


@on_postgresql
async def test_who_leaves_work_to_be_looked_at_and_who_looks_at_it_meet_without_a_deadlock(
    writers: list[Writer], settings: Settings, database: Database
) -> None:
    lookers = [await Writer.open(settings, shop.EVE) for _ in range(2)]
    async with database.writing() as connection:
        of_antwerp = {"person_id": shop.EVE, "level": 4, "area_id": 1, "valid_from": 0}
        await connection.execute(insert(roles).values(**of_antwerp))
    left: asyncio.Queue[str] = asyncio.Queue()
    looking = [asyncio.create_task(settle(looker, left)) for looker in lookers]
    async with asyncio.timeout(60):
        await asyncio.gather(*(leave_to_others(one, random.Random(n), left) for n, one in enumerate(writers[:2])))
        for _ in lookers:
            left.put_nowait(NO_MORE)
        said = [status for one in await asyncio.gather(*looking) for status in one]
    assert len(said) > MESSAGES
    assert set(said) == {"applied"}
    assert {code for one in [*writers, *lookers] for code in one.refused} == set()
    for looker in lookers:
        await looker.close()
    assert await examine(database) == []
