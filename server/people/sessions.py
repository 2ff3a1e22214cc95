"""Who is asking: the session behind a cookie, looked up once in a while and not on every request."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from litestar.exceptions import NotAuthorizedException
from litestar.types import Scope
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import now_ms
from server.database import Database
from server.devices.cookies import fingerprint, read_cookie
from server.page_frame import Locale
from server.people.tables import people, sessions

# A phone that comes back after a longer holiday asks its owner to sign in before it sends.
SESSION_AGE_S = 30 * 86_400
REMEMBERED_S = 5.0
REMEMBERED_AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Who:
    """A signed-in person on a device. `session` is the fingerprint of the session's cookie, never the cookie."""

    person_id: int
    name: str
    locale: Locale
    store_id: int | None
    device_id: str
    session: str


class NotSignedIn(NotAuthorizedException):
    """Nobody valid is asking: a page sends them to the sign-in, a message is answered 401."""


class NobodyYet(NotSignedIn):
    """There is no administrator yet: a page leads to the setup."""


class Sessions:
    """Looks sessions up. `/sync/` may be told what was true up to five seconds ago in another process, pages may not:
    they show the language and the store that were chosen a moment ago.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: dict[str, tuple[float, Who | None]] = {}
        self._forgotten = 0
        # Whoever must know at once that a session may have ended.
        self.on_end: Callable[[], None] = lambda: None

    async def who(self, scope: Scope) -> Who | None:
        token = read_cookie(scope["headers"], scope["scheme"], "session")
        if token is None:
            return None
        session = fingerprint(token)
        if scope["path"].startswith("/sync/") and (who := self._still_known(session)):
            return who
        return await self._look_up(session)

    def remembered(self, scope: Scope) -> Who | None:
        """Who is asking by a message of the phone's engine, as far as that is known without a look."""
        token = read_cookie(scope["headers"], scope["scheme"], "session")
        return self._still_known(fingerprint(token)) if token else None

    def _still_known(self, session: str) -> Who | None:
        good_until_s, who = self._remembered.get(session, (0.0, None))
        return who if time.monotonic() < good_until_s else None

    async def _look_up(self, session: str) -> Who | None:
        forgotten = self._forgotten
        async with self._database.reading() as connection:
            who = await find(connection, session, now_ms())
        # A session that ended while this was read must not be remembered as open.
        if forgotten != self._forgotten:
            return who
        if len(self._remembered) >= REMEMBERED_AT_MOST:
            self._remembered.clear()
        self._remembered[session] = (time.monotonic() + REMEMBERED_S, who)
        return who

    def forget(self, session: str) -> None:
        self._forgotten += 1
        self._remembered.pop(session, None)
        self.on_end()

    def forget_all(self) -> None:
        """Somebody's sessions ended, and nobody knows which those were."""
        self._forgotten += 1
        self._remembered.clear()
        self.on_end()


async def find(connection: AsyncConnection, session: str, at_ms: int) -> Who | None:
    query = (
        select(people.c.id, people.c.name, people.c.locale, people.c.store_id, sessions.c.device_id)
        .join(people, people.c.id == sessions.c.person_id)
        .where(sessions.c.token_hash == session, sessions.c.expires_at > at_ms, people.c.archived_at.is_(None))
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    return Who(row.id, row.name, cast(Locale, row.locale), row.store_id, row.device_id, session)


async def begin(connection: AsyncConnection, person_id: int, device_id: str, at_ms: int) -> str:
    """A new session's cookie; sessions that ran out are swept on the way."""
    token = secrets.token_urlsafe(32)
    await connection.execute(delete(sessions).where(sessions.c.expires_at <= at_ms))
    await connection.execute(
        insert(sessions).values(
            token_hash=fingerprint(token),
            person_id=person_id,
            device_id=device_id,
            created_at=at_ms,
            expires_at=at_ms + SESSION_AGE_S * 1000,
        )
    )
    return token


async def end(connection: AsyncConnection, session: str) -> None:
    await connection.execute(delete(sessions).where(sessions.c.token_hash == session))
