"""Hints to phones that something is new. They carry no content: a lost, late or doubled one changes no result."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import now_ms
from server.database import IN_TROUBLE, Database
from server.inbox.pull import bucket_names
from server.inbox.streams import Audience, Heads, Stream, event
from server.inbox.tables import buckets
from server.people.facts import load_people
from server.people.sessions import Who
from server.people.tables import sessions
from server.statements import Asked
from server.stores.known_chain import KnownChain

HEARTBEAT_S = 15.0
# On PostgreSQL other processes book too, and a NOTIFY in the transaction halved its throughput. On SQLite this process
# hears of every commit of its own; what a command beside it has booked is found a little later.
POLL_S = {"postgresql": 0.2, "sqlite": 1.0}
# A browser holds one, and opens the next one before the last has been found dead.
STREAMS_A_DEVICE = 4

log = structlog.get_logger("live")


class Live:
    """Who listens to which bucket. One reader looks for all of them: at heads, at whose names have changed, and every
    fifteen seconds at whether their sessions still stand.
    """

    def __init__(self, database: Database, clock: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._clock = clock
        self._audience = Audience()
        self._heads: dict[str, int] = {}
        self._chain = KnownChain()
        self._task: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._looked_s = 0.0

    def open(self) -> None:
        self._task = asyncio.create_task(self._look_on())

    async def close(self) -> None:
        """Ends every stream, so that a server that stops need not wait for them."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for stream in self._audience.streams:
            stream.end()

    def heard(self, heads: Mapping[str, int]) -> None:
        """Called after a commit in this process."""
        fresh = {name: head for name, head in heads.items() if head > self._heads.get(name, 0)}
        self._heads.update(fresh)
        for stream in {stream for name in fresh for stream in self._audience.of(name)}:
            stream.offer(fresh)
            stream.is_stale = stream.is_stale or "chain" in fresh or f"user:{stream.who.person_id}" in fresh
            if stream.is_stale:
                self._wanted.set()

    def sessions_ended(self) -> None:
        """Somebody has signed out, was blocked or has another password: whose streams end is looked up at once."""
        self._looked_s = 0.0
        self._wanted.set()

    async def stream(self, who: Who) -> AsyncIterator[bytes]:
        """Server-sent events for one phone, until it leaves or its session ends."""
        stream = Stream(who)
        self._make_room(who.device_id)
        try:
            self._audience.seat(stream, ())
            yield event(await self._begin(stream))
            while (heads := await stream.news(HEARTBEAT_S)) is not None:
                yield event(heads or self._known(stream.names))
        finally:
            self._audience.leave(stream)

    def _make_room(self, device: str) -> None:
        """The streams that a phone left behind when its network changed are ended by the ones it opens now."""
        own = [stream for stream in self._audience.streams if stream.who.device_id == device and not stream.has_ended]
        for stream in own[: max(0, len(own) + 1 - STREAMS_A_DEVICE)]:
            stream.end()

    async def _begin(self, stream: Stream) -> Heads:
        async with self._database.reading() as connection:
            await self._rename(connection, [stream])
            await self._read_heads(connection, stream.names)
        stream.told()
        return self._known(stream.names)

    def _known(self, names: Iterable[str]) -> Heads:
        return {name: self._heads[name] for name in names if name in self._heads}

    async def _look_on(self) -> None:
        poll_s = POLL_S["sqlite" if self._database.on_sqlite else "postgresql"]
        while True:
            # A change of who may hear what does not wait for the next look.
            with suppress(TimeoutError):
                async with asyncio.timeout(poll_s):
                    await self._wanted.wait()
            self._wanted.clear()
            if not self._audience.streams:
                continue
            try:
                await self._look()
            except IN_TROUBLE as error:
                # Phones ask by themselves twice a minute, and the database comes back.
                self._looked_s = 0.0
                log.warning("live_unread", error=str(error))

    async def _look(self) -> None:
        # Noted before the snapshot is taken: what is said meanwhile asks for the next one.
        is_due = time.monotonic() - self._looked_s > HEARTBEAT_S
        if is_due:
            self._looked_s = time.monotonic()
        # A role begins or ends by the clock too.
        stale = [stream for stream in self._audience.streams if is_due or stream.is_stale]
        for stream in stale:
            stream.is_stale = False
        async with self._database.reading() as connection:
            await self._read_heads(connection, self._audience.names)
            if is_due:
                await self._end_signed_out(connection)
            if stale:
                await self._rename(connection, stale)

    async def _read_heads(self, connection: AsyncConnection, names: Iterable[str]) -> None:
        # A result has `keys`, so `dict(…)` would take it for a mapping.
        self.heard({name: head for name, head in await _HEADS.rows(connection, names)})  # noqa: C416

    async def _rename(self, connection: AsyncConnection, streams: list[Stream]) -> None:
        """Gives each stream the names that its person may hear of now."""
        people = await load_people(connection, {stream.who.person_id for stream in streams})
        chain = await self._chain.read(connection)
        now = self._clock()
        for stream in streams:
            if stream.has_ended or stream not in self._audience.streams:
                continue
            person = people.get(stream.who.person_id)
            gained = self._audience.seat(stream, bucket_names(person, chain, now) if person else ())
            stream.offer(self._known(gained))

    async def _end_signed_out(self, connection: AsyncConnection) -> None:
        now = self._clock()
        standing = await _SESSIONS.rows(connection, {stream.who.session for stream in self._audience.streams})
        open_until = {token_hash: expires_at for token_hash, expires_at in standing}  # noqa: C416
        for stream in self._audience.streams:
            if open_until.get(stream.who.session, 0) <= now:
                stream.end()


_HEADS = Asked(select(buckets.c.name, buckets.c.head), buckets.c.name)
_SESSIONS = Asked(select(sessions.c.token_hash, sessions.c.expires_at), sessions.c.token_hash)
