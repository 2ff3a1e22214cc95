"""Hints to phones that something is new. They carry no content: a lost, late or doubled one changes no result."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping

from msgspec import json
from sqlalchemy import select

from server.database import Database
from server.inbox.tables import buckets

HEARTBEAT_S = 15.0
POLL_S = 0.2


class Live:
    """Who listens to which bucket. On PostgreSQL other processes book too, so the heads are read five times a second:
    a NOTIFY in the transaction halved its throughput.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[str, set[asyncio.Queue[dict[str, int] | None]]] = {}
        self._heads: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        if not self._database.on_sqlite:
            self._task = asyncio.create_task(self._poll())

    async def close(self) -> None:
        """Ends every stream, so that a server that stops need not wait for them."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for queue in {queue for queues in self._listeners.values() for queue in queues}:
            queue.put_nowait(None)

    def heard(self, heads: Mapping[str, int]) -> None:
        """Called after a commit in this process."""
        fresh = {name: head for name, head in heads.items() if head > self._heads.get(name, 0)}
        self._heads.update(fresh)
        told: dict[asyncio.Queue[dict[str, int] | None], dict[str, int]] = {}
        for name, head in fresh.items():
            for queue in self._listeners.get(name, ()):
                told.setdefault(queue, {})[name] = head
        for queue, part in told.items():
            queue.put_nowait(part)

    async def stream(self, names: Iterable[str]) -> AsyncIterator[bytes]:
        """Server-sent events for one phone, until it leaves."""
        queue: asyncio.Queue[dict[str, int] | None] = asyncio.Queue()
        listened = list(names)
        for name in listened:
            self._listeners.setdefault(name, set()).add(queue)
        try:
            yield _event(await self._read_heads(listened))
            while True:
                try:
                    heads = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
                except TimeoutError:
                    heads = await self._read_heads(listened)
                if heads is None:
                    return
                yield _event(heads)
        finally:
            for name in listened:
                self._listeners[name].discard(queue)
                if not self._listeners[name]:
                    del self._listeners[name]

    async def _read_heads(self, names: Iterable[str]) -> dict[str, int]:
        async with self._database.reading() as connection:
            query = select(buckets.c.name, buckets.c.head).where(buckets.c.name.in_(list(names)))
            # A result has `keys`, so `dict(…)` would take it for a mapping.
            return {name: head for name, head in await connection.execute(query)}  # noqa: C416

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            if self._listeners:
                self.heard(await self._read_heads(self._listeners))


def _event(heads: Mapping[str, int]) -> bytes:
    return b"data: " + json.encode({"heads": heads}) + b"\n\n"
