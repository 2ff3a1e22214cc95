"""What must be known before people and their roles are changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.decisions import Happened
from server.inbox.fresh_ids import next_id
from server.people.adding import username_of
from server.people.operator import OPERATOR
from server.people.passwords import NO_PASSWORD
from server.people.roles import Role
from server.people.tables import people, roles, sessions
from server.stores.tables import areas

# What a new person begins as.
NOBODY: Mapping[str, Any] = {
    "username": "",
    "name": "",
    "password_hash": NO_PASSWORD,
    "locale": "en",
    "store_id": None,
    "archived_at": None,
    "password_expires_at": None,
}


@dataclass(frozen=True, slots=True)
class PeopleMinded:
    """The person whom an operation is about: `row` without the id, None where there is no such person; `roles` by
    their ids, all of them. `fresh` is the id of the row that is to be made.
    """

    person: int
    row: dict[str, Any] | None
    roles: Mapping[int, Role]
    sessions: list[str]
    areas: frozenset[int]
    username_sound: bool = True
    username_taken: bool = False
    fresh: int = 0
    nobody: Mapping[str, Any] = field(default_factory=lambda: NOBODY)
    no_password: str = NO_PASSWORD
    buckets: set[str] = field(default_factory=set)


async def load_people_minded(connection: AsyncConnection, op: Happened) -> PeopleMinded:
    person, fresh = await _who(connection, op)
    query = select(people).where(people.c.id == person).with_for_update(key_share=True)
    row = (await connection.execute(query)).mappings().first()
    held = await connection.execute(select(roles).where(roles.c.person_id == person).order_by(roles.c.id))
    username = op.args.get("username") or ""
    taken = select(people.c.id).where(people.c.username == username, people.c.id != person)
    return PeopleMinded(
        person=person,
        row={name: value for name, value in row.items() if name != "id"} if row else None,
        roles={one.id: Role(one.level, one.store_id, one.area_id, one.valid_from, one.valid_to) for one in held},
        sessions=list(await connection.scalars(select(sessions.c.token_hash).where(sessions.c.person_id == person))),
        areas=frozenset(await connection.scalars(select(areas.c.id))),
        username_sound=not username or username_of(username) == username,
        username_taken=username == OPERATOR or bool(username and await connection.scalar(taken) is not None),
        fresh=fresh,
        buckets={f"user:{person}"},
    )


async def _who(connection: AsyncConnection, op: Happened) -> tuple[int, int]:
    """The person's id, and the id of the row that will be new: the person's own, a role's, or 0."""
    if op.kind == "person.save":
        fresh = 0 if op.args.get("person") else await next_id(connection, people)
        return op.args.get("person") or fresh, fresh
    if op.kind == "role.end":
        person = await connection.scalar(select(roles.c.person_id).where(roles.c.id == op.args["role"]))
        return person or 0, 0
    return op.args["person"], await next_id(connection, roles) if op.kind == "role.grant" else 0
