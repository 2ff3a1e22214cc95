"""What was set aside for the operators: looked at again, it has its effect at its own moment, or is dropped for good.

A parked outcome is the one that is not final: the phone that repeats the operation hears what became of it since, its
author is told by the outcome's row, and what was parked only because it stands on this one follows it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import Clock, now_ms
from server.database import Database
from server.inbox.accept import MET, TRIES, or_traceback
from server.inbox.group import Group
from server.inbox.outboxes import Arrival, Outbox, Settled, lock_outboxes, stored_verdict
from server.inbox.tables import FILE_CLIENTS, booked_first, outcomes, second_looks
from server.inbox.verdicts import Verdict, park
from server.people.tables import people
from server.refusals import NotPossible
from server.stores.facts import load_chain

log = structlog.get_logger("inbox")


@dataclass(frozen=True, slots=True)
class Parked:
    """`who` signed it, "" where nobody provably did; `at` is its effective time."""

    id: str
    kind: str
    who: str
    at: int
    traceback: str

    @property
    def last_line(self) -> str:
        return (self.traceback.strip().splitlines() or [""])[-1]


@dataclass(frozen=True, slots=True)
class Looked:
    """Who looks, and why it is dropped; None where it is tried again."""

    by: str
    why: str | None = None


async def list_parked(connection: AsyncConnection) -> list[Parked]:
    """In the order in which they happened."""
    query = (
        select(outcomes, people.c.name)
        .outerjoin(people, people.c.id == outcomes.c.person_id)
        .where(outcomes.c.status == "parked", booked_first)
        .order_by(outcomes.c.effective_at, outcomes.c.client_id, outcomes.c.n)
    )
    rows = await connection.execute(query)
    return [Parked(r.operation_id, r.kind, r.name or "", r.effective_at, r.traceback or "") for r in rows]


async def retry_parked(database: Database, given: Mapping[str, Any]) -> dict[str, Any]:
    """The deed: `ids` are tried again in their order, `by` names who asked for it."""
    return {"became": await look_again(database, now_ms, given["ids"], Looked(given["by"]))}


async def drop_parked(database: Database, given: Mapping[str, Any]) -> dict[str, Any]:
    """The deed: one `id` is refused for good, and its author reads `why`."""
    return {"became": await look_again(database, now_ms, [given["id"]], Looked(given["by"], given["why"]))}


async def look_again(database: Database, clock: Clock, ids: Iterable[str], looked: Looked) -> list[dict[str, Any]]:
    """What became of each, and of what follows it, as `{id, kind, status, code}`; ids that are not parked any more
    are left out. Each is booked by itself.
    """
    became: list[dict[str, Any]] = []
    waiting = list(ids)
    while waiting:
        operation = waiting.pop(0)
        verdict = await _look_at(database, clock, operation, looked)
        if verdict is None:
            continue
        became.append({"id": operation, "kind": verdict.op.kind, "status": verdict.status, "code": verdict.code})
        log.info("second_look", by=looked.by, **became[-1])
        if verdict.status != "parked":
            waiting = [*await _standing_on(database, operation), *waiting]
    return became


async def require_parked(connection: AsyncConnection, operation: str) -> None:
    """Raises NotPossible, naming what it is instead."""
    query = select(outcomes.c.status).where(outcomes.c.operation_id == operation, booked_first)
    status = await connection.scalar(query)
    if status is None:
        raise NotPossible(f"No operation {operation} is known here.")
    if status != "parked":
        raise NotPossible(f"The operation {operation} is not set aside; it is {status}.")


async def _look_at(database: Database, clock: Clock, operation: str, looked: Looked) -> Verdict | None:
    """None where it is not parked (any more)."""
    verdict, trace = await or_traceback(_book(database, clock, operation, looked, None))
    if trace is not None:
        # Whatever it was, nothing of it was written; it waits with the newest traceback.
        verdict = await _book(database, clock, operation, looked, trace)
    return verdict


async def _book(database: Database, clock: Clock, operation: str, looked: Looked, failed: str | None) -> Verdict | None:
    """In one transaction, tried again where it met another one. `failed` is the traceback of having tried before."""
    for attempt in range(TRIES):
        try:
            async with database.writing() as connection:
                verdict, heads = await _decide(connection, operation, looked, clock(), failed)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in MET or attempt == TRIES - 1:
                raise
        else:
            database.heard(heads)
            return verdict
    raise AssertionError("the last try returns or raises")


async def _decide(
    connection: AsyncConnection, operation: str, looked: Looked, now: int, failed: str | None
) -> tuple[Verdict | None, dict[str, int]]:
    query = select(outcomes).where(outcomes.c.operation_id == operation, booked_first)
    found = (await connection.execute(query)).first()
    if found is None:
        return None, {}
    [box] = (await lock_outboxes(connection, [Arrival(found.client_id, None, [])], now)).values()
    # Whoever else looks at it locks its outbox too: what is parked behind that lock stays so.
    row = (await connection.execute(query)).one()
    if row.status != "parked":
        return None, {}
    verdict = _taken_up(row, box)
    group = Group(connection, await load_chain(connection), now)
    if failed is not None:
        park(verdict, failed)
    elif looked.why is not None:
        verdict.say("refused", "dropped", {"why": looked.why})
    settled = Settled()
    await settled.load_ids(connection, [verdict.op.dep] if verdict.op.dep else [])
    heads = await group.book_again(verdict, settled, tries=failed is None and looked.why is None)
    await _write(connection, verdict, now)
    trail = {"operation_id": operation, "at": now, "by": looked.by, "why": looked.why, "traceback": row.traceback}
    await connection.execute(insert(second_looks).values(**trail, became=verdict.status))
    return verdict, heads


def _taken_up(row: Row[Any], box: Outbox) -> Verdict:
    """The operation as it came, with its place, its moment and who signed it; what became of it is open."""
    verdict = stored_verdict(row)
    verdict.stored, verdict.status, verdict.code, verdict.params = None, "applied", None, {}
    verdict.traceback = row.traceback
    verdict.from_file = row.client_id in FILE_CLIENTS.values()
    verdict.placed = row.client_id in (FILE_CLIENTS["stock"], FILE_CLIENTS["movements"])
    verdict.doubted = box.blocked_at is not None and verdict.at >= box.blocked_at
    return verdict


async def _write(connection: AsyncConnection, verdict: Verdict, now: int) -> None:
    about = {"code": verdict.code, "params": dict(verdict.params), "heads": verdict.heads}
    first = {"status": verdict.status, "review": verdict.review, "now": verdict.now, "booked_at": now, **about}
    kept = verdict.traceback if verdict.status == "parked" or verdict.code == "dropped" else None
    here = (outcomes.c.client_id == verdict.client, outcomes.c.n == verdict.op.n)
    await connection.execute(update(outcomes).where(*here).values(**first, traceback=kept))
    # Under its other numbers it is told the same.
    others = (outcomes.c.operation_id == verdict.op.id, outcomes.c.repeats, outcomes.c.status == "already")
    await connection.execute(update(outcomes).where(*others).values(now={"status": verdict.status}, **about))


async def _standing_on(database: Database, operation: str) -> Sequence[str]:
    """Operations that were parked only because they stand on this one, in their order."""
    query = select(outcomes.c.operation_id).where(
        outcomes.c.dep == operation, outcomes.c.status == "parked", outcomes.c.code == "depends_on_parked", booked_first
    )
    order = (outcomes.c.effective_at, outcomes.c.client_id, outcomes.c.n)
    async with database.reading() as connection:
        return (await connection.scalars(query.order_by(*order))).all()
