"""Writers as several processes have them, which stop at gates: a test says whose transaction goes on, and who commits.

Each has a door and a database of its own. It stops before every statement about `buckets` or `feed`, and before every
commit; where another's lock holds it up, the database itself says so.
"""

import asyncio
import re
from collections import Counter
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.util import await_only

from server.database import Database
from server.inbox.accept import Door
from server.inbox.messages import Operation
from server.inbox.outboxes import Answer
from server.settings import Settings
from tests import shop
from tests.phones import Phone

COMMIT = "commit"
_GATED = re.compile(r"\b(buckets|feed)\b|nextval")
_WAITS = text("SELECT cardinality(pg_blocking_pids(:pid)) > 0")


class Writer:
    """One process that writes. `refused` counts what the database undid because two had met, by its code."""

    def __init__(self, database: Database, person: int) -> None:
        self.database = database
        self.door = Door(database, lambda: shop.NOW + 1000, lambda _heads: None)
        self.phone = Phone(self.door, person)
        self.refused: Counter[str] = Counter()
        self.has_gates = False
        # Where it stands: what it is about to do; None where it is not at a gate.
        self.at: str | None = None
        self.push: asyncio.Task[Answer] | None = None
        self._pid = 0
        self._go: asyncio.Future[None] | None = None
        engine = database._writer.sync_engine
        event.listen(engine, "before_cursor_execute", self._before_statement)
        event.listen(engine, "commit", lambda connection: self._stop(connection, COMMIT))
        event.listen(engine, "handle_error", self._count)

    @classmethod
    async def open(cls, settings: Settings, person: int) -> "Writer":
        writer = cls(await Database.open(settings), person)
        writer.door.open()
        return writer

    async def close(self) -> None:
        await self.door.close()
        await self.database.close()

    def begin(self, *ops: Operation) -> None:
        self.has_gates = True
        self.push = asyncio.create_task(self.phone.send(*ops))

    @property
    def is_over(self) -> bool:
        return self.push is not None and self.push.done()

    def go(self) -> None:
        assert self._go
        self.at, go = None, self._go
        go.set_result(None)

    async def settled(self, watcher: Any) -> None:
        """Until it stands at a gate, has its answer, or waits for somebody's lock."""
        while self.at is None and not self.is_over:
            await asyncio.sleep(0.001)
            if self._pid and await watcher.scalar(_WAITS, {"pid": self._pid}):
                return

    def _before_statement(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if _GATED.search(statement):
            self._stop(connection, statement)

    def _stop(self, connection: Any, what: str) -> None:
        if self.has_gates:
            self._pid = connection.connection.driver_connection.get_server_pid()
            await_only(self._stand(what))

    async def _stand(self, what: str) -> None:
        self._go = asyncio.get_running_loop().create_future()
        self.at = what
        await self._go

    def _count(self, context: Any) -> None:
        self.refused[str(getattr(context.sqlalchemy_exception.orig, "sqlstate", ""))] += 1
