"""The one door: every change of every phone, page and command goes through `Door`, in groups."""

import asyncio
import time
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import Clock
from server.database import Database, is_away
from server.devices.tables import device_keys
from server.inbox.group import Group
from server.inbox.messages import Operation
from server.inbox.outboxes import Answer, Arrival, session_client
from server.inbox.tables import NOT_BY_HAND, buckets
from server.inbox.verdicts import minds
from server.people.sessions import Who
from server.statements import Asked
from server.stores.facts import Chain, load_chain
from sync.operations import newest

GROUP_OPERATIONS = 400
TRIES = 5
PHONES_STAY_S = 2.0
# The door looks out this often for who is still coming, and no longer than that.
GATHER_S, GATHER_AT_MOST_S = 0.001, 0.02
# Two groups that met: serialization failure and deadlock. Nothing was written, so the whole group runs again.
MET = {"40001", "40P01"}

log = structlog.get_logger("inbox")


# A message at the door, and where its answer is waited for.
Inside = tuple[Arrival, asyncio.Future[Answer]]


class DoorClosed(Exception):  # noqa: N818 -- the answer is 503 and the phone comes again
    """The database cannot be written now; nothing was booked."""


class Door:
    """Takes messages while the group before them is booked, and books all that wait as the next group.

    `heard` is called after each commit with the new heads of the buckets that changed.
    """

    def __init__(self, database: Database, clock: Clock, heard: Callable[[Mapping[str, int]], None]) -> None:
        self._database = database
        self._clock = clock
        self._heard = heard
        self._waiting: list[Inside] = []
        self._inside: set[asyncio.Future[Answer]] = set()
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._came_at = -PHONES_STAY_S
        self._keys: dict[tuple[str, int], bytes] = {}
        self._chain: tuple[int, Chain] | None = None

    def open(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Books what is inside, takes nothing more."""
        task, self._task = self._task, None
        if task:
            await asyncio.gather(*self._inside, return_exceptions=True)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def push(self, arrival: Arrival) -> Answer:
        """What became of a message, once it is on the disk. Raises `DoorClosed`."""
        if self._task is None:
            raise DoorClosed
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._inside.add(answered)
        answered.add_done_callback(self._inside.discard)
        self._waiting.append((arrival, answered))
        if arrival.client not in NOT_BY_HAND:
            self._came_at = time.monotonic()
        self._work.set()
        return await answered

    def has_phones(self) -> bool:
        """Whether anybody but a file came lately: who brings a file then takes small steps."""
        return time.monotonic() - self._came_at < PHONES_STAY_S

    async def submit(self, who: Who, operation_id: str, kind: str, args: dict[str, Any]) -> dict[str, Any]:
        """A form posted in a session: the hub is the client for it and vouches for the person. Answers its result."""
        op = Operation(0, operation_id, kind, newest(kind), args, self._clock(), None, 0, who.person_id, None)
        arrival = Arrival(session_client(who.session), who.device_id, [op], trusted=who.person_id)
        answer = await self.push(arrival)
        return answer.verdicts[0].result()

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            await self._gather()
            await self._book_group(self._next_group())

    async def _gather(self) -> None:
        """Waits while more are just coming in: a group of sixty costs hardly more than a group of six."""
        seen, until = 0, time.monotonic() + GATHER_AT_MOST_S
        while seen < (waiting := self._operations_waiting()) < GROUP_OPERATIONS and time.monotonic() < until:
            seen = waiting
            await asyncio.sleep(GATHER_S)

    def _operations_waiting(self) -> int:
        return sum(len(arrival.ops) for arrival, _ in self._waiting)

    def _next_group(self) -> list[Inside]:
        size, count = 0, 0
        while count < len(self._waiting) and (count == 0 or size < GROUP_OPERATIONS):
            alone = _stands_alone(self._waiting[count][0])
            if alone and count:
                break
            size += len(self._waiting[count][0].ops)
            count += 1
            if alone:
                break
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        if not self._waiting:
            self._work.clear()
        return group

    async def _book_group(self, group: Sequence[Inside]) -> None:
        if len(group[0][0].ops) > 1 and _stands_alone(group[0][0]):
            await self._book_by_itself(group[0])
            return
        try:
            answers = await self._book([arrival for arrival, _ in group], {})
        except Exception as error:
            if is_away(error):
                _turn_away(group, error)
                return
            # Whatever it was, it must not hold up the others: each is tried by itself.
            log.warning("group_replayed", error=str(error), operations=sum(len(a.ops) for a, _ in group))
            for one in group:
                await self._book_by_itself(one)
            return
        for (_arrival, answered), answer in zip(group, answers, strict=True):
            if not answered.done():
                answered.set_result(answer)

    async def _book_by_itself(self, one: Inside) -> None:
        arrival, answered = one
        try:
            answer = await self._book_in_pieces(arrival)
        except Exception as error:
            _turn_away([one], error)
        else:
            if not answered.done():
                answered.set_result(answer)

    async def _book_in_pieces(self, arrival: Arrival) -> Answer:
        """Each piece in a transaction of its own; one that fails is halved, and what fails by itself is parked."""
        whole, pieces = Answer(), deque(_pieces(arrival.ops))
        while pieces:
            ops = pieces.popleft()
            alone = Arrival(arrival.client, arrival.device, ops, arrival.health, arrival.trusted, arrival.placed)
            try:
                [answer] = await self._book([alone], {})
            except Exception as error:
                if is_away(error):
                    raise
                if len(ops) > 1:
                    middle = len(ops) // 2
                    pieces.extendleft([ops[middle:], ops[:middle]])
                    continue
                [answer] = await self._book([alone], {op.id: traceback.format_exc() for op in ops})
            if answer.conflict:
                return answer
            whole.verdicts += answer.verdicts
            whole.last_n = answer.last_n
        return whole

    async def _book(self, arrivals: Sequence[Arrival], parked: Mapping[str, str]) -> list[Answer]:
        for attempt in range(TRIES):
            try:
                async with self._database.writing() as connection:
                    chain = await self._current_chain(connection)
                    group = Group(connection, chain, self._clock(), self._load_keys)
                    answers, heads = await group.book(arrivals, parked)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in MET or attempt == TRIES - 1:
                    raise
                continue
            self._heard(heads)
            _log(answers)
            return answers
        raise AssertionError("the last try returns or raises")

    async def _current_chain(self, connection: AsyncConnection) -> Chain:
        """The stores as they are now; read again only after the chain's bucket changed."""
        head = await connection.scalar(select(buckets.c.head).where(buckets.c.name == "chain"))
        if self._chain is None or head is None or self._chain[0] != head:
            self._chain = (head or 0, await load_chain(connection))
        return self._chain[1]

    async def _load_keys(
        self, connection: AsyncConnection, wanted: Iterable[tuple[str, int]]
    ) -> Mapping[tuple[str, int], bytes]:
        """Keys by (device, person). They never change, so what was read once is kept."""
        missing = {pair for pair in wanted if pair not in self._keys}
        for device, person, secret in await _KEYS.rows(connection, missing):
            self._keys[device, person] = secret
        return self._keys


_KEYS = Asked(
    select(device_keys.c.device_id, device_keys.c.person_id, device_keys.c.secret),
    device_keys.c.device_id,
    device_keys.c.person_id,
)


Booked = TypeVar("Booked")


async def or_traceback(booking: Awaitable[Booked]) -> tuple[Booked | None, str | None]:
    """What was booked, or the traceback of whatever went wrong with one operation by itself."""
    try:
        return await booking, None
    except Exception as error:
        if is_away(error):
            raise
        return None, traceback.format_exc()


def _stands_alone(arrival: Arrival) -> bool:
    """Who minds the shop changes what the next operation must know."""
    return any(minds(op.kind) for op in arrival.ops)


def _pieces(ops: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Those that mind the shop one by one, those between them together; nothing at all is one piece."""
    for is_minding, run in groupby(ops, lambda op: minds(op.kind)):
        together = list(run)
        yield from ([op] for op in together) if is_minding else [together]
    if not ops:
        yield []


def _turn_away(group: Sequence[Inside], error: Exception) -> None:
    """Nothing of it was booked: those inside are told to come again, the next group is tried."""
    operations = [op.id for arrival, _ in group for op in arrival.ops][:20]
    if is_away(error):
        log.error("database_away", error=str(error), operations=operations)
    else:
        log.error("group_failed", operations=operations, exc_info=error)
    for _arrival, answered in group:
        if not answered.done():
            closed = DoorClosed()
            closed.__cause__ = error
            answered.set_exception(closed)


def _log(answers: Sequence[Answer]) -> None:
    # Bound once, for a logger looks its settings up each time it is called.
    bound = log.bind()
    for answer in answers:
        for verdict in answer.verdicts:
            if verdict.status == "parked" and verdict.stored is None:
                bound.error("operation_parked", operation=verdict.op.id, kind=verdict.op.kind, trace=verdict.traceback)
            elif verdict.stored is None:
                bound.debug("operation", operation=verdict.op.id, kind=verdict.op.kind, status=verdict.status)
