"""Who holds a row to change it does not keep others from referring to it: those would wait outside our order."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from server.decisions import Happened
from server.devices.minding import load_device_minded
from server.devices.tables import devices
from server.inbox.feed import Feed
from server.inbox.outboxes import Arrival, lock_outboxes
from server.inbox.tables import buckets, clients
from server.people.minding import load_people_minded
from server.people.sign_in import _is_still_right
from server.people.tables import people
from tests import shop

pytestmark = pytest.mark.parametrize(
    "settings", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)

CLIENT = "00000000-0000-4000-8000-000000000001"
DEVICE = shop.device_of(shop.ADA)


def happened(kind: str, **args: object) -> Happened:
    return Happened("op", kind, args, shop.NOW, shop.EVE, "Eve", CLIENT, 1, None)


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
