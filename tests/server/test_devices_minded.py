"""A device has a name, and one that was lost lets nobody in any more."""

from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select

from server.database import Database
from server.devices.tables import devices
from server.inbox.accept import Door
from server.people.tables import sessions
from tests import shop
from tests.phones import Phone
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
