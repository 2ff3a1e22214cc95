"""Counts far from the book are counted again by somebody else: two who see the same are right, and no manager is asked.

Until then the stores' phones are told which items want another pair of eyes, and no figure that could lead them. The
operation that lets both counts stand is the hub's, in an outbox of its own; its id follows from the two, so it is
booked once whichever hub comes first.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from itertools import combinations
from uuid import NAMESPACE_URL, uuid5

import structlog

from server.clock import Clock
from server.counts.agreement import Sighting, agree
from server.counts.sightings import load_sightings, wanted
from server.database import IN_TROUBLE, Database
from server.inbox.accept import Door, DoorClosed
from server.inbox.messages import Operation
from server.inbox.outboxes import Answer, Arrival
from server.inbox.tables import HUB_CLIENT
from server.policies.facts import load_policies
from server.reviews.tables import one_is_enough
from sync.operations import newest

KIND = "review.settle"
PAUSE_S = 1.0

log = structlog.get_logger("recounts")


class Recounts:
    """Looks for counts that agree when the hub starts and whenever one came that is far from the book."""

    def __init__(self, database: Database, clock: Clock, door: Door) -> None:
        self._database = database
        self._clock = clock
        self._door = door
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._closed = asyncio.Event()

    def open(self) -> None:
        self._woken.set()
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """When it has come to the end of what it is at."""
        self._closed.set()
        self._woken.set()
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)

    def heard(self, heads: Mapping[str, int]) -> None:
        """New heads of buckets, after each commit."""
        if any(name.startswith("counts:") for name in heads):
            self._woken.set()

    async def _run(self) -> None:
        await self._woken.wait()
        while not self._closed.is_set():
            self._woken.clear()
            try:
                if count := await settle_agreed(self._database, self._door.push, self._clock()):
                    log.info("counts_agreed", counts=count)
            except (*IN_TROUBLE, DoorClosed) as error:
                # Until then a manager may settle them.
                log.warning("recounts_failed", error=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_S):
                    await self._closed.wait()
            await self._woken.wait()


async def settle_agreed(database: Database, push: Callable[[Arrival], Awaitable[Answer]], now: int) -> int:
    """How many counts stand from now on because another person's said the same."""
    async with database.reading() as connection:
        tolerance = (await load_policies(connection)).count_tolerance_units
        seen = await load_sightings(connection, wanted & one_is_enough)
    count = 0
    for one, other in agreeing(seen, tolerance):
        for about, by_whom in ((one, other), (other, one)):
            assert by_whom.by is not None
            name = str(uuid5(NAMESPACE_URL, f"stockhand:recount:{about.id}:{by_whom.id}"))
            args = {"operation": about.id, "accept": True, "count": by_whom.id}
            op = Operation(0, name, KIND, newest(KIND), args, now, None, 0, by_whom.by, None)
            answer = await push(Arrival(HUB_CLIENT, None, [op], trusted=by_whom.by))
            count += answer.verdicts[0].status == "applied"
    return count


def agreeing(seen: Iterable[Sighting], tolerance: int) -> list[tuple[Sighting, Sighting]]:
    """The first two of each item that say the same, in the order of their moments."""
    by_place: dict[tuple[int, int, str | None], list[Sighting]] = defaultdict(list)
    for one in seen:
        by_place[one.store, one.item, one.lot].append(one)
    found = []
    for _place, here in sorted(by_place.items(), key=lambda pair: repr(pair[0])):
        pairs = combinations(sorted(here, key=lambda one: (one.at, one.id)), 2)
        found += [pair for pair in pairs if agree(*pair, tolerance)][:1]
    return found
