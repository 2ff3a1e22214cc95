"""Hints: who hears what, how soon, and when a stream ends."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec import json
from sqlalchemy import delete, insert, update

from server.database import Database
from server.inbox import live as live_module
from server.inbox.feed import Feed
from server.inbox.live import Live
from server.people.sessions import Who
from server.people.tables import roles, sessions
from tests import shop

HOUR_MS = 3_600_000


@pytest.fixture
async def live(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Live]:
    """In the small shop, with a reader that is quicker than in life."""
    monkeypatch.setattr(live_module, "POLL_S", {"sqlite": 0.05, "postgresql": 0.05})
    await shop.open_shop(database)
    live = Live(database, lambda: shop.NOW)
    live.open()
    yield live
    await live.close()


class Phone:
    """Hears what its stream says."""

    def __init__(self, live: Live, who: Who) -> None:
        self.stream = live.stream(who)

    async def hears(self, within_s: float = 5.0) -> dict[str, int]:
        async with asyncio.timeout(within_s):
            said = await anext(self.stream)
        heads: dict[str, int] = json.decode(said.removeprefix(b"data: "))["heads"]
        return heads

    async def hears_of(self, name: str) -> int:
        while name not in (heads := await self.hears()):
            pass
        return heads[name]

    async def ends(self, within_s: float = 5.0) -> bool:
        async with asyncio.timeout(within_s):
            async for _ in self.stream:
                pass
        return True


async def signed_in(database: Database, person: int, until: int = shop.NOW + HOUR_MS) -> Who:
    device, session = shop.device_of(person), f"session of {person}"
    async with database.writing() as connection:
        row = {"token_hash": session, "person_id": person, "device_id": device}
        await connection.execute(insert(sessions).values(**row, created_at=0, expires_at=until))
    return Who(person, "", "en", shop.HOMES[person], device, session)


async def touch(database: Database, *buckets: str) -> dict[str, int]:
    async with database.writing() as connection:
        feed = Feed()
        await feed.lock(connection, buckets)
        for bucket in buckets:
            feed.touch(bucket, "touched")
        return await feed.write(connection)


async def test_a_phone_hears_at_once_of_its_buckets_and_of_no_others(database: Database, live: Live) -> None:
    phone = Phone(live, await signed_in(database, shop.ADA))
    assert {"chain", "user:1", "stock:1"} <= (await phone.hears()).keys()
    heads = await touch(database, "stock:1", "work:2", "user:2")
    live.heard(heads)
    assert await phone.hears(0.5) == {"stock:1": heads["stock:1"]}


async def test_what_others_have_booked_is_heard_without_a_word_from_the_door(database: Database, live: Live) -> None:
    phone = Phone(live, await signed_in(database, shop.ADA))
    await phone.hears()
    heads = await touch(database, "stock:2")
    assert await phone.hears_of("stock:2") == heads["stock:2"]


async def test_a_phone_that_does_not_read_is_owed_one_head_a_bucket(database: Database, live: Live) -> None:
    phone = Phone(live, await signed_in(database, shop.ADA))
    before = (await phone.hears())["stock:1"]
    for more in range(1, 5001):
        live.heard({"stock:1": before + more})
    assert await phone.hears(0.5) == {"stock:1": before + 5000}


async def test_a_new_role_is_heard_of_without_opening_the_stream_anew(database: Database, live: Live) -> None:
    phone = Phone(live, await signed_in(database, shop.ADA))
    assert "work:2" not in await phone.hears()
    known = await touch(database, "work:2")
    async with database.writing() as connection:
        role: dict[str, Any] = {"person_id": shop.ADA, "level": 2, "store_id": 2, "area_id": None, "valid_to": None}
        await connection.execute(insert(roles).values(**role, valid_from=0))
    await touch(database, "user:1")
    assert await phone.hears_of("work:2") == known["work:2"]


async def test_a_role_that_ends_is_heard_of_no_more(database: Database, live: Live) -> None:
    phone = Phone(live, await signed_in(database, shop.ADA))
    await phone.hears()
    async with database.writing() as connection:
        await connection.execute(update(roles).where(roles.c.person_id == shop.ADA).values(valid_to=shop.NOW))
    heads = await touch(database, "user:1")
    assert await phone.hears_of("user:1") == heads["user:1"]
    await asyncio.sleep(0.3)
    live.heard(await touch(database, "work:1"))
    live.heard(later := await touch(database, "user:1"))
    assert await phone.hears(0.5) == {"user:1": later["user:1"]}


@pytest.mark.parametrize("way", ["signed out", "ran out"])
async def test_a_stream_ends_with_its_session(database: Database, live: Live, way: str) -> None:
    phone = Phone(live, await signed_in(database, shop.ADA))
    other = Phone(live, await signed_in(database, shop.BO))
    await phone.hears()
    await other.hears()
    async with database.writing() as connection:
        of_ada = sessions.c.person_id == shop.ADA
        if way == "signed out":
            await connection.execute(delete(sessions).where(of_ada))
        else:
            await connection.execute(update(sessions).where(of_ada).values(expires_at=shop.NOW))
    live.sessions_ended()
    assert await phone.ends()
    live.heard(heads := await touch(database, "chain"))
    assert await other.hears(0.5) == heads


async def test_streams_that_a_phone_left_behind_are_ended_by_its_newer_ones(database: Database, live: Live) -> None:
    who = await signed_in(database, shop.ADA)
    phones = [Phone(live, who) for _ in range(live_module.STREAMS_A_DEVICE + 2)]
    for phone in phones:
        await phone.hears()
    ended = [phone for phone in phones if not await _is_open(phone)]
    assert len(ended) == 2
    assert phones[-1] not in ended


async def _is_open(phone: Phone) -> bool:
    try:
        await phone.hears(0.1)
    except TimeoutError:
        return True
    except StopAsyncIteration:
        return False
    return True


async def test_a_hub_that_stops_ends_every_stream(database: Database, live: Live) -> None:
    phone = Phone(live, await signed_in(database, shop.ADA))
    await phone.hears()
    await live.close()
    assert await phone.ends()


async def test_a_hub_that_stops_in_the_moment_somebody_signs_out_stops(database: Database, live: Live) -> None:
    phone = Phone(live, await signed_in(database, shop.ADA))
    await phone.hears()
    live.sessions_ended()
    async with asyncio.timeout(5):
        await live.close()
    assert await phone.ends()
