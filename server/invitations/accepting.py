"""Accepting an invitation: once, by whoever holds the link, and never in the place of somebody who has worked here."""

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from server.devices.cookies import fingerprint
from server.devices.keys import is_blocked
from server.invitations.inviting import Invited, has_own_password
from server.invitations.tables import invitations
from server.people.passwords import check_password, hash_password
from server.people.sign_in import Attempt, sign_in
from server.people.tables import people, sessions
from server.refusals import Refusal


async def accept(database: Database, token: str, invited: Invited, attempt: Attempt) -> None:
    """Sets the chosen password, or tries the known one as a sign-in does; ends the invitation.

    Refusal `invitation_over` where the link was used meanwhile, and what passwords are refused for.
    """
    if not invited.chooses:
        await sign_in(database, attempt)
        async with database.writing() as connection:
            await _end(connection, token, attempt.at_ms)
        return
    async with database.reading() as connection:
        if await is_blocked(connection, attempt.device_token):
            raise Refusal("device_blocked")
    check_password(attempt.password)
    password_hash = await hash_password(attempt.password)
    async with database.writing() as connection:
        await _end(connection, token, attempt.at_ms)
        # Looked at again behind the lock: somebody may have begun to work under this name a moment ago.
        chosen = {"password_hash": password_hash, "password_expires_at": None}
        mine = (people.c.id == invited.person_id) & people.c.archived_at.is_(None) & ~has_own_password()
        changed: CursorResult[None] = await connection.execute(update(people).where(mine).values(chosen))
        if changed.rowcount != 1:
            raise Refusal("invitation_over")


async def _end(connection: AsyncConnection, token: str, at_ms: int) -> None:
    """Of two phones that accept at once, one comes in."""
    held = (invitations.c.token_hash == fingerprint(token)) & invitations.c.ended_at.is_(None)
    living = held & (invitations.c.expires_at > at_ms)
    ended: CursorResult[None] = await connection.execute(update(invitations).where(living).values(ended_at=at_ms))
    if ended.rowcount != 1:
        raise Refusal("invitation_over")


async def remember_phone(connection: AsyncConnection, token: str, person_id: int) -> None:
    """Which phone came in: the one of the person's newest session."""
    newest = (
        select(sessions.c.device_id)
        .where(sessions.c.person_id == person_id)
        .order_by(sessions.c.created_at.desc())
        .limit(1)
    )
    device = func.coalesce(newest.scalar_subquery(), None)
    where = invitations.c.token_hash == fingerprint(token)
    await connection.execute(update(invitations).where(where).values(device_id=device))
