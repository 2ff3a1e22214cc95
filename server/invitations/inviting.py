"""Making an invitation, and finding whom one is for."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Exists, and_, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.devices.cookies import fingerprint
from server.devices.tables import device_keys
from server.invitations.tables import invitations
from server.people.facts import load_people
from server.people.passwords import NO_PASSWORD
from server.people.roles import administers, may_give
from server.people.tables import people
from server.stores.facts import load_chain

INVITATION_AGE_MS = 3 * 86_400_000


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom an open invitation is for. `chooses` a password: who never worked here, or has none; others know theirs."""

    person_id: int
    name: str
    username: str
    locale: str
    store_id: int | None
    made_by: str
    made_at: int
    chooses: bool


async def invite(connection: AsyncConnection, person_id: int, by: int, at_ms: int) -> str:
    """The token of a fresh invitation; those made for this person before it end, so only the newest link lives."""
    open_ones = (invitations.c.person_id == person_id) & invitations.c.ended_at.is_(None)
    await connection.execute(update(invitations).where(open_ones).values(ended_at=at_ms))
    token = secrets.token_urlsafe(32)
    await connection.execute(
        insert(invitations).values(
            token_hash=fingerprint(token),
            person_id=person_id,
            made_by=by,
            made_at=at_ms,
            expires_at=at_ms + INVITATION_AGE_MS,
        )
    )
    return token


async def find_invited(connection: AsyncConnection, token: str, at_ms: int) -> Invited | None:
    """None for a link that is unknown, used, replaced or too old, for somebody who has left, and where whoever made it
    may not invite this person any more.
    """
    inviting = people.alias("inviting")
    query = (
        select(
            people.c.id,
            people.c.name,
            people.c.username,
            people.c.locale,
            people.c.store_id,
            inviting.c.name.label("made_by"),
            inviting.c.id.label("inviting"),
            invitations.c.made_at,
            has_own_password().label("knows_one"),
        )
        .join_from(invitations, people, people.c.id == invitations.c.person_id)
        .join(inviting, inviting.c.id == invitations.c.made_by)
        .where(
            invitations.c.token_hash == fingerprint(token),
            invitations.c.ended_at.is_(None),
            invitations.c.expires_at > at_ms,
            people.c.archived_at.is_(None),
            inviting.c.archived_at.is_(None),
        )
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    areas = (await load_chain(connection)).areas
    if not await may_invite(connection, row.inviting, row.id, areas, at_ms):
        return None
    named = (row.id, row.name, row.username, row.locale, row.store_id)
    return Invited(*named, made_by=row.made_by, made_at=row.made_at, chooses=not row.knows_one)


def has_worked() -> Exists:
    """The condition that the person of a query has signed in before: they have a key on some device."""
    return exists().where(device_keys.c.person_id == people.c.id)


def has_own_password() -> ColumnElement[bool]:
    """The condition that somebody who worked here knows a password: then no link may put another one in its place."""
    return and_(has_worked(), people.c.password_hash != NO_PASSWORD)


async def may_invite(
    connection: AsyncConnection, by: int, person_id: int, areas: Mapping[int, int], at_ms: int
) -> bool:
    """Whether every role that the person holds or will hold is the inviting one's to give."""
    known = await load_people(connection, [by, person_id])
    mine = known[by].roles
    if administers(mine, at_ms):
        return True
    held = [role for role in known[person_id].roles if role.valid_to is None or role.valid_to > at_ms]
    return bool(held) and all(may_give(mine, role.level, role.store_id, role.area_id, areas, at_ms) for role in held)
