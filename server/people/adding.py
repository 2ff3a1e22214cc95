"""A new person with their first role, written by an operator's command."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import now_ms
from server.database import Database
from server.inbox.feed import Feed
from server.people.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, hash_password
from server.people.sign_in import LONGEST_USERNAME, folded
from server.people.tables import people, roles
from server.refusals import NotPossible
from server.stores.tables import areas, stores

ROLES = {"viewer": 1, "associate": 2, "store-manager": 3, "area-manager": 4, "administrator": 5}
# No letters that look alike: it is read from a terminal and typed on a phone.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """Four groups of four letters, 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


async def add_person(database: Database, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """`{username, name, role, store, area, locale, password}`, `store` a code, `area` an English name, both may be
    None. Answers `{id, username}`.
    """
    username, level = username_of(given["username"]), ROLES[given["role"]]
    if not username:
        raise NotPossible(f"A username has 1 to {LONGEST_USERNAME} letters, digits or signs.")
    if not SHORTEST_PASSWORD <= len(given["password"]) <= LONGEST_PASSWORD:
        raise NotPossible(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} letters.")
    password_hash = await hash_password(given["password"])
    async with database.writing() as connection:
        if await connection.scalar(select(people.c.id).where(people.c.username == username)):
            raise NotPossible(f"Somebody is called {username} already.")
        place = await _place(connection, level, given["store"], given["area"])
        person = {"username": username, "name": given["name"][:80], "password_hash": password_hash}
        person |= {"locale": given["locale"], "store_id": await _first_store(connection, place)}
        person_id = await write_person(connection, person, {"level": level, **place}, now_ms())
    return {"id": person_id, "username": username}


def username_of(typed: str) -> str:
    """As it is stored; "" for what no username can be."""
    username = folded(typed)
    return username if username == typed.strip().lower() else ""


async def write_person(
    connection: AsyncConnection, person: Mapping[str, Any], role: Mapping[str, Any], at_ms: int
) -> int:
    """Somebody new, with their first role from now on; their id."""
    person_id = (await connection.execute(insert(people).values(person).returning(people.c.id))).scalar_one()
    await connection.execute(insert(roles).values({"person_id": person_id, "valid_from": at_ms, **role}))
    # Their phone learns who they are from this row, at its first pull.
    feed = Feed()
    await feed.lock(connection, [f"user:{person_id}"])
    feed.touch(f"user:{person_id}", "me")
    await feed.write(connection)
    return int(person_id)


async def _place(connection: AsyncConnection, level: int, store: str | None, area: str | None) -> dict[str, int | None]:
    """Where the role holds: a store up to level 3, an area up to level 4, the whole chain without either."""
    if store and area:
        raise NotPossible("A role holds for a store or for an area: give one of --store and --area.")
    if level < 4 and not (store or area):
        raise NotPossible("Say where: give --store with a store's code, or --area with an area's name.")
    if level >= 4 and store:
        raise NotPossible("Area managers and administrators have no single store: leave --store away.")
    if level == 5 and area:
        raise NotPossible("An administrator is one for the whole chain: leave --area away.")
    if level == 4 and not area:
        raise NotPossible("Say which area: give --area with its name.")
    store_id = await connection.scalar(select(stores.c.id).where(stores.c.code == store)) if store else None
    named = or_(areas.c.name_en == area, areas.c.name_zh == area)
    area_id = await connection.scalar(select(areas.c.id).where(named)) if area else None
    if store and store_id is None:
        codes = (await connection.scalars(select(stores.c.code).order_by(stores.c.code))).all()
        raise NotPossible(
            f"There is no store {store}. " + (f"There are {', '.join(codes)}." if codes else "There is none yet.")
        )
    if area and area_id is None:
        names = (await connection.scalars(select(areas.c.name_en).order_by(areas.c.name_en))).all()
        raise NotPossible(
            f"There is no area {area}. " + (f"There are {', '.join(names)}." if names else "There is none yet.")
        )
    return {"store_id": store_id, "area_id": area_id}


async def _first_store(connection: AsyncConnection, place: dict[str, int | None]) -> int | None:
    """The store whose shelves they see first: their own, or the first of those they look after."""
    if place["store_id"]:
        return place["store_id"]
    query = select(stores.c.id).where(stores.c.archived_at.is_(None)).order_by(stores.c.id).limit(1)
    if place["area_id"]:
        query = query.where(stores.c.area_id == place["area_id"])
    found: int | None = await connection.scalar(query)
    return found
