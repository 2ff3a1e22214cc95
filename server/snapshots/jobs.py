"""Has snapshots made by a process of their own: of what is asked for, and of what has changed much."""

import asyncio
import sys
from contextlib import suppress

import msgspec
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import Clock
from server.database import IN_TROUBLE, Database
from server.inbox.tables import buckets
from server.settings import Settings
from server.snapshots.building import Built, Task
from server.snapshots.facts import NOUNS, is_current, live_rows
from server.snapshots.shelf import Shelf

# Phones get fewer rows than this in the answer itself, as quickly.
WORTH_IT_ROWS = 500
# These many more fit the answer too, if no snapshot is ready.
WORTH_WAITING_ROWS = 4000
LOOK_S = 60
# Who could not be packed goes by rows, and is tried again after this.
TRIED_AGAIN_MS = 600_000
# A million goods are packed in less; a process that says nothing for longer hangs, and phones would wait for it.
PACKED_WITHIN_S = 600

log = structlog.get_logger("snapshots")


class Snapshots:
    """Looks when the hub starts and every minute, and at once when a phone asks for what is not there."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self.shelf = Shelf(settings.data / "snapshots")
        self._settings = settings
        self._database = database
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._asked = asyncio.Event()
        self._wanted: dict[str, None] = {}
        # Left while a process is at them: phones ask again and again.
        self._making: set[str] = set()
        self._failed_at: dict[str, int] = {}

    def open(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def want(self, bucket: str) -> bool:
        """Whether it will be made: not where nobody makes any, nor where it failed a moment ago."""
        failed_at = self._failed_at.get(bucket)
        if (
            self._task is None
            or self._task.done()
            or (failed_at is not None and self._clock() - failed_at < TRIED_AGAIN_MS)
        ):
            return False
        if bucket not in self._making:
            self._wanted[bucket] = None
            self._asked.set()
        return True

    async def _run(self) -> None:
        while True:
            try:
                await self._look()
                while self._wanted:
                    names, self._wanted = list(self._wanted), {}
                    await self._make(names)
            except IN_TROUBLE as error:
                # Phones get rows as long as there is nothing else.
                log.warning("snapshots_not_made", error=str(error))
            self._asked.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._asked.wait()

    async def _look(self) -> None:
        async with self._database.reading() as connection:
            known = await connection.execute(select(buckets.c.name, buckets.c.epoch))
            epochs = {row.name: row.epoch for row in known}
            for bucket in await out_of_date(connection, self.shelf):
                self.want(bucket)
        self.shelf.let_go(epochs)

    async def _make(self, names: list[str]) -> None:
        task = Task(self._settings.database, str(self._settings.data), names)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server.snapshots.building"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin
        assert process.stdout
        self._making = set(names)
        try:
            process.stdin.write(msgspec.json.encode(task))
            process.stdin.close()
            async with asyncio.timeout(PACKED_WITHIN_S) as bound:
                async for line in process.stdout:
                    bound.reschedule(asyncio.get_running_loop().time() + PACKED_WITHIN_S)
                    built = msgspec.json.decode(line, type=Built)
                    if _is_made(built):
                        self._making.discard(built.bucket)
                await process.wait()
            if process.returncode != 0:
                raise OSError(f"the process that makes them ended with {process.returncode}")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            self._failed_at |= dict.fromkeys(self._making, self._clock())
            self._making.clear()


def _is_made(built: Built) -> bool:
    if built.problem:
        log.warning("snapshot_failed", bucket=built.bucket, problem=built.problem)
    else:
        log.info("snapshot", bucket=built.bucket, rows=built.rows, seconds=round(built.seconds, 3))
    return not built.problem


async def out_of_date(connection: AsyncConnection, shelf: Shelf) -> list[str]:
    """Buckets large enough to wait for that have no snapshot, or changed much since; catalogues first."""
    # A bucket has no more rows than changes.
    query = select(buckets).where(buckets.c.head >= WORTH_WAITING_ROWS).order_by(buckets.c.name)
    found = []
    for bucket in (await connection.execute(query)).all():
        if bucket.name.partition(":")[0] in NOUNS:
            manifest = shelf.newest(bucket.name, bucket.epoch)
            if manifest is None and await live_rows(connection, bucket.id) < WORTH_WAITING_ROWS:
                continue
            if manifest is None or not await is_current(connection, bucket.id, bucket.head, bucket.floor, manifest):
                found.append(bucket.name)
    return found
