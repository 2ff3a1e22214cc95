"""A device has a name, and one that was lost lets nobody in any more."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from msgspec import to_builtins
from sqlalchemy import insert, select, update

from server.database import Database
from server.devices.tables import devices
from server.inbox.accept import Door
from server.inbox.messages import Health, Operation
from server.inbox.tables import clients
from server.people.tables import sessions
from tests import shop
from tests.phones import Phone, on_hand, signed
from tests.server.browsers import Browser
from tests.server.test_stores_minded import refused


async def row_of(database: Database, device: str) -> Any:
    async with database.reading() as connection:
        return (await connection.execute(select(devices).where(devices.c.id == device))).one()


async def test_a_device_gets_a_name(door: Door, database: Database) -> None:
    device = shop.device_of(shop.ADA)
    assert (await Phone(door, shop.CLEO).do("device.save", device=device, name="Handheld 3"))["status"] == "applied"
    assert (await row_of(database, device)).name == "Handheld 3"


async def test_a_blocked_device_is_signed_out_at_once(door: Door, database: Database) -> None:
    device = shop.device_of(shop.ADA)
    async with database.writing() as connection:
        session = {"token_hash": "t", "person_id": shop.ADA, "device_id": device}
        await connection.execute(insert(sessions).values(**session, created_at=0, expires_at=shop.NOW * 2))
    assert (await Phone(door, shop.CLEO).do("device.block", device=device))["status"] == "applied"
    async with database.reading() as connection:
        assert (await connection.execute(select(sessions))).first() is None
    assert (await row_of(database, device)).blocked_at == shop.NOW
    assert (await Phone(door, shop.EVE).do("device.unblock", device=device))["status"] == "applied"
    assert (await row_of(database, device)).blocked_at is None


async def test_a_device_is_minded_where_its_people_work(door: Door) -> None:
    device = shop.device_of(shop.ADA)
    for stranger in (shop.ADA, shop.BO, shop.FAY):
        assert refused(await Phone(door, stranger).do("device.block", device=device))[0] == "not_allowed"
    assert refused(await Phone(door, shop.CLEO).do("device.block", device=shop.device_of(shop.EVE)))[0] == "not_allowed"
    assert refused(await Phone(door, shop.EVE).do("device.block", device=str(uuid4())))[0] == "device_unknown"


async def test_what_was_recorded_before_a_device_was_blocked_counts_and_what_came_after_waits(
    door: Door, database: Database
) -> None:
    ada, adjust = Phone(door, shop.ADA), {"store": shop.GHENT, "item": shop.TEA, "delta": -1, "reason": "damaged"}
    before = ada.operation("stock.adjust", adjust, at=shop.NOW - 60_000)
    assert (await Phone(door, shop.EVE).do("device.block", device=shop.device_of(shop.ADA)))["status"] == "applied"
    after = ada.operation("stock.adjust", adjust, at=shop.NOW + 500)
    answer = await ada.send(before, after)
    results = [verdict.result() for verdict in answer.verdicts]
    assert [result["status"] for result in results] == ["applied", "review"]
    assert results[1]["code"] == "device_was_blocked"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4


async def test_a_blocked_device_delivers_what_waits_on_it_and_nobody_signs_in_on_it(
    browser: Browser, another_browser: Callable[..., Browser]
) -> None:
    await browser.sign_in("ada")
    key = (await browser.get("/sync/key")).json()
    eve = another_browser()
    await eve.sign_in("eve")
    page = f"/admin/devices/{key['device']}"
    assert (await eve.submit(page, operation_id=str(uuid4()), action="block")).status_code == 303
    assert (await browser.post("/sync/pull", json={"schema": 1, "cursors": {}})).status_code == 401
    args = {"store": shop.GHENT, "item": shop.TEA, "delta": -1, "reason": "damaged"}
    op = Operation(1, str(uuid4()), "stock.adjust", 1, args, shop.NOW, 0.0, 0, shop.ADA, None)
    body = to_builtins(signed(op, b64decode(key["key"])))
    push = {"protocol": 1, "client": str(uuid4()), "ops": [body]}
    answer = await browser.post("/sync/push", json=push)
    assert answer.status_code == 200
    assert answer.json()["results"][0]["status"] == "applied"
    refused_page = await browser.sign_in("ada")
    assert refused_page.status_code == 422
    assert "This device is blocked" in refused_page.text
    assert (await eve.submit(page, operation_id=str(uuid4()), action="unblock")).status_code == 303
    assert (await browser.sign_in("ada")).status_code == 303


async def test_nobody_else_delivers_without_a_session(browser: Browser) -> None:
    push = {"protocol": 1, "client": str(uuid4()), "ops": []}
    assert (await browser.post("/sync/push", json=push)).status_code == 401
    await browser.sign_in("ada")
    await browser.submit("/sign-out")
    assert (await browser.post("/sync/push", json=push)).status_code == 401


async def test_the_list_says_what_waits_where(browser: Browser, another_browser: Callable[..., Browser]) -> None:
    await browser.sign_in("ada")
    key = (await browser.get("/sync/key")).json()
    health = {"waiting": 3, "oldest_at": 1_780_000_000_000, "catalogue_at": None, "release": "abcdef0123456789"}
    push = {"protocol": 1, "client": str(uuid4()), "ops": [], "health": health}
    assert (await browser.post("/sync/push", json=push)).status_code == 200
    cleo = another_browser()
    await cleo.sign_in("cleo")
    listed = (await cleo.get("/admin/devices?state=waiting")).text
    assert f'href="/admin/devices/{key["device"]}"' in listed
    assert "abcdef01" in listed
    assert ">3</td>" in listed
    lines = (await cleo.get("/admin/devices/export.csv?state=waiting")).content.decode("utf-8-sig").splitlines()
    assert lines[1].split(",")[1:] == [
        "Ada",
        lines[1].split(",")[2],
        "3",
        "1780000000000",
        "abcdef01",
        "",
        "",
        "",
        "",
        "0",
    ]
    named = f"/admin/devices/{key['device']}"
    assert (await cleo.submit(named, operation_id=str(uuid4()), action="save", name="Handheld 3")).status_code == 303
    assert "Handheld 3" in (await cleo.get("/admin/devices?q=handheld")).text
    bo = another_browser()
    await bo.sign_in("bo")
    assert (await bo.get(named)).status_code == 404


async def test_a_phone_that_only_fetches_is_seen_too(browser: Browser, database: Database) -> None:
    await browser.sign_in("ada")
    device = (await browser.get("/sync/key")).json()["device"]
    async with database.writing() as connection:
        await connection.execute(update(devices).where(devices.c.id == device).values(last_seen_at=5))
    health = {"waiting": 2, "oldest_at": shop.NOW, "catalogue_at": None, "release": "abcdef0123456789"}
    pull = {"schema": 1, "cursors": {}, "client": str(uuid4()), "health": health}
    assert (await browser.post("/sync/pull", json=pull)).status_code == 200
    assert (await row_of(database, device)).last_seen_at > shop.NOW / 2
    async with database.reading() as connection:
        query = select(clients.c.health).where(clients.c.id == pull["client"])
        kept = await connection.scalar(query) or {}
        assert kept.items() >= health.items()
    # One that has recorded nothing has no outbox, and says which release it runs all the same.
    other = {**pull, "client": None, "health": {**health, "waiting": 0, "release": "0123456789abcdef"}}
    assert (await browser.post("/sync/pull", json=other)).status_code == 200
    async with database.reading() as connection:
        said = await connection.scalars(select(clients.c.health).where(clients.c.device_id == device))
        assert sorted(one["release"][:4] for one in said if one) == ["0123", "abcd"]


async def test_what_came_with_a_push_waits_no_more(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    args = {"store": shop.GHENT, "item": shop.TEA, "delta": -1, "reason": "damaged"}
    await ada.send(ada.operation("stock.adjust", args), health=Health(3, shop.NOW))
    async with database.reading() as connection:
        health = await connection.scalar(select(clients.c.health).where(clients.c.id == ada.client))
    assert health is not None
    assert (health["waiting"], health["oldest_at"]) == (2, shop.NOW)
