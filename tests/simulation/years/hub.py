"""The hub in this process: the door and the pull as they are, on a real database, with a clock that we hold.

A crash happens exactly before or after the commit of the door's transaction: what was in the process is gone, and what
is in the database is what a new one begins from.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec import json
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from server.inbox import pull
from server.inbox.accept import Door
from server.inbox.messages import read_pull
from server.inbox.pull import SchemaTooOld, answer_pull
from server.inbox.sync_routes import answer_push
from server.people.sessions import Who
from server.settings import Settings
from tests.simulation.years.backups import Backups
from tests.simulation.years.chance import Chance
from tests.simulation.years.clock import Clock
from tests.simulation.years.looked import Looked
from tests.simulation.years.watch import Watch

Answer = tuple[int, dict[str, Any]]
NOBODY: Answer = (0, {})


class PowerCut(BaseException):
    """Ends the process where it is raised: nobody may catch it as an error."""


@dataclass(frozen=True)
class Letter:
    """A push of a phone on its way."""

    phone: str
    device: str
    body: bytes


class Books(Database):
    """The database, watched at every commit; `cut` ends the process before or after the next one."""

    watch: Watch
    cut = ""

    @asynccontextmanager
    async def writing(self, *, is_patient: bool = False) -> AsyncIterator[AsyncConnection]:
        cut, self.cut = self.cut, ""
        async with super().writing(is_patient=is_patient) as connection:
            yield connection
            news = await self.watch.look(connection)
            if cut == "before":
                self.cut = "struck"
                raise PowerCut
        self.watch.committed(news)
        if cut == "after":
            self.cut = "struck"
            raise PowerCut


class Hub:
    database: Books
    door: Door

    def __init__(self, settings: Settings, clock: Clock, looked: Looked, chance: Chance) -> None:
        self.settings = settings
        self.clock = clock
        self.looked = looked
        self.chance = chance
        self.watch = Watch(looked)
        self.backups = Backups(settings)
        self._rows = pytest.MonkeyPatch()

    async def start(self) -> None:
        books = await Books.open(self.settings)
        assert isinstance(books, Books)
        self.database = books
        self.database.watch = self.watch
        if not self.watch.seen:
            async with self.database.reading() as connection:
                await self.watch.begin(connection)
        self.door = Door(self.database, self.clock, lambda heads: None)
        self.door.open()

    async def stop(self) -> None:
        await self.door.close()
        await self.database.close()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def push(self, letters: Sequence[Letter], cut: str = "") -> list[Answer]:
        """Messages that come together, in this order; nobody is answered whose answer was not out when power went."""
        self.database.cut = cut
        asked = [asyncio.create_task(answer_push(self.door, one.device, one.body)) for one in letters]
        struck = asyncio.create_task(self._struck())
        waited: list[asyncio.Future[Any]] = [asyncio.gather(*asked, return_exceptions=True), struck]
        await asyncio.wait(waited, return_when="FIRST_COMPLETED")
        struck.cancel()
        if self.database.cut == "struck":
            self.looked.count(f"crash {cut} the commit")
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
            self.database.cut = ""
            await self.restart()
            # Who was answered before that knows what became of it; it is as if their answers came through.
            return [NOBODY for _ in asked]
        self.database.cut = ""
        return [
            (status, {**json.decode(body), "now": self.clock()}) for status, body in [one.result() for one in asked]
        ]

    async def _struck(self) -> None:
        while self.database.cut != "struck":
            await asyncio.sleep(0.0005)

    async def pull(self, who: Who, body: bytes, rows: int, meanwhile: Any = None) -> Answer:
        """At most so many rows. `meanwhile` is awaited once in the middle of the reading: others write between two
        statements.
        """
        message = read_pull(body)
        self._rows.setattr(pull, "ROWS_AT_MOST", rows)
        async with self.database.reading() as connection:
            through: Any = connection
            if meanwhile is not None:
                through = Interrupted(connection, meanwhile, self.chance.whole(2, 9))
            try:
                answer = await answer_pull(through, who, message, self.clock())
            except SchemaTooOld:
                return 426, {"code": "schema_too_old"}
            finally:
                self._rows.undo()
        return 200, json.decode(json.encode(answer))

    async def set_aside(self) -> None:
        """A backup of the books as they are, beside the hub at work."""
        await self.backups.keep(self.database)

    async def go_back(self) -> None:
        """The books as they were in the backup."""
        await self.stop()
        await self.backups.put_back(self.clock())
        self.watch.forget()
        await self.start()


class Interrupted:
    """A connection on which somebody else gets a word in before its n-th statement."""

    def __init__(self, connection: AsyncConnection, meanwhile: Any, statement: int) -> None:
        self._connection = connection
        self._meanwhile = meanwhile
        self._left = statement

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def _word(self) -> None:
        self._left -= 1
        if self._left == 0:
            await self._meanwhile()

    async def execute(self, *given: Any, **more: Any) -> Any:
        await self._word()
        return await self._connection.execute(*given, **more)

    async def scalar(self, *given: Any, **more: Any) -> Any:
        await self._word()
        return await self._connection.scalar(*given, **more)

    async def scalars(self, *given: Any, **more: Any) -> Any:
        await self._word()
        return await self._connection.scalars(*given, **more)

    async def exec_driver_sql(self, *given: Any, **more: Any) -> Any:
        await self._word()
        return await self._connection.exec_driver_sql(*given, **more)
