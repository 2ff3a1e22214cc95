"""Only what a person signed on this device, word for word, is theirs."""

from msgspec.structs import replace
from sqlalchemy import insert

from server.database import Database
from server.devices.tables import device_keys
from server.inbox.accept import Door
from tests import shop
from tests.phones import Phone, on_hand, signed

DAMAGED = {"store": shop.GHENT, "item": shop.TEA, "delta": -1, "reason": "damaged"}


async def test_what_was_changed_after_it_was_signed_has_no_effect(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    changes = ({"args": {**DAMAGED, "delta": -4}}, {"at": shop.NOW - 1}, {"mac": "AAAA"}, {"mac": None})
    ops = [replace(ada.operation("stock.adjust", DAMAGED), **change) for change in changes]
    verdicts = (await ada.send(*ops)).verdicts
    assert {(verdict.status, verdict.code, verdict.review) for verdict in verdicts} == {
        ("review", "signature_invalid", True)
    }
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5


async def test_on_a_shared_phone_nobody_signs_for_the_other(door: Door, database: Database) -> None:
    key = {"device_id": shop.device_of(shop.ADA), "person_id": shop.CLEO, "secret": shop.secret_of(shop.CLEO)}
    async with database.writing() as connection:
        await connection.execute(insert(device_keys), [{**key, "created_at": 0}])
    ada = Phone(door, shop.ADA)
    [claimed, own] = [replace(ada.operation("stock.adjust", DAMAGED), by=shop.CLEO) for _ in range(2)]
    ops = (signed(claimed, shop.secret_of(shop.ADA)), signed(own, shop.secret_of(shop.CLEO)))
    statuses = [verdict.status for verdict in (await ada.send(*ops)).verdicts]
    assert statuses == ["review", "applied"]
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4
