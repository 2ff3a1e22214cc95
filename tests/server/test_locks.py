"""Who holds a row to change it does not keep others from referring to it: those would wait outside our order."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Table, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import items
from server.database import Database
from server.decisions import Happened
from server.devices.minding import load_device_minded
from server.devices.tables import devices
from server.imports.orders import bring_back, lay_aside
from server.inbox.accept import Door, DoorClosed
from server.inbox.feed import Feed
from server.inbox.outboxes import Arrival, lock_outboxes
from server.inbox.tables import buckets, clients
from server.migrations.upgrade import upgrade
from server.people.minding import load_people_minded
from server.people.sign_in import _is_still_right
from server.people.tables import people
from server.refusals import NotPossible
from server.settings import Settings
from tests import shop
from tests.phones import Phone

pytestmark = pytest.mark.parametrize(
    "settings", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)

CLIENT = "00000000-0000-4000-8000-000000000001"
DEVICE = shop.device_of(shop.ADA)


def happened(kind: str, **args: object) -> Happened:
    return Happened("op", kind, args, shop.NOW, shop.EVE, "Eve", CLIENT, 1, None)


async def test_who_waits_too_long_for_a_lock_is_told_to_come_again(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.open_shop(database)
    monkeypatch.setattr("server.database.LOCKED_WITHIN", "200ms")
    hub = await Database.open(settings)
    door = Door(hub, lambda: shop.NOW + 1000, lambda heads: None)
    door.open()
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", {"store": shop.GHENT, "item": shop.TEA, "delta": -1, "reason": "damaged"})
    async with asyncio.timeout(5), database.writing() as hangs:
        await Feed().lock(hangs, ["stock:1"])
        with pytest.raises(DoorClosed):
            await ada.send(op)
    assert (await ada.send(op)).verdicts[0].status == "applied"
    await door.close()
    await hub.close()


async def test_lists_that_come_back_wait_for_whoever_writes(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.open_shop(database)
    async with database.writing() as connection:
        await lay_aside(connection)
    monkeypatch.setattr("server.database.LOCKED_WITHIN", "100ms")
    hub = await Database.open(settings)
    async with asyncio.timeout(5), database.writing() as writes:
        await writes.execute(update(items).values(price_cents=1))
        coming = asyncio.create_task(bring_back(hub))
        await asyncio.sleep(0.5)
        assert not coming.done()
    await coming
    await hub.close()


async def test_a_release_whose_tables_somebody_keeps_says_so(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.migrations.upgrade.LOCKED_WITHIN", "200ms")
    async with asyncio.timeout(5), database.writing() as keeps:
        await keeps.execute(text("LOCK TABLE alembic_version"))
        with pytest.raises(NotPossible, match="somebody worked with its tables"):
            await upgrade(settings)
    await upgrade(settings)


LOCKS: dict[str, tuple[Table, Callable[[AsyncConnection], Awaitable[object]]]] = {
    "bucket": (buckets, lambda held: Feed().lock(held, ["stock:1"])),
    "outbox": (clients, lambda held: lock_outboxes(held, [Arrival(CLIENT, DEVICE, ())], shop.NOW)),
    "person": (people, lambda held: load_people_minded(held, happened("person.archive", person=shop.ADA))),
    "device": (devices, lambda held: load_device_minded(held, happened("device.block", device=DEVICE))),
    "sign_in": (people, lambda held: _is_still_right(held, shop.ADA, "!")),
}


@pytest.mark.parametrize("name", LOCKS)
async def test_who_is_to_change_a_row_keeps_nobody_from_referring_to_it(database: Database, name: str) -> None:
    table, lock = LOCKS[name]
    await shop.open_shop(database)
    async with database.writing() as connection:
        await lock_outboxes(connection, [Arrival(CLIENT, DEVICE, ())], shop.NOW)
    async with database.writing() as held, database.writing() as other:
        await lock(held)
        await other.execute(text("SET LOCAL lock_timeout = '500ms'"))
        # As a foreign key that is checked does.
        await other.execute(select(table.c.id).with_for_update(read=True, key_share=True))
