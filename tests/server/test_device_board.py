"""The board of devices: what each says of itself, which one is a worry, and who hears of it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, update

from server.clock import now_ms
from server.database import Database
from server.devices.tables import devices
from server.inbox.tables import clients
from server.people.tables import sessions
from tests.server.browsers import Browser
from tests.server.test_policies import FORM

HOUR_MS = 3_600_000


async def reported(database: Database, device: str, *, hours_ago: float = 0, last_n: int = 0, **health: Any) -> str:
    """An outbox of a device with the last word it said of itself; gives back its id."""
    client, at = str(uuid4()), now_ms() - int(hours_ago * HOUR_MS)
    row = {"id": client, "device_id": device, "last_n": last_n, "last_effective_at": 0, "empty_at": 0}
    said = {"oldest_at": None, "catalogue_at": None, "release": None, **health}
    async with database.writing() as connection:
        await connection.execute(insert(clients).values(**row, created_at=at, last_seen_at=at, health=said))
        seen = update(devices).where(devices.c.id == device, devices.c.last_seen_at < at)
        await connection.execute(seen.values(last_seen_at=at))
    return client


async def device_of(browser: Browser) -> str:
    device: str = (await browser.get("/sync/key")).json()["device"]
    return device


async def fall_silent(database: Database, device: str, hours: float) -> None:
    at = now_ms() - int(hours * HOUR_MS)
    async with database.writing() as connection:
        await connection.execute(update(devices).where(devices.c.id == device).values(last_seen_at=at))
        await connection.execute(update(clients).where(clients.c.device_id == device).values(last_seen_at=at))


async def alarms(browser: Browser) -> int:
    count: int = (await browser.get("/admin/devices/alarms.json")).json()["count"]
    return count


@pytest.fixture
async def ada(browser: Browser) -> Browser:
    await browser.sign_in("ada")
    return browser


@pytest.fixture
async def cleo(another_browser: Callable[..., Browser]) -> Browser:
    """Manager of Ada's store."""
    cleo = another_browser()
    await cleo.sign_in("cleo")
    return cleo


async def test_a_phone_tells_how_it_stands_and_the_board_shows_it(
    ada: Browser, cleo: Browser, database: Database
) -> None:
    device = await device_of(ada)
    news = now_ms() - 3 * HOUR_MS
    health = {"waiting": 3, "oldest_at": news, "catalogue_at": news, "release": "abcdef0123", "storage": "full"}
    body = {"schema": 1, "cursors": {}, "client": str(uuid4()), "health": {**health, "through": 7, "earlier": []}}
    assert (await ada.post("/sync/pull", json=body)).status_code == 200
    listed = (await cleo.get("/admin/devices?sort=news")).text
    assert "3 h ago" in listed
    assert "no room" in listed
    shown = (await cleo.get(f"/admin/devices/{device}")).text
    assert "abcdef01" in shown
    lines = (await cleo.get("/admin/devices/export.csv?state=waiting")).content.decode("utf-8-sig").splitlines()
    assert lines[1].endswith(f",{news},full,,0")


@pytest.mark.parametrize("waiting", [0, 2])
async def test_a_phone_that_is_silent_for_too_long_raises_an_alarm_whether_or_not_work_waits(
    ada: Browser, cleo: Browser, database: Database, waiting: int
) -> None:
    device = await device_of(ada)
    await reported(database, device, waiting=waiting)
    await fall_silent(database, device, 23)
    assert await alarms(cleo) == 0
    await fall_silent(database, device, 25)
    assert await alarms(cleo) == 1
    assert f"/admin/devices/{device}" in (await cleo.get("/admin/devices?state=dark")).text
    assert "1 needs a look" in (await cleo.get("/admin")).text
    assert "silent" in (await cleo.get(f"/admin/devices/{device}")).text


async def test_how_long_is_too_long_is_the_policys_to_say(
    ada: Browser, cleo: Browser, another_browser: Callable[..., Browser], database: Database
) -> None:
    await fall_silent(database, await device_of(ada), 25)
    eve = another_browser()
    await eve.sign_in("eve")
    typed = {**FORM, "dark_after_h": "48", "was_dark_after_h": "24"}
    assert (await eve.submit("/admin/policies", operation_id=str(uuid4()), **typed)).status_code == 303
    assert await alarms(cleo) == 0


async def test_a_phone_that_nobody_is_signed_in_on_is_missed_only_while_work_waits(
    ada: Browser, cleo: Browser, database: Database
) -> None:
    device = await device_of(ada)
    async with database.writing() as connection:
        await connection.execute(delete(sessions).where(sessions.c.device_id == device))
    await fall_silent(database, device, 200)
    assert await alarms(cleo) == 0
    await reported(database, device, hours_ago=190, waiting=1)
    assert await alarms(cleo) == 1


async def test_a_blocked_device_is_no_alarm(ada: Browser, cleo: Browser, database: Database) -> None:
    device = await device_of(ada)
    await reported(database, device, hours_ago=100, waiting=1)
    await fall_silent(database, device, 100)
    await cleo.submit(f"/admin/devices/{device}", operation_id=str(uuid4()), action="block")
    assert await alarms(cleo) == 0


async def test_a_phone_that_comes_back_without_the_work_it_reported_raises_an_alarm_until_it_is_settled(
    ada: Browser, cleo: Browser, database: Database
) -> None:
    device = await device_of(ada)
    await reported(database, device, hours_ago=2, last_n=5, waiting=3, through=8)
    assert await alarms(cleo) == 0
    await reported(database, device, hours_ago=1, waiting=0, through=0)
    assert await alarms(cleo) == 1
    assert "3 lost" in (await cleo.get("/admin/devices?state=lost")).text
    page = f"/admin/devices/{device}"
    assert "3 changes that never arrived" in (await cleo.get(page)).text
    assert (await cleo.submit(page, operation_id=str(uuid4()), action="settle")).status_code == 303
    assert await alarms(cleo) == 0
    assert "never arrived" not in (await cleo.get(page)).text


async def test_work_that_arrived_after_all_or_went_on_under_a_new_number_is_not_lost(
    ada: Browser, cleo: Browser, database: Database
) -> None:
    device = await device_of(ada)
    delivered = await reported(database, device, hours_ago=3, last_n=0, waiting=2, through=2)
    forked = await reported(database, device, hours_ago=2, last_n=0, waiting=4, through=4)
    await reported(database, device, hours_ago=1, waiting=4, through=4, earlier=[forked])
    assert "2 lost" in (await cleo.get("/admin/devices?state=lost")).text
    async with database.writing() as connection:
        await connection.execute(update(clients).where(clients.c.id == delivered).values(last_n=2))
    assert await alarms(cleo) == 0


async def test_alarms_are_told_to_those_who_mind_the_store_and_to_nobody_else(
    ada: Browser, cleo: Browser, another_browser: Callable[..., Browser], database: Database
) -> None:
    await fall_silent(database, await device_of(ada), 25)
    bo, eve = another_browser(), another_browser()
    await bo.sign_in("bo")
    await eve.sign_in("eve")
    assert [await alarms(one) for one in (cleo, eve, ada)] == [1, 1, 0]
    assert await alarms(bo) == 0
    assert 'id="device-alarms"' in (await cleo.get("/inbox")).text
    assert 'id="device-alarms"' not in (await ada.get("/inbox")).text
