"""Where each phone's queue stands: which numbers are settled, which come next, and which outbox was forked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import bindparam, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import chunks, insert_new
from server.inbox.messages import Health, Operation
from server.inbox.tables import clients, outcomes
from server.inbox.verdicts import Verdict


@dataclass(slots=True)
class Arrival:
    """A message at the door. `trusted` is the person whom the hub itself vouches for: a form posted in a session.

    Its operations carry the number 0 and get the next one; those of a phone carry their own.
    """

    client: str
    device: str | None
    ops: Sequence[Operation]
    health: Health | None = None
    trusted: int | None = None


@dataclass(slots=True)
class Answer:
    """`verdicts` where the message was taken; else `conflict`, the body of a 409."""

    verdicts: list[Verdict] = field(default_factory=list)
    conflict: dict[str, Any] | None = None
    last_n: int = 0


@dataclass(slots=True)
class Outbox:
    """One client row, held locked while its group is booked."""

    last_n: int
    last_effective_at: int
    empty_at: int
    device: str | None
    health: dict[str, Any] | None = None


def session_client(session: str) -> str:
    """The outbox in which the hub keeps what a session posts by forms."""
    return str(uuid5(NAMESPACE_URL, f"stockhand:session:{session}"))


async def lock_outboxes(connection: AsyncConnection, arrivals: Sequence[Arrival], now: int) -> dict[str, Outbox]:
    """Client rows by id, made where missing and locked in the order of their ids: the first locks of every group."""
    devices = {arrival.client: arrival.device for arrival in arrivals}
    names = sorted(devices)
    found = await _read_locked(connection, names)
    missing = [name for name in names if name not in found]
    if missing:
        row = {"last_n": 0, "last_effective_at": 0, "empty_at": 0, "created_at": now, "last_seen_at": now}
        await _make(connection, [{"id": name, "device_id": devices[name], **row} for name in missing])
        found = await _read_locked(connection, names)
    return found


async def _read_locked(connection: AsyncConnection, names: Sequence[str]) -> dict[str, Outbox]:
    found = {}
    for some in chunks(names):
        query = select(clients).where(clients.c.id.in_(some)).order_by(clients.c.id).with_for_update()
        for row in await connection.execute(query):
            found[row.id] = Outbox(row.last_n, row.last_effective_at, row.empty_at, row.device_id)
    return found


async def _make(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    await connection.execute(insert_new(connection, clients), rows)


class Settled:
    """What is already booked of the numbers and ids that a group brings."""

    def __init__(self) -> None:
        self.by_slot: dict[tuple[str, int], Verdict] = {}
        self.by_id: dict[str, Verdict] = {}

    async def load(self, connection: AsyncConnection, arrivals: Sequence[Arrival], boxes: dict[str, Outbox]) -> None:
        ids = {op.id for arrival in arrivals for op in arrival.ops}
        ids |= {op.dep for arrival in arrivals for op in arrival.ops if op.dep}
        for some in chunks(sorted(ids)):
            booked = select(outcomes).where(outcomes.c.operation_id.in_(some), ~outcomes.c.repeats)
            self._keep(await connection.execute(booked))
        slots = {
            (arrival.client, op.n)
            for arrival in arrivals
            for op in arrival.ops
            if 0 < op.n <= boxes[arrival.client].last_n and (arrival.client, op.n) not in self.by_slot
        }
        for pairs in chunks(sorted(slots)):
            self._keep(await connection.execute(select(outcomes).where(_slot.in_(pairs))))

    def _keep(self, rows: Iterable[Any]) -> None:
        for row in rows:
            verdict = _read(row)
            self.by_slot[row.client_id, row.n] = verdict
            if not row.repeats:
                self.by_id[row.operation_id] = verdict


_slot = tuple_(outcomes.c.client_id, outcomes.c.n)


def _read(row: Any) -> Verdict:
    op = Operation(row.n, row.operation_id, row.kind, row.v, row.args, row.at, None, None, row.person_id or 1, None)
    verdict = Verdict(row.client_id, op, row.person_id, row.effective_at, content_hash=row.content_hash)
    verdict.status, verdict.review, verdict.repeats = row.status, row.review, row.repeats
    verdict.code, verdict.params = row.code, row.params
    verdict.now, verdict.heads = row.now, row.heads
    verdict.stored = verdict.result()
    return verdict


async def write_outboxes(connection: AsyncConnection, boxes: dict[str, Outbox], now: int) -> None:
    rows = [{"key": name, **_standing(box, now)} for name, box in sorted(boxes.items())]
    statement = update(clients).where(clients.c.id == bindparam("key"))
    names = ("last_n", "last_effective_at", "empty_at", "last_seen_at", "health")
    await connection.execute(statement.values({name: bindparam(f"new_{name}") for name in names}), rows)


def _standing(box: Outbox, now: int) -> dict[str, Any]:
    return {
        "new_last_n": box.last_n,
        "new_last_effective_at": box.last_effective_at,
        "new_empty_at": box.empty_at,
        "new_last_seen_at": now,
        "new_health": box.health,
    }


async def write_outcomes(connection: AsyncConnection, verdicts: Sequence[Verdict], now: int) -> None:
    if verdicts:
        await connection.execute(insert(outcomes), [_outcome(verdict, now) for verdict in verdicts])


def _outcome(verdict: Verdict, now: int) -> dict[str, Any]:
    op = verdict.op
    return {
        "client_id": verdict.client,
        "n": op.n,
        "operation_id": op.id,
        "repeats": verdict.repeats,
        "kind": op.kind,
        "v": op.v,
        "args": op.args,
        "at": op.at,
        "effective_at": verdict.at,
        "booked_at": now,
        "person_id": verdict.person,
        "content_hash": verdict.content_hash,
        "status": verdict.status,
        "review": verdict.review,
        "code": verdict.code,
        "params": verdict.params,
        "now": verdict.now,
        "heads": verdict.heads,
        "traceback": verdict.traceback,
    }
