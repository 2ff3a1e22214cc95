"""How far the book was from what a session of counting saw, read from the book itself."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, and_, func, literal_column, select
from sqlalchemy import cast as as_type
from sqlalchemy.ext.asyncio import AsyncConnection

from server.counts.tables import anchors, count_ends, count_sessions
from server.database import chunks
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import TOLD_BY_PEOPLE, ledger, shelves
from server.people.tables import people
from server.reviews.tables import has_effect
from sync.papers import DAY_MS
from sync.projection import LONGEST_SESSION_MS

# Spelled as its index is, or SQLite reads the whole book instead.
_told_by_people: ColumnElement[bool] = literal_column(TOLD_BY_PEOPLE)
_TELLER = func.coalesce(ledger.c.count_id, ledger.c.operation_id)


class Seen(NamedTuple):
    """An item that the session counted in full: how many, and by how many the book was wrong by all that is known
    today.
    """

    item: int
    counted: int
    off: int


class Told(NamedTuple):
    """Everything a session told; `waiting` and `unfinished` are items: counts that wait for somebody's word, and those
    of which a shelf is missing that is known to hold them. The times are of its first and its last count, 0 without.
    """

    seen: list[Seen]
    waiting: set[int]
    unfinished: set[int]
    first_at: int
    last_at: int


async def sessions_of_store(connection: AsyncConnection, store: int, since: int, most: int) -> Sequence[Any]:
    """The newest first: `id, scope, blind, person_id, person_name, opened_at, closed_at`."""
    columns = (count_sessions.c[name] for name in ("id", "scope", "blind", "person_id", "opened_at"))
    own_end = and_(count_ends.c.session_id == count_sessions.c.id, count_ends.c.person_id == count_sessions.c.person_id)
    query = (
        select(*columns, people.c.name.label("person_name"), count_ends.c.closed_at)
        .select_from(
            count_sessions.join(people, people.c.id == count_sessions.c.person_id).outerjoin(count_ends, own_end)
        )
        .where(count_sessions.c.store_id == store, count_sessions.c.opened_at > since, count_sessions.c.joins.is_(None))
        .order_by(count_sessions.c.opened_at.desc(), count_sessions.c.id)
        .limit(most)
    )
    return (await connection.execute(query)).all()


async def who_joined(connection: AsyncConnection, sessions: Sequence[Any]) -> dict[str, dict[int, str]]:
    """Who counts with whoever began these, their names by person, by session; only where somebody does."""
    names = select(count_sessions.c.joins, people.c.id, people.c.name)
    query = names.join(people, people.c.id == count_sessions.c.person_id).order_by(count_sessions.c.opened_at)
    found: dict[str, dict[int, str]] = {}
    for some in chunks([one.id for one in sessions]):
        for row in await connection.execute(query.where(count_sessions.c.joins.in_(some))):
            found.setdefault(row.joins, {})[row.id] = row.name
    return found


async def told_in(connection: AsyncConnection, store: int, session: Any) -> Told:
    """`session` is one of `sessions_of_store`; everybody who joined it told of it too."""
    says = as_type(outcomes.c.args, String).contains(f'"session":"{session.id}"', autoescape=True)
    columns = (outcomes.c[name] for name in ("operation_id", "args", "status", "effective_at"))
    joined = (await who_joined(connection, [session])).get(session.id, {})
    query = select(*columns, has_effect.label("counts")).where(
        outcomes.c.person_id.in_([session.person_id, *joined]),
        outcomes.c.booked_at > session.opened_at - DAY_MS,
        outcomes.c.kind == "stock.count",
        booked_first,
        says,
    )
    rows = (await connection.execute(query)).all()
    told = [row for row in rows if row.args.get("session") == session.id]
    counts = [row for row in told if row.counts]
    seen = await _seen(connection, store, {row.operation_id for row in counts}, [row.effective_at for row in counts])
    waiting = {row.args["item"] for row in told if row.status == "review" and not row.counts}
    times = [row.effective_at for row in told]
    known = {one.item for one in seen}
    unfinished = {row.args["item"] for row in counts} - known - waiting
    return Told(seen, waiting, unfinished, min(times, default=0), max(times, default=0))


async def _seen(connection: AsyncConnection, store: int, operations: set[str], times: list[int]) -> list[Seen]:
    if not operations:
        return []
    location = shelves(store)
    # A count of several shelves stands at its first one: every moment is that of one of them.
    stood = select(anchors.c.item_id, anchors.c.operation_id, anchors.c.counted).where(
        anchors.c.location_id == location, anchors.c.effective_at.between(min(times), max(times))
    )
    # Of an item counted twice, the later one stands.
    rows = await connection.execute(stood.order_by(anchors.c.effective_at, anchors.c.n))
    counted = {item: units for item, operation, units in rows if operation in operations}
    moved = select(ledger.c.item_id, _TELLER, ledger.c.delta).where(
        ledger.c.location_id == location,
        ledger.c.effective_at.between(min(times), max(times)),
        _told_by_people,
        ledger.c.kind == "count",
    )
    off = dict.fromkeys(counted, 0)
    for item, operation, delta in await connection.execute(moved):
        if operation in operations and item in off:
            off[item] += delta
    return [Seen(item, units, off[item]) for item, units in counted.items()]


def is_over(session: Any, now: int) -> bool:
    """Its counter said so, or forgot to for a day."""
    return session.closed_at is not None or session.opened_at <= now - LONGEST_SESSION_MS
