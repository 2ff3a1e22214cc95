from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.counts.tables import count_ends, count_sessions
from server.database import chunks
from server.inbox.tables import clients
from server.people.tables import people
from sync.projection import LONGEST_SESSION_MS

_whole = count_sessions.alias("whole")
_own_end = (
    select(count_ends.c.session_id)
    .where(count_ends.c.session_id == count_sessions.c.id, count_ends.c.person_id == count_sessions.c.person_id)
    .correlate(count_sessions)
    .exists()
)
_end_of_all = (
    select(_whole.c.id)
    .join(count_ends, (count_ends.c.session_id == _whole.c.id) & (count_ends.c.person_id == _whole.c.person_id))
    .where(_whole.c.id == count_sessions.c.joins)
    .correlate(count_sessions)
    .exists()
)
_ended = or_(_own_end, _end_of_all)
# Those whose counter, or whoever began the count that they joined, has not said that they are over. Each by itself may
# still be too old to matter.
not_ended: ColumnElement[bool] = ~_ended
# Those that others may join.
joinable: ColumnElement[bool] = count_sessions.c.joins.is_(None) & not_ended


async def session_rows(connection: AsyncConnection, person: int, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """As the bucket of their counter carries them, by id; `closed` is one whose end was known before its beginning, and
    only what joined another one says so.
    """
    columns = (count_sessions.c[name] for name in ("id", "store_id", "scope", "blind", "sealed", "opened_at", "joins"))
    found = {}
    for some in chunks(ids):
        mine = count_sessions.c.id.in_(some), count_sessions.c.person_id == person
        for row in await connection.execute(select(*columns, _ended.label("closed")).where(*mine)):
            told = {"id": row.id, "store": row.store_id, "scope": row.scope, "at": row.opened_at}
            joins = {"joins": row.joins} if row.joins else {}
            flags = {name: bool(getattr(row, name)) for name in ("blind", "sealed", "closed")}
            found[row.id] = {**told, **flags, **joins}
    return found


async def sessions_now(connection: AsyncConnection, person: int, now: int) -> list[dict[str, Any]]:
    """The person's sessions that may go on, as `session_rows` tells them."""
    recent = count_sessions.c.opened_at > now - LONGEST_SESSION_MS
    query = select(count_sessions.c.id).where(count_sessions.c.person_id == person, recent, not_ended)
    return list((await session_rows(connection, person, list(await connection.scalars(query)))).values())


async def joinable_rows(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """As the bucket `counts:` of their store carries them, by id."""
    columns = (count_sessions.c[name] for name in ("id", "store_id", "scope", "blind", "opened_at"))
    query = select(*columns, people.c.id.label("by"), people.c.name).join(
        people, people.c.id == count_sessions.c.person_id
    )
    found = {}
    for some in chunks(ids):
        for row in await connection.execute(query.where(joinable, count_sessions.c.id.in_(some))):
            told = {"id": row.id, "store": row.store_id, "scope": row.scope, "at": row.opened_at}
            found[row.id] = {**told, "blind": bool(row.blind), "by": row.by, "name": row.name}
    return found


async def joinable_in(connection: AsyncConnection, store: int, now: int) -> list[dict[str, Any]]:
    """All of a store that may go on, as `joinable_rows` tells them."""
    recent = count_sessions.c.opened_at > now - LONGEST_SESSION_MS
    query = select(count_sessions.c.id).where(count_sessions.c.store_id == store, recent, joinable)
    return list((await joinable_rows(connection, list(await connection.scalars(query)))).values())


async def counts_blindly(connection: AsyncConnection, person: int, store: int, now: int) -> bool:
    """Whether this person must see no figures of the store that could lead a count."""
    blind = count_sessions.c.blind.is_(True), count_sessions.c.store_id == store
    return await connection.scalar(_open(person, now).where(*blind)) is not None


async def is_sealed(connection: AsyncConnection, person: int, device: str | None, now: int) -> bool:
    """Whether the stock must leave this phone while its person counts on it."""
    here = select(clients.c.id).where(clients.c.device_id == device)
    sealed = count_sessions.c.sealed.is_(True), count_sessions.c.client_id.in_(here)
    return await connection.scalar(_open(person, now).where(*sealed)) is not None


def _open(person: int, now: int) -> Any:
    recent = count_sessions.c.opened_at > now - LONGEST_SESSION_MS
    return select(count_sessions.c.id).where(count_sessions.c.person_id == person, recent, not_ended).limit(1)
