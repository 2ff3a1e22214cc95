"""Runs imports one after another: those that are brought, and at the start those that were cut short."""

import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import msgspec
import structlog
from sqlalchemy import text

from server.clock import Clock
from server.database import IN_TROUBLE, Database, is_away
from server.imports import orders
from server.imports.again import answer_at_once
from server.imports.catalogue_files import CatalogueFile
from server.imports.chain_files import ChainFile
from server.imports.facts import (
    UNFINISHED,
    Import,
    Progress,
    Stopped,
    file_of,
    load_import,
    next_unfinished,
    set_state,
    write_progress,
)
from server.imports.files import adopt, header_of, write_rejects
from server.imports.frames import End, Step, Steps
from server.imports.matching import RawLine
from server.imports.reader import Task
from server.imports.reading import Batch, Columns, Kind, reason
from server.imports.stock_files import Source, StockFile
from server.inbox.accept import Door, DoorClosed
from server.people.operator import find_operator
from server.settings import Settings

# A process that brought a file elsewhere may have left it in the database for us.
LOOK_S = 0.5
# How long one transaction of an import may hold the database against phones.
PAUSE_MS = 10.0
PIPE_BYTES = 1024 * 1024
# On PostgreSQL any number of processes run, and one of them does a job.
LOCKS = 7_239_433

log = structlog.get_logger("imports")


class Imports:
    """`heard` is called after each commit with new heads. Who `is_alone` has no phones that wait."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        door: Door,
        clock: Clock,
        heard: Callable[[Mapping[str, int]], None],
        pause_ms: float = PAUSE_MS,
        is_alone: bool = False,
    ) -> None:
        self._settings = settings
        self._database = database
        self._door = door
        self._clock = clock
        self._heard = heard
        self._pause_ms = pause_ms
        self._is_alone = is_alone
        self._task: asyncio.Task[None] | None = None
        self._work = asyncio.Event()

    def open(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """What runs is cut short, and goes on at the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def begin(
        self,
        kind: Kind,
        path: Path,
        file_name: str,
        columns: Columns | None,
        options: Mapping[str, Any],
        person_id: int | None,
    ) -> int:
        """The import's number; that of an earlier one where the same file did not come to its end. Raises Unreadable.

        `columns` None lets the header say. `options` are {as_of, assortment, by}, those that there are.
        """
        row = {"kind": kind, "file_name": file_name[:200], "options": dict(options), "person_id": person_id}
        number = await adopt(self._database, self._settings.data, path, columns, row, self._clock())
        self._work.set()
        return number

    async def stop(self, number: int) -> None:
        async with self._database.writing() as connection:
            await set_state(connection, number, UNFINISHED, state="stopped", ended_at=self._clock())

    async def go_on(self, number: int) -> None:
        async with self._database.writing() as connection:
            await set_state(connection, number, ("stopped", "failed"), state="waiting", ended_at=None, problem=None)
        self._work.set()

    async def _run(self) -> None:
        passed: set[int] = set()
        is_whole = not self._database.on_sqlite
        while True:
            try:
                async with self._database.reading() as connection:
                    one = await next_unfinished(connection, sorted(passed))
                if one is not None:
                    if not await self.run(one.id):
                        passed.add(one.id)
                    continue
                if not is_whole:
                    await orders.bring_back(self._database)
                    is_whole = True
            except IN_TROUBLE as error:
                # The database is away; what was cut short goes on when it is back.
                log.warning("imports_wait", error=str(error))
            passed.clear()
            self._work.clear()
            await self._look_again()

    async def _look_again(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await self._work.wait()

    async def run(self, number: int) -> bool:
        """Whether it ended, well or not; False where another process has it or the database is away."""
        async with AsyncExitStack() as held:
            if not self._database.on_sqlite:
                claimed = await held.enter_async_context(self._database.writing())
                lock = text("SELECT pg_try_advisory_xact_lock(:locks, :number)")
                if not await claimed.scalar(lock, {"locks": LOCKS, "number": number}):
                    return False
            async with self._database.writing() as connection:
                now = {"state": "running", "started_at": self._clock()}
                await set_state(connection, number, ("waiting",), **now)
            async with self._database.reading() as connection:
                one = await load_import(connection, number)
            if one is None or one.state != "running" or not file_of(self._settings.data, number).is_file():
                return False
            # In a task of its own: a bug ends this import and not those after it.
            job = asyncio.create_task(self._import(one))
            try:
                await asyncio.wait([job])
            finally:
                job.cancel()
            return await self._ended(one, job)

    async def _ended(self, one: Import, job: "asyncio.Task[End]") -> bool:
        error = job.exception()
        if isinstance(error, Stopped):
            await write_rejects(self._database, self._settings.data, one)
            return True
        if error is not None and (is_away(error) or isinstance(error, DoorClosed)):
            log.warning("import_waits", number=one.id, error=str(error))
            await asyncio.sleep(1)
            return False
        if error is not None:
            log.error("import_failed", number=one.id, exc_info=error)
        problem = f"{type(error).__name__}: {error}" if error else _sentence(job.result())
        await write_rejects(self._database, self._settings.data, one)
        ended: dict[str, Any] = {"state": "failed" if problem else "done", "problem": problem}
        if not problem:
            ended["permille"] = 1000
        async with self._database.writing() as connection:
            await set_state(connection, one.id, ("running",), ended_at=self._clock(), **ended)
        return True

    async def _import(self, one: Import) -> End:
        async with AsyncExitStack() as held:
            if one.kind == "items" and await answer_at_once(self._database, one):
                # An import that was killed may have left the lists laid aside.
                await orders.bring_back(self._database)
                return End(None, {})
            pipe = await self._reader(one, held)
            if one.kind == "items":
                raw = RawLine(one.columns.fields, len(await header_of(self._settings.data, one)))
                goods = CatalogueFile(self._database, one, raw, self._heard, self._pause_ms, self._is_alone)
                try:
                    return await goods.book(Steps(one.kind, pipe))
                finally:
                    await goods.finish()
            return await self._through_the_door(one, Steps(one.kind, pipe))

    async def _reader(self, one: Import, held: AsyncExitStack) -> asyncio.StreamReader:
        ranging = [one.options["assortment"]] if one.options.get("assortment") else []
        path, data = file_of(self._settings.data, one.id), self._settings.data
        begun = (one.kind, one.columns, ranging, one.read_to, one.ahead, self._is_alone)
        task = Task(self._settings.database, str(data), str(path), *begun)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server.imports.reader"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=PIPE_BYTES,
        )
        held.push_async_callback(_end, process)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(msgspec.json.encode(task))
        process.stdin.close()
        return process.stdout

    async def _through_the_door(self, one: Import, steps: Steps[Any]) -> End:
        if one.kind in ("stores", "people"):
            width = len(await header_of(self._settings.data, one))
            file: Any = ChainFile(self._database, self._door, self._clock, one, width, await self._by(one))
        else:
            file = StockFile(self._database, self._door, self._clock, await self._source(one))
        far, permille = one.read_to, 0
        while True:
            step = await steps.next()
            if isinstance(step, Step):
                assert step.read_to is not None
                far, permille = step.read_to, step.permille
                taken = await file.take(Batch(step.known, step.rejects, far, 0))
            else:
                taken = await file.finish(far)
            lines = taken.added + taken.same + len(taken.rejects) + getattr(taken, "changed", 0)
            progress = Progress(
                taken.read_to, 0, permille, lines, taken.added, getattr(taken, "changed", 0), taken.same
            )
            progress.rejects = taken.rejects
            async with self._database.writing() as connection:
                await write_progress(connection, one, progress)
            if isinstance(step, End):
                return step

    async def _by(self, one: Import) -> int:
        """In whose name it is booked."""
        if one.person_id is not None:
            return one.person_id
        async with self._database.writing() as connection:
            return await find_operator(connection)

    async def _source(self, one: Import) -> Source:
        """The same counts said to be of another moment are other counts; said of none, they are of when they came."""
        as_of = one.options.get("as_of")
        name = one.sha256 if as_of is None else f"{one.sha256} {as_of}"
        return Source(name, one.columns, await self._by(one), one.created_at if as_of is None else as_of)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


def _sentence(end: End) -> str | None:
    return reason(end.code, end.params, "en") if end.code else None
