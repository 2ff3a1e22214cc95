"""A database that is in trouble for a moment ends nobody who looks again and again, and spoils no pull."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from server.database import Database, is_away
from server.devices.sightings import Sightings
from server.devices.tables import devices
from server.inbox import live as live_module
from server.inbox.accept import Door
from server.inbox.housekeeping import Housekeeper
from server.inbox.live import Live
from tests import shop
from tests.server.test_live import Phone, signed_in, touch

TROUBLES = [
    OperationalError("SELECT 1", {}, Exception("the server closed the connection")),
    NoFreeConnection("QueuePool limit of size 10 overflow 10 reached"),
    ConnectionRefusedError("nobody listens there"),
    FileNotFoundError("the database was taken away"),
]

# A file that PostgreSQL may not open, damaged data, damaged index; who waited for a lock for too long.
TROUBLED_STATES = ("42501", "XX001", "XX002", "55P03")

# What goes wrong, once, when the database is next asked in a way.
Break = Callable[[str], asyncio.Event]


@pytest.fixture(params=TROUBLES, ids=lambda error: type(error).__name__)
def break_once(request: pytest.FixtureRequest, database: Database, monkeypatch: pytest.MonkeyPatch) -> Break:
    def break_once(way: str) -> asyncio.Event:
        plain, broke = getattr(database, way), asyncio.Event()

        def broken() -> Any:
            monkeypatch.setattr(database, way, plain)
            broke.set()
            raise request.param

        monkeypatch.setattr(database, way, broken)
        return broke

    return break_once


class SaidError(Exception):
    """What the driver says, with PostgreSQL's own code."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize("state", TROUBLED_STATES)
def test_what_the_database_may_not_or_cannot_read_is_no_operations_fault(state: str) -> None:
    assert is_away(OperationalError("SELECT 1", {}, SaidError(state)))


@pytest.mark.parametrize("state", ["23505", "42703", "22003"])
def test_what_the_statement_itself_is_to_blame_for_is_a_bug(state: str) -> None:
    assert not is_away(OperationalError("SELECT 1", {}, SaidError(state)))


async def test_hints_go_on(database: Database, break_once: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "POLL_S", {"sqlite": 0.02, "postgresql": 0.02})
    await shop.open_shop(database)
    live = Live(database, lambda: shop.NOW)
    live.open()
    phone = Phone(live, await signed_in(database, shop.ADA))
    await phone.hears()
    async with asyncio.timeout(5):
        await break_once("reading").wait()
    heads = await touch(database, "stock:1")
    assert await phone.hears_of("stock:1") == heads["stock:1"]
    await live.close()


async def test_what_is_over_is_let_go_the_next_time(database: Database, break_once: Break) -> None:
    await shop.open_shop(database)
    door = Door(database, lambda: shop.NOW, lambda _heads: None)
    keeper = Housekeeper(database, lambda: shop.NOW, door)
    broke = break_once("reading")
    keeper.open()
    async with asyncio.timeout(5):
        await broke.wait()
        while not failed(keeper):
            await asyncio.sleep(0.01)
        keeper.wake()
        while failed(keeper):
            await asyncio.sleep(0.01)
    await keeper.close()


def failed(keeper: Housekeeper) -> bool:
    return keeper.last is not None and keeper.last.failed


async def test_a_phone_that_was_not_noted_gets_its_rows_and_is_noted_with_the_next(
    database: Database, break_once: Break
) -> None:
    await shop.open_shop(database)
    sightings = Sightings(database, lambda: shop.NOW + 5)
    break_once("writing")
    device = shop.device_of(shop.ADA)
    seen_at = select(devices.c.last_seen_at).where(devices.c.id == device)
    for expected in (False, True):
        await sightings.saw(device, None, None)
        async with database.reading() as connection:
            assert (await connection.scalar(seen_at) == shop.NOW + 5) is expected
