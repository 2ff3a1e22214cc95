"""Stores, areas, neighbours and assortments change through the door, and every phone that must know hears of it."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from server.database import Database
from server.inbox.accept import Door
from server.inbox.messages import Operation, Pull
from server.inbox.outboxes import Arrival
from server.inbox.pull import answer_pull
from server.ledger.doctor import examine
from server.ledger.tables import locations
from server.people.adding import write_person
from server.people.sessions import Who
from server.stores.rules import distance_m
from tests import shop
from tests.phones import Phone
from tests.server.test_pull import Reader

BRUGES: dict[str, Any] = {
    "code": "BRU",
    "name_en": "Bruges",
    "name_zh": "布鲁日",
    "area": 1,
    "latitude_microdegrees": 51_209_300,
    "longitude_microdegrees": 3_224_700,
    "time_zone": "Europe/Brussels",
}
NEW_STORE = 4


def refused(result: dict[str, Any]) -> tuple[str, Any]:
    assert result["status"] == "refused", result
    return result["code"], result["params"]


async def test_a_new_store_has_shelves_and_a_road_and_everybody_hears_of_it(door: Door, database: Database) -> None:
    eve, ada, dev = Phone(door, shop.EVE), Reader(database, shop.ADA), Reader(database, shop.DEV)
    await ada.pull()
    await dev.pull()
    assert (await eve.do("store.save", **BRUGES))["status"] == "applied"
    async with database.reading() as connection:
        query = select(locations.c.kind).where(locations.c.store_id == NEW_STORE).order_by(locations.c.id)
        assert list(await connection.scalars(query)) == ["store", "transit"]
    await ada.pull()
    assert ada.rows["chain"][f"store:{NEW_STORE}"][1]["name_zh"] == "布鲁日"
    # The area manager's own row tells which stores the area has, and the phone follows their work.
    await dev.pull()
    assert dev.rows[f"user:{shop.DEV}"]["me"][1]["roles"][0]["stores"] == [shop.GHENT, shop.ANTWERP, NEW_STORE]
    assert f"work:{NEW_STORE}" in dev.rows


@pytest.mark.parametrize("missing", ["code", "area", "latitude_microdegrees", "time_zone"])
async def test_a_new_store_lacks_nothing(door: Door, missing: str) -> None:
    given = {name: value for name, value in BRUGES.items() if name != missing}
    assert refused(await Phone(door, shop.EVE).do("store.save", **given)) == ("field_missing", {"field": missing})


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"code": "ghe"}, "code_taken"),
        ({"time_zone": "Europe/Atlantis"}, "zone_unknown"),
        ({"area": 9}, "area_unknown"),
        ({"name_en": "", "name_zh": ""}, "field_missing"),
    ],
)
async def test_a_store_that_cannot_be_is_refused(door: Door, wrong: dict[str, Any], code: str) -> None:
    assert refused(await Phone(door, shop.EVE).do("store.save", **{**BRUGES, **wrong}))[0] == code


async def test_only_an_administrator_minds_the_chain(door: Door) -> None:
    for person in (shop.ADA, shop.CLEO, shop.DEV):
        assert refused(await Phone(door, person).do("store.save", **BRUGES))[0] == "not_allowed"
        assert refused(await Phone(door, person).do("area.save", area=1, name_en="Mine"))[0] == "not_allowed"


async def test_a_field_left_out_stays_as_it_was(door: Door, database: Database) -> None:
    eve, ada = Phone(door, shop.EVE), Reader(database, shop.ADA)
    assert (await eve.do("store.save", store=shop.GHENT, name_en="Ghent Korenmarkt"))["status"] == "applied"
    await ada.pull()
    row = ada.rows["chain"]["store:1"][1]
    assert (row["name_en"], row["name_zh"], row["code"]) == ("Ghent Korenmarkt", "根特", "GHE")


async def test_the_same_again_changes_nothing(door: Door, database: Database) -> None:
    eve, ada = Phone(door, shop.EVE), Reader(database, shop.ADA)
    await ada.pull()
    assert (await eve.do("store.save", store=shop.GHENT, code="GHE", area=1))["status"] == "applied"
    assert (await ada.pull())["buckets"] == []


async def test_a_store_with_goods_or_open_transfers_stays_open(door: Door) -> None:
    eve, fay = Phone(door, shop.EVE), shop.LEIDEN
    assert refused(await eve.do("store.archive", store=fay))[0] == "store_has_goods"
    lines = [{"item": shop.TEA, "quantity": 1}]
    await Phone(door, shop.ADA).do("transfer.request", **{"from": shop.LEIDEN}, to=shop.GHENT, lines=lines)
    assert refused(await eve.do("store.archive", store=fay))[0] == "store_has_transfers"


async def test_a_closed_store_leaves_every_phone_and_comes_back_when_it_opens(door: Door, database: Database) -> None:
    eve, ada, dev = Phone(door, shop.EVE), Reader(database, shop.ADA), Reader(database, shop.DEV)
    await eve.do("store.save", **BRUGES)
    await eve.do("neighbours.save", store=NEW_STORE, added=[shop.GHENT], ways="both")
    await ada.pull()
    await dev.pull()
    assert f"stock:{NEW_STORE}" in ada.rows
    assert (await eve.do("store.archive", store=NEW_STORE))["status"] == "applied"
    answer = await ada.pull()
    assert f"stock:{NEW_STORE}" in answer["drop"]
    assert f"store:{NEW_STORE}" not in ada.rows["chain"]
    assert all(other != NEW_STORE for other, _far_m in ada.rows["chain"]["store:1"][1]["neighbours"])
    assert f"work:{NEW_STORE}" in (await dev.pull())["drop"]
    assert (await eve.do("store.restore", store=NEW_STORE))["status"] == "applied"
    await dev.pull()
    assert f"work:{NEW_STORE}" in dev.rows
    assert dev.sum("chain") == dev.cursors["chain"].sum


async def test_a_phone_learns_of_a_new_neighbour_at_its_next_pull(door: Door, database: Database) -> None:
    eve, bo, fay = Phone(door, shop.EVE), Reader(database, shop.BO), Reader(database, shop.FAY)
    await bo.pull()
    await fay.pull()
    assert "stock:2" not in fay.rows
    await eve.do("neighbours.save", store=shop.LEIDEN, added=[shop.ANTWERP], ways="one")
    await fay.pull()
    assert fay.rows["stock:2"][str(shop.TEA)][1]["on_hand"] == 40
    # One way only, and it was there before the other way: nothing new for Antwerp.
    assert [part["id"] for part in (await bo.pull())["buckets"]] == ["chain"]
    await eve.do("neighbours.save", store=shop.LEIDEN, removed=[shop.ANTWERP], ways="both")
    assert "stock:2" in (await fay.pull())["drop"]
    assert "stock:3" in (await bo.pull())["drop"]


async def test_nobody_is_their_own_neighbour(door: Door) -> None:
    result = await Phone(door, shop.EVE).do("neighbours.save", store=shop.GHENT, added=[shop.GHENT], ways="one")
    assert refused(result)[0] == "own_neighbour"


async def test_ways_are_measured_again_when_a_store_moves(door: Door, database: Database) -> None:
    eve, ada = Phone(door, shop.EVE), Reader(database, shop.ADA)
    place = {"latitude_microdegrees": 51_053_500, "longitude_microdegrees": 3_725_000}
    await eve.do("store.save", store=shop.GHENT, **place)
    await ada.pull()
    there = {"latitude": 51.2, "longitude": 3.9}
    expected = distance_m({"latitude": 51.0535, "longitude": 3.725}, there)
    assert ada.rows["chain"]["store:1"][1]["neighbours"][0] == [shop.ANTWERP, expected]
    assert ada.rows["chain"]["store:2"][1]["neighbours"][0] == [shop.GHENT, expected]


def test_a_way_is_as_long_as_the_map_says() -> None:
    ghent, antwerp = {"latitude": 51.0543, "longitude": 3.7174}, {"latitude": 51.2194, "longitude": 4.4025}
    assert distance_m(ghent, antwerp) == distance_m(antwerp, ghent) == pytest.approx(51_200, abs=500)
    assert distance_m({"latitude": 0, "longitude": 0}, {"latitude": 0, "longitude": 180}) == 20_015_100


async def test_an_area_has_a_name_of_its_own(door: Door, database: Database) -> None:
    eve, ada = Phone(door, shop.EVE), Reader(database, shop.ADA)
    assert refused(await eve.do("area.save", name_en="holland")) == ("name_taken", {"name": "holland"})
    assert (await eve.do("area.save", name_zh="布拉班特"))["status"] == "applied"
    await ada.pull()
    areas = [row for key, (_version, row) in ada.rows["chain"].items() if key.startswith("area:")]
    assert [row["name_en"] for row in areas if row["name_zh"] == "布拉班特"] == ["布拉班特"]


async def test_a_store_that_moves_to_another_area_is_another_managers(door: Door, database: Database) -> None:
    eve, dev = Phone(door, shop.EVE), Reader(database, shop.DEV)
    await dev.pull()
    await eve.do("store.save", store=shop.ANTWERP, area=2)
    assert "work:2" in (await dev.pull())["drop"]
    assert dev.rows[f"user:{shop.DEV}"]["me"][1]["roles"][0]["stores"] == [shop.GHENT]


async def test_a_phone_gets_the_goods_of_an_assortment_that_its_store_now_carries(
    door: Door, database: Database
) -> None:
    eve, fay = Phone(door, shop.EVE), Reader(database, shop.FAY)
    await fay.pull()
    assert "catalogue:1" not in fay.rows
    await eve.do("assortment.save", assortment=1, added=[shop.LEIDEN])
    await fay.pull()
    assert str(shop.CHEESE) in fay.rows["catalogue:1"]
    await eve.do("assortment.save", assortment=1, removed=[shop.LEIDEN])
    assert "catalogue:1" in (await fay.pull())["drop"]


async def test_a_new_assortment_is_there_empty(door: Door, database: Database) -> None:
    eve, ada = Phone(door, shop.EVE), Reader(database, shop.ADA)
    assert (await eve.do("assortment.save", name="summer", added=[shop.GHENT]))["status"] == "applied"
    assert refused(await eve.do("assortment.save", name="Summer"))[0] == "name_taken"
    await ada.pull()
    assert ada.rows["catalogue:3"] == {}
    assert ada.rows["chain"]["store:1"][1]["assortments"] == [1, 3]


async def test_what_was_done_at_a_desk_is_no_work_on_a_phone(door: Door, database: Database) -> None:
    eve, reader = Phone(door, shop.EVE), Reader(database, shop.EVE)
    await reader.pull()
    assert refused(await eve.do("store.archive", store=shop.GHENT))[0] == "store_has_goods"
    assert (await eve.do("area.save", area=1, name_en="Flanders and Brussels"))["status"] == "applied"
    await reader.pull()
    assert [key for key in reader.rows[f"user:{shop.EVE}"] if key.startswith("outcome:")] == []


async def test_the_first_store_brings_what_holds_for_all(database: Database) -> None:
    async with database.writing() as connection:
        person = {"username": "rosa", "name": "Rosa", "password_hash": "!", "locale": "en", "store_id": None}
        rosa = await write_person(connection, person, {"level": 5}, 0)
    opened = Door(database, lambda: shop.NOW, lambda heads: None)
    opened.open()

    async def book(kind: str, **args: Any) -> str:
        op = Operation(0, str(uuid4()), kind, 1, args, shop.NOW, None, 0, rosa, None)
        answer = await opened.push(Arrival(str(uuid4()), None, [op], trusted=rosa))
        return str(answer.verdicts[0].result()["status"])

    assert await book("area.save", name_en="All stores") == "applied"
    assert await book("store.save", **BRUGES) == "applied"
    await opened.close()
    assert await examine(database) == []
    async with database.reading() as connection:
        answer = await answer_pull(connection, Who(rosa, "", "en", None, "", ""), Pull(1, {}), shop.NOW)
    [chain] = [part for part in answer["buckets"] if part["id"] == "chain"]
    assert sorted(key for key, _version, _row in chain["puts"]) == ["area:1", "policy", "store:1"]


async def test_two_hubs_that_open_stores_at_once_open_two(door: Door, database: Database) -> None:
    other = Door(database, lambda: shop.NOW + 1000, lambda heads: None)
    other.open()
    eve, again = Phone(door, shop.EVE), Phone(other, shop.EVE)
    results = await asyncio.gather(
        *(phone.do("store.save", **{**BRUGES, "code": f"B{n}"}) for n, phone in enumerate([eve, again] * 4))
    )
    await other.close()
    assert [result["status"] for result in results] == ["applied"] * 8
    async with database.reading() as connection:
        assert len(set(await connection.scalars(select(locations.c.store_id)))) == 3 + 8
