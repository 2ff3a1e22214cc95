"""SQLite's own ways: one connection that writes, readers that cannot, and a log folded in turns of its own."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
from aiosqlite.core import _STOP_RUNNING_SENTINEL
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

# How much of the log is folded into the file in one turn: what a phone that comes meanwhile hardly notices.
FOLD_BYTES = 1024 * 1024


class Log:
    """How much the write-ahead log has grown since it was folded in. Looked at from outside: who opened and closed it
    would drop the locks that SQLite holds in this process.
    """

    def __init__(self, file: Path) -> None:
        self._file = file.with_name(f"{file.name}-wal")
        self._folded_bytes = 0

    def grown(self) -> int:
        """In bytes. A log that is shorter than it was began anew."""
        size = self._size()
        if size < self._folded_bytes:
            self._folded_bytes = 0
        return size - self._folded_bytes

    def folded(self) -> None:
        self._folded_bytes = self._size()

    def _size(self) -> int:
        try:
            return self._file.stat().st_size
        except OSError:
            return 0


def sqlite_writer(url: str, options: dict[str, Any]) -> AsyncEngine:
    """`url` as SQLAlchemy takes it, `options` of `create_async_engine`."""
    engine = create_async_engine(
        url, pool_size=1, max_overflow=0, connect_args={"async_creator_fn": sqlite_connection}, **options
    )
    # The log is folded in turns of their own (see FOLD_BYTES); within a commit only where those never came.
    kept = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=20000", "journal_size_limit=0")
    _prepare(engine, "BEGIN IMMEDIATE", (*kept, "foreign_keys=ON", "busy_timeout=10000", "cache_size=-65536"))
    return engine


def sqlite_reader(file: Path, options: dict[str, Any]) -> AsyncEngine:
    """Opened read-only: two connections that reset a log can corrupt it before SQLite 3.51.3."""
    url = f"sqlite+aiosqlite:///file:{file}?mode=ro&uri=true"
    engine = create_async_engine(
        url, pool_size=4, max_overflow=4, connect_args={"async_creator_fn": sqlite_connection}, **options
    )
    _prepare(engine, "BEGIN", ("busy_timeout=10000", "cache_size=-16384"))
    return engine


class _LettingGo(sqlite3.Connection):
    """Ends its transaction when it is closed. SQLite itself keeps it, with its locks, for as long as a statement of it
    is remembered somewhere.
    """

    def close(self) -> None:
        if self.in_transaction:
            self.rollback()
        super().close()


class _Patient(aiosqlite.Connection):
    """Who is cancelled hears of it when the thread has done what it was asked: what follows, the closing too, finds
    no statement half done, of which SQLite would keep the locks, and no loop is gone before its thread.
    """

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if not self._running or not self._connection:
            raise ValueError("Connection closed")
        asked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((asked, partial(fn, *args, **kwargs)))
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            await _done(asked)
            if not asked.exception() and isinstance(asked.result(), sqlite3.Cursor):
                closed: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
                self._tx.put_nowait((closed, asked.result().close))
                await _done(closed)
            raise

    def stop(self) -> None:
        """Nobody is told of the end of the thread: who would be may be gone with the loop by then."""
        self._running = False
        self._tx.put_nowait((None, self._end))

    def _end(self) -> object:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return _STOP_RUNNING_SENTINEL


async def _done(asked: asyncio.Future[Any]) -> None:
    """However often whoever waits is cancelled meanwhile."""
    while not asked.done():
        try:
            await asyncio.wait([asked])
        except asyncio.CancelledError:
            continue


def sqlite_connection(database: str, **options: Any) -> aiosqlite.Connection:
    made = _Patient(partial(sqlite3.connect, database, factory=_LettingGo, **options), iter_chunk_size=64)
    made._thread.daemon = True
    return made


def _prepare(engine: AsyncEngine, begin: str, pragmas: Sequence[str]) -> None:
    """The driver's own notion of when a transaction begins is switched off; ours begins where the block does."""

    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        is_ready = False
        try:
            connection.isolation_level = None
            cursor = connection.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
            is_ready = True
        finally:
            # Nobody else has it yet who would close it.
            if not is_ready:
                connection.terminate()

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)
