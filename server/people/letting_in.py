"""Passwords that people set for themselves, and the ones that a manager lets somebody in with.

Neither is an operation: a password travels in no message and stands in no log.
"""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from server.people.adding import new_password
from server.people.facts import load_people
from server.people.operator import OPERATOR
from server.people.passwords import LONGEST_PASSWORD, NO_PASSWORD, SHORTEST_PASSWORD, hash_password, is_right
from server.people.roles import administers, may_give
from server.people.sign_in import count_attempt
from server.people.tables import people, sessions
from server.refusals import Refusal
from server.stores.facts import load_chain

ONCE_AGE_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class NewPassword:
    """What somebody typed to choose a password; `present` counts only where they have one."""

    present: str
    chosen: str
    again: str


async def once_password(database: Database, person: int, by: int, at_ms: int) -> str:
    """A password that opens one session within seven days; it ends the sessions there are. Raises Refusal."""
    password = new_password()
    password_hash = await hash_password(password)
    async with database.writing() as connection:
        await _check_may_let_in(connection, person, by, at_ms)
        fresh = {"password_hash": password_hash, "password_expires_at": at_ms + ONCE_AGE_MS}
        await connection.execute(update(people).where(people.c.id == person).values(**fresh))
        await connection.execute(delete(sessions).where(sessions.c.person_id == person))
    return password


async def _check_may_let_in(connection: AsyncConnection, person: int, by: int, at_ms: int) -> None:
    """Whoever may give every role that the person holds; nobody lets themselves in."""
    here = (people.c.id == person) & (people.c.username != OPERATOR)
    row = (await connection.execute(select(people.c.archived_at).where(here))).first()
    if row is None or row.archived_at is not None:
        raise Refusal("person_unknown" if row is None else "person_archived")
    if person == by:
        raise Refusal("own_level")
    known = await load_people(connection, [person, by])
    held = [role for role in known[person].roles if role.valid_to is None or role.valid_to > at_ms]
    mine, areas = known[by].roles, (await load_chain(connection)).areas
    theirs = [may_give(mine, role.level, role.store_id, role.area_id, areas, at_ms) for role in held]
    if not administers(mine, at_ms) and not (theirs and all(theirs)):
        raise Refusal("not_allowed")


async def has_password(connection: AsyncConnection, person: int) -> bool:
    return await connection.scalar(select(people.c.password_hash).where(people.c.id == person)) != NO_PASSWORD


async def choose_password(database: Database, person: int, session: str, typed: NewPassword, at_ms: int) -> None:
    """Sets the person's own password and ends their other sessions. Raises Refusal; guesses are counted."""
    if not SHORTEST_PASSWORD <= len(typed.chosen) <= LONGEST_PASSWORD:
        raise Refusal("password_short", least=SHORTEST_PASSWORD)
    if typed.chosen != typed.again:
        raise Refusal("passwords_differ")
    async with database.reading() as connection:
        query = select(people.c.username, people.c.password_hash).where(people.c.id == person)
        row = (await connection.execute(query)).one()
    if row.password_hash != NO_PASSWORD:
        await count_attempt(database, [f"person:{row.username}"], at_ms)
        if not await is_right(row.password_hash, typed.present):
            raise Refusal("password_wrong")
    password_hash = await hash_password(typed.chosen)
    async with database.writing() as connection:
        fresh = {"password_hash": password_hash, "password_expires_at": None}
        await connection.execute(update(people).where(people.c.id == person).values(**fresh))
        others = (sessions.c.person_id == person) & (sessions.c.token_hash != session)
        await connection.execute(delete(sessions).where(others))
