from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.people.roles import Role
from server.people.tables import people, roles
from server.statements import Asked


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    username: str
    name: str
    locale: str
    store_id: int | None
    roles: list[Role]


_WITH_ROLES = Asked(
    select(
        *(people.c[name] for name in ("id", "username", "name", "locale")),
        people.c.store_id.label("home"),
        *(roles.c[name] for name in ("level", "store_id", "area_id", "valid_from", "valid_to")),
    )
    .outerjoin_from(people, roles)
    .order_by(people.c.id, roles.c.id),
    people.c.id,
)


async def load_people(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, Person]:
    """People with every role they have or had, by id; unknown ids are missing."""
    found: dict[int, Person] = {}
    for number, username, name, locale, home, level, *scope in await _WITH_ROLES.rows(connection, set(ids)):
        person = found.get(number)
        if person is None:
            person = found[number] = Person(number, username, name, locale, home, [])
        if level is not None:
            person.roles.append(Role(level, *scope))
    return found


async def write_preferences(connection: AsyncConnection, changed: dict[int, dict[str, str | int]]) -> None:
    """Each person's chosen columns."""
    for person, values in changed.items():
        await connection.execute(update(people).where(people.c.id == person).values(values))
