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


_WITH_ROLES = (
    select(
        *(people.c[name] for name in ("id", "username", "name", "locale")),
        people.c.store_id.label("home"),
        *(roles.c[name] for name in ("level", "store_id", "area_id", "valid_from", "valid_to")),
    )
    .outerjoin_from(people, roles)
    .order_by(people.c.id, roles.c.id)
)


async def load_people(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, Person]:
    """People with every role they have or had, by id; unknown ids are missing."""
    found: dict[int, Person] = {}
    for some in chunks(sorted(set(ids))):
        for row in await connection.execute(_WITH_ROLES.where(people.c.id.in_(some))):
            person = found.get(row.id)
            if person is None:
                person = found[row.id] = Person(row.id, row.username, row.name, row.locale, row.home, [])
            if row.level is not None:
                person.roles.append(Role(row.level, row.store_id, row.area_id, row.valid_from, row.valid_to))
    return found


async def write_preferences(connection: AsyncConnection, changed: dict[int, dict[str, str | int]]) -> None:
    """Each person's chosen columns."""
    for person, values in changed.items():
        await connection.execute(update(people).where(people.c.id == person).values(values))
