"""The one-time code, printed where the hub was started: only who can see that becomes the first administrator."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import now_ms
from server.database import Database
from server.devices.cookies import fingerprint
from server.people.adding import LETTERS
from server.people.passwords import NO_PASSWORD
from server.people.tables import people, roles
from server.refusals import NotPossible, Refusal
from server.setup.tables import setup_codes

CODE_AGE_MS = 2 * 3_600_000


async def needs_setup(connection: AsyncConnection) -> bool:
    """Whether nobody who can sign in was ever an administrator here: the setup opens once and never again."""
    administrator = (roles.c.level == 5) & (roles.c.person_id == people.c.id)
    # Whoever stands for a command in the books has no password and cannot sign in.
    may_come = people.c.password_hash.startswith("$argon2") & (people.c.password_hash != NO_PASSWORD)
    query = select(exists().where(administrator, may_come))
    return not await connection.scalar(query)


async def make_code(database: Database, others_run: bool) -> str | None:
    """A fresh code, three groups of four letters (59 bits); None where there is an administrator already.

    Codes of an earlier start end with it, unless other processes of this hub may have printed theirs just now.
    """
    code = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
    at_ms = now_ms()
    async with database.writing() as connection:
        if not await needs_setup(connection):
            return None
        old = setup_codes.c.expires_at <= at_ms
        await connection.execute(delete(setup_codes).where(old) if others_run else delete(setup_codes))
        row = {"code_hash": fingerprint(_letters(code)), "made_at": at_ms, "expires_at": at_ms + CODE_AGE_MS}
        await connection.execute(insert(setup_codes).values(row))
    return code


async def give_code(database: Database, _given: Mapping[str, Any]) -> Mapping[str, Any]:
    """For a command: `{code}`. NotPossible where there is an administrator."""
    code = await make_code(database, not database.on_sqlite)
    if code is None:
        raise NotPossible("There is an administrator already; `stockhand user add` adds another one.")
    return {"code": code}


async def look_at_code(connection: AsyncConnection, typed: str, at_ms: int) -> None:
    """Refusal `setup_over` where there is an administrator, `code_wrong` for what is no code of ours or too old."""
    held = select(setup_codes.c.code_hash).where(setup_codes.c.expires_at > at_ms)
    await _judge(connection, typed, set((await connection.scalars(held)).all()))


async def spend_code(connection: AsyncConnection, typed: str, at_ms: int) -> None:
    """Takes every code away, within the transaction that makes the administrator: of two who type one, one comes in.

    Refuses like `look_at_code`; the caller's transaction is undone by it.
    """
    taken = await connection.execute(delete(setup_codes).returning(setup_codes.c.code_hash, setup_codes.c.expires_at))
    await _judge(connection, typed, {row.code_hash for row in taken if row.expires_at > at_ms})


async def _judge(connection: AsyncConnection, typed: str, good: set[str]) -> None:
    if not await needs_setup(connection):
        raise Refusal("setup_over")
    if fingerprint(_letters(typed)) not in good:
        raise Refusal("code_wrong")


def _letters(code: str) -> str:
    """As it was meant: capitals, spaces and hyphens are what a keyboard adds."""
    return "".join(letter for letter in code.lower() if letter.isalnum())


class Setup:
    """Whether the hub still waits for its first administrator; asked by whoever meets nobody signed in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._over = False

    async def is_left(self) -> bool:
        if not self._over:
            async with self._database.reading() as connection:
                self._over = not await needs_setup(connection)
        return not self._over
