"""Who adds people, gives roles and lets people go; and that nobody does so for themselves."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from server.database import Database
from server.inbox.accept import Door
from server.people.adding import write_person
from server.people.tables import people, roles, sessions
from tests import shop
from tests.phones import Phone
from tests.server.test_pull import Reader
from tests.server.test_stores_minded import refused

GUS = {"username": "gus", "name": "Gus", "locale": "en"}
DAY_MS = 86_400_000


async def id_of(database: Database, username: str) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(people.c.id).where(people.c.username == username)) or 0)


async def roles_of(database: Database, person: int) -> list[Any]:
    async with database.reading() as connection:
        query = select(roles).where(roles.c.person_id == person).order_by(roles.c.id)
        return list(await connection.execute(query))


async def test_somebody_new_gets_a_role_and_their_phone_learns_it(door: Door, database: Database) -> None:
    eve = Phone(door, shop.EVE)
    assert (await eve.do("person.save", **GUS))["status"] == "applied"
    gus = await id_of(database, "gus")
    assert (await eve.do("role.grant", person=gus, level=2, store=shop.GHENT))["status"] == "applied"
    async with database.reading() as connection:
        assert await connection.scalar(select(people.c.password_hash).where(people.c.id == gus))
    reader = Reader(database, shop.ADA)
    reader.who = reader.who.__class__(gus, "", "en", None, "", "")
    reader.person = gus
    await reader.pull()
    assert reader.rows[f"user:{gus}"]["me"][1]["roles"][0]["stores"] == [shop.GHENT]
    assert "stock:1" in reader.rows


async def test_who_was_added_by_a_rule_is_not_in_the_way_of_who_is_added_by_a_command(
    door: Door, database: Database
) -> None:
    await Phone(door, shop.EVE).do("person.save", **GUS)
    async with database.writing() as connection:
        row = {**GUS, "username": "hal", "password_hash": "!", "store_id": None}
        await write_person(connection, row, {"level": 1, "store_id": shop.GHENT}, shop.NOW)
    assert await id_of(database, "hal") > await id_of(database, "gus") > 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"username": "ada"}, "username_taken"),
        ({"username": "Gus"}, "field_wrong"),
        ({"username": ""}, "field_missing"),
        ({"name": ""}, "field_missing"),
        ({"store": 9}, "store_unknown"),
    ],
)
async def test_somebody_who_cannot_be_is_refused(door: Door, wrong: dict[str, Any], code: str) -> None:
    assert refused(await Phone(door, shop.EVE).do("person.save", **{**GUS, **wrong}))[0] == code


async def test_nobody_changes_their_own_level(door: Door, database: Database) -> None:
    eve, dev = Phone(door, shop.EVE), Phone(door, shop.DEV)
    assert refused(await eve.do("role.grant", person=shop.EVE, level=4, area=1))[0] == "own_level"
    assert refused(await dev.do("role.grant", person=shop.DEV, level=3, store=shop.GHENT))[0] == "own_level"
    [own] = await roles_of(database, shop.EVE)
    assert refused(await eve.do("role.end", role=own.id))[0] == "own_level"
    assert refused(await eve.do("person.archive", person=shop.EVE))[0] == "own_level"


@pytest.mark.parametrize(
    ("giver", "level", "place", "may"),
    [
        (shop.CLEO, 2, {"store": shop.GHENT}, True),
        (shop.CLEO, 1, {"store": shop.GHENT}, True),
        (shop.CLEO, 3, {"store": shop.GHENT}, False),
        (shop.CLEO, 2, {"store": shop.ANTWERP}, False),
        (shop.CLEO, 1, {"area": 1}, False),
        (shop.DEV, 3, {"store": shop.ANTWERP}, True),
        (shop.DEV, 3, {"area": 1}, True),
        (shop.DEV, 3, {"store": shop.LEIDEN}, False),
        (shop.DEV, 4, {"area": 1}, False),
        (shop.DEV, 5, {}, False),
        (shop.ADA, 1, {"store": shop.GHENT}, False),
        (shop.EVE, 3, {"store": shop.GHENT}, True),
        (shop.EVE, 4, {"area": 2}, True),
        (shop.EVE, 5, {}, True),
    ],
)
async def test_a_role_is_given_by_whom_it_is_to_give(
    door: Door, giver: int, level: int, place: dict[str, int], may: bool
) -> None:
    result = await Phone(door, giver).do("role.grant", person=shop.FAY, level=level, **place)
    assert result["status"] == "applied" if may else refused(result)[0] == "not_allowed"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"level": 2}, "field_missing"),
        ({"level": 4, "store": shop.GHENT}, "level_has_no_store"),
        ({"level": 5, "area": 1}, "level_has_no_store"),
        ({"level": 2, "store": 9}, "store_unknown"),
        ({"level": 2, "area": 9}, "area_unknown"),
        ({"level": 2, "store": shop.GHENT, "from": shop.NOW, "to": shop.NOW}, "field_wrong"),
        ({"level": 1, "store": shop.LEIDEN}, "role_held"),
    ],
)
async def test_a_role_that_cannot_be_is_refused(door: Door, given: dict[str, Any], code: str) -> None:
    assert refused(await Phone(door, shop.EVE).do("role.grant", person=shop.FAY, **given))[0] == code


async def test_a_changed_level_is_on_the_phone_at_its_next_pull(door: Door, database: Database) -> None:
    eve, reader = Phone(door, shop.EVE), Reader(database, shop.ADA)
    await reader.pull()
    [old] = await roles_of(database, shop.ADA)
    assert (await eve.do("role.end", role=old.id))["status"] == "applied"
    assert (await eve.do("role.grant", person=shop.ADA, level=3, store=shop.ANTWERP))["status"] == "applied"
    answer = await reader.pull()
    told = reader.rows["user:1"]["me"][1]["roles"]
    assert [(role["level"], role["stores"], role["to"]) for role in told] == [
        (2, [shop.GHENT], shop.NOW),
        (3, [shop.ANTWERP], None),
    ]
    assert "work:1" in answer["drop"]
    assert "work:2" in reader.rows
    assert refused(await eve.do("role.end", role=old.id))[0] == "role_ended"


async def test_only_an_administrator_writes_down_what_was_forgotten(door: Door) -> None:
    past = {"level": 2, "store": shop.GHENT, "from": shop.NOW - DAY_MS}
    assert refused(await Phone(door, shop.CLEO).do("role.grant", person=shop.FAY, **past))[0] == "field_wrong"
    assert (await Phone(door, shop.EVE).do("role.grant", person=shop.FAY, **past))["status"] == "applied"


async def test_who_leaves_holds_no_role_and_is_signed_in_nowhere(door: Door, database: Database) -> None:
    async with database.writing() as connection:
        session = {"token_hash": "t", "person_id": shop.ADA, "device_id": shop.device_of(shop.ADA)}
        await connection.execute(insert(sessions).values(**session, created_at=0, expires_at=shop.NOW * 2))
    reader = Reader(database, shop.ADA)
    await reader.pull()
    assert (await Phone(door, shop.CLEO).do("person.archive", person=shop.ADA))["status"] == "applied"
    async with database.reading() as connection:
        assert (await connection.execute(select(sessions))).first() is None
        assert await connection.scalar(select(people.c.archived_at).where(people.c.id == shop.ADA)) == shop.NOW
    assert [role.valid_to for role in await roles_of(database, shop.ADA)] == [shop.NOW]
    assert "stock:1" in (await reader.pull())["drop"]
    assert refused(await Phone(door, shop.EVE).do("role.grant", person=shop.ADA, level=2, store=1))[0] == (
        "person_archived"
    )
    assert refused(await Phone(door, shop.CLEO).do("person.restore", person=shop.ADA))[0] == "not_allowed"
    assert (await Phone(door, shop.EVE).do("person.restore", person=shop.ADA))["status"] == "applied"


async def test_a_store_manager_minds_those_of_their_own_store_alone(door: Door) -> None:
    cleo = Phone(door, shop.CLEO)
    assert (await cleo.do("person.save", person=shop.ADA, name="Ada Peeters"))["status"] == "applied"
    assert refused(await cleo.do("person.save", person=shop.ADA, username="adah"))[0] == "not_allowed"
    assert refused(await cleo.do("person.save", person=shop.BO, name="Bob"))[0] == "not_allowed"
    assert refused(await cleo.do("person.archive", person=shop.FAY))[0] == "not_allowed"
    assert refused(await Phone(door, shop.ADA).do("person.save", **GUS))[0] == "not_allowed"
    assert (await cleo.do("person.save", **GUS))["status"] == "applied"
