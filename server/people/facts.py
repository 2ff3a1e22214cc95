from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import chunks
from server.people.roles import Role
from server.people.tables import people, roles


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    username: str
    name: str
    locale: str
    store_id: int | None
    roles: list[Role]


async def load_people(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, Person]:
    """People with every role they have or had, by id; unknown ids are missing."""
    found: dict[int, Person] = {}
    for some in chunks(sorted(set(ids))):
        held: dict[int, list[Role]] = {}
        for row in await connection.execute(select(roles).where(roles.c.person_id.in_(some)).order_by(roles.c.id)):
            role = Role(row.level, row.store_id, row.area_id, row.valid_from, row.valid_to)
            held.setdefault(row.person_id, []).append(role)
        for row in await connection.execute(select(people).where(people.c.id.in_(some))):
            found[row.id] = Person(row.id, row.username, row.name, row.locale, row.store_id, held.get(row.id, []))
    return found


async def write_preferences(connection: AsyncConnection, changed: dict[int, dict[str, str | int]]) -> None:
    """Each person's chosen columns."""
    for person, values in changed.items():
        await connection.execute(update(people).where(people.c.id == person).values(values))
