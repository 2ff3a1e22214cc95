"""Where each phone's queue stands: which numbers are settled, which come next, and which outbox was forked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import JSON, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.devices.tables import devices
from server.inbox.messages import Health, Operation
from server.inbox.tables import booked_first, clients, outcomes
from server.inbox.verdicts import Verdict, park
from server.statements import Asked, Many, as_json, from_json, inserted


@dataclass(slots=True)
class Arrival:
    """A message at the door. `trusted` is the person whom the hub itself vouches for: a form posted in a session.

    Its operations carry the number 0 and get the next one; those of a phone carry their own. `placed` ones happened at
    their own `at`, however long ago: a file tells of them, and whoever made them of its lines looked at their shape.
    """

    client: str
    device: str | None
    ops: Sequence[Operation]
    health: Health | None = None
    trusted: int | None = None
    placed: bool = False


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
    # Since when its device is blocked.
    blocked_at: int | None = None
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
        await _NEW_OUTBOX.run(connection, [(name, devices[name], 0, 0, 0, now, now) for name in missing])
        found = await _read_locked(connection, names)
    return found


_LOCKED = Asked(
    select(
        *(clients.c.id, clients.c.last_n, clients.c.last_effective_at, clients.c.empty_at, clients.c.device_id),
        select(devices.c.blocked_at).where(devices.c.id == clients.c.device_id).scalar_subquery(),
    )
    .order_by(clients.c.id)
    .with_for_update(key_share=True),
    clients.c.id,
)
_NEW_OUTBOX = inserted(
    clients, ("id", "device_id", "last_n", "last_effective_at", "empty_at", "created_at", "last_seen_at"), ()
)


async def _read_locked(connection: AsyncConnection, names: Sequence[str]) -> dict[str, Outbox]:
    return {name: Outbox(*standing) for name, *standing in await _LOCKED.rows(connection, names)}


class Settled:
    """What is already booked of the numbers and ids that a group brings."""

    def __init__(self) -> None:
        self.by_slot: dict[tuple[str, int], Verdict] = {}
        self.by_id: dict[str, Verdict] = {}

    async def load(self, connection: AsyncConnection, arrivals: Sequence[Arrival], boxes: dict[str, Outbox]) -> None:
        ids = {op.id for arrival in arrivals for op in arrival.ops}
        ids |= {op.dep for arrival in arrivals for op in arrival.ops if op.dep}
        await self.load_ids(connection, ids)
        slots = {
            (arrival.client, op.n)
            for arrival in arrivals
            for op in arrival.ops
            if 0 < op.n <= boxes[arrival.client].last_n and (arrival.client, op.n) not in self.by_slot
        }
        self._keep(await _AT_SLOTS.rows(connection, slots))

    async def load_ids(self, connection: AsyncConnection, ids: Iterable[str]) -> None:
        self._keep(await _BOOKED.rows(connection, ids))

    def parks(self, verdict: Verdict) -> bool:
        """Whether it is parked, for what it stands on is."""
        below = self.by_id.get(verdict.op.dep) if verdict.op.dep else None
        if below is None or below.status != "parked":
            return False
        park(verdict, f"depends on {verdict.op.dep}", "depends_on_parked")
        return True

    def _keep(self, rows: Iterable[Any]) -> None:
        for row in rows:
            verdict = stored_verdict(row)
            self.by_slot[row.client_id, row.n] = verdict
            if not row.repeats:
                self.by_id[row.operation_id] = verdict


_BOOKED = Asked(select(outcomes).where(booked_first), outcomes.c.operation_id)
_AT_SLOTS = Asked(select(outcomes), outcomes.c.client_id, outcomes.c.n)


def stored_verdict(row: Any) -> Verdict:
    """An operation with what became of it, out of a row of `outcomes`."""
    args = from_json(row.args)
    op = Operation(
        row.n, row.operation_id, row.kind, row.v, args, row.at, None, None, row.person_id or 1, None, row.dep
    )
    verdict = Verdict(row.client_id, op, row.person_id, row.effective_at, content_hash=row.content_hash)
    verdict.status, verdict.review, verdict.repeats = row.status, bool(row.review), bool(row.repeats)
    verdict.code, verdict.params = row.code, from_json(row.params)
    verdict.now, verdict.heads = from_json(row.now), from_json(row.heads)
    verdict.stored = verdict.result()
    return verdict


_STANDING = ("last_n", "last_effective_at", "empty_at", "last_seen_at")
_UPDATED = Many(
    lambda _: (
        update(clients)
        .where(clients.c.id == bindparam("key"))
        .values({name: bindparam(f"new_{name}") for name in _STANDING})
        # Who says nothing of itself leaves what it said before.
        .values(health=func.coalesce(bindparam("new_health", type_=JSON), clients.c.health))
    ),
    [*(f"new_{name}" for name in (*_STANDING, "health")), "key"],
)


async def write_outboxes(connection: AsyncConnection, boxes: dict[str, Outbox], now: int) -> None:
    rows = [
        (box.last_n, box.last_effective_at, box.empty_at, now, box.health and as_json(box.health), name)
        for name, box in sorted(boxes.items())
    ]
    await _UPDATED.run(connection, rows)


# fmt: off
_OUTCOME = (
    "client_id", "n", "operation_id", "repeats", "kind", "v", "args", "at", "effective_at", "booked_at", "person_id",
    "content_hash", "status", "review", "code", "params", "now", "heads", "traceback", "dep",
)
# fmt: on
_WRITTEN = inserted(outcomes, _OUTCOME)


async def write_outcomes(connection: AsyncConnection, verdicts: Sequence[Verdict], now: int) -> None:
    await _WRITTEN.run(connection, [_outcome(verdict, now) for verdict in verdicts])


def _outcome(verdict: Verdict, now: int) -> tuple[Any, ...]:
    """In the order of `_OUTCOME`."""
    op = verdict.op
    return (
        verdict.client,
        op.n,
        op.id,
        verdict.repeats,
        op.kind,
        op.v,
        as_json(op.args),
        op.at,
        verdict.at,
        now,
        verdict.person,
        verdict.content_hash,
        verdict.status,
        verdict.review,
        verdict.code,
        as_json(verdict.params) if verdict.params else "{}",
        as_json(verdict.now) if verdict.now is not None else "null",
        as_json(verdict.heads),
        verdict.traceback,
        op.dep,
    )
