"""Books the steps of a catalogue, some at a time: as much as a phone that comes meanwhile can wait for."""

import time
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from server.imports import orders
from server.imports.facts import Import, Progress, write_progress
from server.imports.frames import End, Step, Steps
from server.imports.goods import GoodsWriter
from server.imports.matching import RawLine
from server.imports.reading import ItemLine

# Lines of one transaction; a line that may change something costs as much as some that are new.
FEWEST, MOST, KNOWN_COSTS = 25, 4_000, 3
# Steps in which nothing is new are only counted.
MOST_STEPS = 64
TRIES = 5
# Serialization failure and deadlock: nothing was written, so it is tried again.
MET = {"40001", "40P01"}


class CatalogueFile:
    """`pause_ms` is how long one transaction may hold the database; `heard` is told of new heads after each. Who is
    alone keeps no phones waiting.
    """

    def __init__(
        self,
        database: Database,
        one: Import,
        raw: RawLine,
        heard: Callable[[Mapping[str, int]], None],
        pause_ms: float,
        is_alone: bool,
    ) -> None:
        self._database = database
        self._import = one
        self._raw = raw
        self._heard = heard
        self._pause_s = pause_ms / 1000
        self._ranging = [one.options["assortment"]] if one.options.get("assortment") else []
        self._size = 1_000 if is_alone else FEWEST
        self._place = (one.read_to, one.ahead)
        self._lines, self._added = one.lines, one.added
        # Brought back, they keep everybody waiting for seconds: only where nobody waits.
        self._may_lay_aside = database.on_sqlite and is_alone
        self._laid_aside = False

    async def book(self, steps: Steps[ItemLine]) -> End:
        """Everything until the end of the file. Raises Stopped."""
        while True:
            some, end = await self._some(steps)
            if some:
                await self._book(some)
            if end is not None:
                return end

    async def finish(self) -> None:
        """Whatever way it ended; one that was killed before it may have left the lists laid aside."""
        await orders.bring_back(self._database)

    async def _some(self, steps: Steps[ItemLine]) -> tuple[list[Step[ItemLine]], End | None]:
        some: list[Step[ItemLine]] = []
        weight = 0
        while weight < self._size and len(some) < MOST_STEPS:
            step = await steps.next()
            if isinstance(step, End):
                return some, step
            some.append(step)
            weight += len(step.fresh) + KNOWN_COSTS * len(step.known) + len(step.rejects)
        return some, None

    async def _book(self, some: Sequence[Step[ItemLine]]) -> None:
        is_careful = False
        for attempt in range(TRIES):
            try:
                progress, heads, took_s = await self._write(some, is_careful)
            except IntegrityError:
                # Somebody else brought one of the numbers meanwhile: each line is matched anew.
                if is_careful and attempt == TRIES - 1:
                    raise
                is_careful = True
                continue
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in MET or attempt == TRIES - 1:
                    raise
                continue
            self._place = (progress.read_to, progress.ahead)
            self._lines, self._added = self._lines + progress.lines, self._added + progress.added
            self._heard(heads)
            self._size = _next_size(self._size, took_s, self._pause_s)
            return

    async def _write(self, some: Sequence[Step[ItemLine]], is_careful: bool) -> tuple[Progress, dict[str, int], float]:
        fresh = [line for step in some for line in step.fresh]
        known = [line for step in some for line in step.known]
        if is_careful:
            fresh, known = [], fresh + known
        progress = Progress(*self._place)
        for step in some:
            progress.passed(step.lines, step.permille, step.read_to)
            progress.same += step.same
            progress.unsure += step.unsure
            progress.rejects += step.rejects
        async with self._database.writing(is_patient=True) as connection:
            began = time.monotonic()
            heads: dict[str, int] = {}
            if fresh or known:
                heads = await self._write_goods(connection, fresh, known, progress)
            await write_progress(connection, self._import, progress)
        return progress, heads, time.monotonic() - began

    async def _write_goods(
        self, connection: AsyncConnection, fresh: list[ItemLine], known: list[ItemLine], progress: Progress
    ) -> dict[str, int]:
        writer = GoodsWriter(self._ranging, self._raw)
        await writer.begin(connection, [*fresh, *known], bool(known))
        if fresh:
            if self._may_lay_aside and not self._laid_aside:
                await self._lay_aside(connection, progress)
            await writer.write_fresh(connection, fresh, progress)
        if known:
            await writer.write_known(connection, known, progress)
        return await writer.finish(connection, progress)

    async def _lay_aside(self, connection: AsyncConnection, progress: Progress) -> None:
        highest = (await connection.exec_driver_sql("SELECT max(id) FROM items")).scalar() or 0
        if orders.would_help(self._lines, progress.permille, self._added, highest):
            await orders.lay_aside(connection)
            self._laid_aside = True


def _next_size(size: int, took_s: float, pause_s: float) -> int:
    if took_s > pause_s:
        return max(FEWEST, int(size * max(0.5, pause_s / took_s)))
    if took_s < pause_s / 2:
        return min(MOST, size * 5 // 4)
    return size
