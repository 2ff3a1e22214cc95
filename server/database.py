"""The database: one metadata for every noun's tables, one writer on SQLite, any number of processes on PostgreSQL."""

import asyncio
import errno
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import structlog
from msgspec import json
from sqlalchemy import BigInteger, Executable, Integer, MetaData, QueuePool, String, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from server.settings import Settings

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts only a column typed INTEGER by itself.
BigId = BigInteger().with_variant(Integer, "sqlite")

# Sorted by code point on every database, as phones do.
Ordered = String(400).with_variant(String(400, collation="C"), "postgresql")

Key = TypeVar("Key")
# How much of SQLite's log is folded into the file in one turn: what a phone that comes meanwhile hardly notices.
FOLD_BYTES = 4 * 1024 * 1024
# How long a database that closes waits for connections that are still in use.
GIVEN_BACK_WITHIN_S = 10
# What the database says when it is itself in trouble: connection lost, read-only, in another's way, out of room or
# memory, stopped, broken (PostgreSQL's classes; SQLite's result codes from 3, no permission, to 26, no database).
AWAY_CLASSES = {"08", "25", "40", "53", "55", "57", "58"}
AWAY_CODES = {3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 23, 26}

_JSON: dict[str, Any] = {"json_serializer": lambda value: json.encode(value).decode(), "json_deserializer": json.decode}


class Log:
    """How much SQLite's write-ahead log has grown since it was folded in. Looked at from outside: who opened and
    closed it would drop the locks that SQLite holds in this process.
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


class Database:
    """Reads see one snapshot; writes are transactions that commit when their block ends.

    On SQLite a single connection writes and checkpoints, one transaction at a time, and the readers are opened
    read-only: two connections that reset a write-ahead log can corrupt it before SQLite 3.51.3.
    """

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine, file: Path | None = None) -> None:
        self._file = file
        self._inode = file.stat().st_ino if file and file.exists() else None
        self._reader = reader
        self._writer = writer
        self.on_sqlite = writer.dialect.name == "sqlite"
        self._turn = asyncio.Lock()
        self._log = Log(file) if self.on_sqlite and file else None
        self._folding: asyncio.Task[None] | None = None
        # Told the new heads of buckets after a commit that came by another way than the door.
        self.heard: Callable[[Mapping[str, int]], None] = _nobody_listens

    @classmethod
    async def open(cls, settings: Settings) -> "Database":
        """Opened on a database whose tables are up to date; see `server.migrations`."""
        if settings.on_sqlite:
            return cls(_sqlite_reader(settings), _sqlite_writer(settings), settings.database_file)
        engine = create_async_engine(settings.database, pool_size=10, max_overflow=10, **_JSON)
        snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return cls(snapshot, engine)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One snapshot, whatever others write meanwhile."""
        self._look_for_file()
        async with self._reader.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end of the block, undone by an exception."""
        if not self.on_sqlite:
            async with self._writer.begin() as connection:
                yield connection
            return
        async with self._turn:
            self._look_for_file()
            async with self._writer.begin() as connection:
                yield connection
        if self._log and self._folding is None and self._log.grown() >= FOLD_BYTES:
            self._folding = asyncio.create_task(self._fold(self._log))
            self._folding.add_done_callback(self._folded)

    async def _fold(self, log: Log) -> None:
        """A turn of its own: whoever writes waits for one transaction or for this, never for both."""
        async with self._turn, self._writer.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            await raw.driver_connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            log.folded()

    def _folded(self, task: "asyncio.Task[None]") -> None:
        self._folding = None
        if not task.cancelled() and (error := task.exception()):
            structlog.get_logger("database").warning("log_not_folded", error=str(error))

    def _look_for_file(self) -> None:
        """FileNotFoundError where the SQLite file was taken away: what is written to it now, nobody will find again."""
        if self._inode is None or self._file is None:
            return
        if not self._file.exists() or self._file.stat().st_ino != self._inode:
            raise FileNotFoundError(errno.ENOENT, "The database was taken away under the server", str(self._file))

    async def close(self) -> None:
        """Whoever was cancelled meanwhile has given its connection back before the pools are emptied."""
        if self._folding:
            await asyncio.wait([self._folding])
        until = asyncio.get_running_loop().time() + GIVEN_BACK_WITHIN_S
        while self.lent() and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110 - a pool tells nobody.
            await asyncio.sleep(0.005)
        # The writer last: the last connection to leave folds the log into the file.
        await self._reader.dispose()
        await self._writer.dispose()

    def lent(self) -> bool:
        """Whether somebody holds a connection."""
        pools = (self._reader.pool, self._writer.pool)
        return any(isinstance(pool, QueuePool) and pool.checkedout() for pool in pools)


class _LettingGo(sqlite3.Connection):
    """Ends its transaction when it is closed. SQLite itself keeps it, with its locks, for as long as a statement of it
    is remembered somewhere: by the traceback of whoever was cancelled in the middle of it, for instance.
    """

    def close(self) -> None:
        if self.in_transaction:
            self.rollback()
        super().close()


def is_away(error: BaseException) -> bool:
    """Whether the database is in trouble (gone, full, busy), so that nothing that was asked of it is to blame."""
    if isinstance(error, OSError | NoFreeConnection):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if (sqlstate := getattr(cause, "sqlstate", None)) is not None:
        return str(sqlstate)[:2] in AWAY_CLASSES
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in AWAY_CODES


def upsert(connection: AsyncConnection, table: Table, changed: Sequence[str]) -> Executable:
    """An insert that, where the primary key is taken, overwrites the columns named in `changed`."""
    statement = _insert(connection, table)
    key = [column.name for column in table.primary_key.columns]
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: getattr(statement.excluded, name) for name in changed}
    )


def insert_new(connection: AsyncConnection, table: Table) -> Executable:
    """An insert that leaves alone what is there already."""
    return _insert(connection, table).on_conflict_do_nothing()


def _insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def padded(keys: Iterable[Key]) -> list[Key]:
    """The keys, the last one repeated up to a power of two: a server that prepares statements sees few lengths."""
    listed = list(keys)
    if listed:
        listed += [listed[-1]] * ((1 << (len(listed) - 1).bit_length()) - len(listed))
    return listed


def chunks(keys: Iterable[Key], size: int = 1024) -> Iterable[list[Key]]:
    """Padded lists of at most `size` keys, for databases bound the number of parameters."""
    listed = list(keys)
    for start in range(0, len(listed), size):
        yield padded(listed[start : start + size])


def _nobody_listens(_heads: Mapping[str, int]) -> None:
    """Until a hub is awake."""


def _sqlite_writer(settings: Settings) -> AsyncEngine:
    engine = create_async_engine(
        settings.database, pool_size=1, max_overflow=0, connect_args={"factory": _LettingGo}, **_JSON
    )
    # The log is folded in turns of their own (see FOLD_BYTES); within a commit only where those never came.
    kept = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=20000", "journal_size_limit=0")
    pragmas = (*kept, "foreign_keys=ON", "busy_timeout=10000", "cache_size=-65536")
    _prepare(engine, "BEGIN IMMEDIATE", pragmas)
    return engine


def _sqlite_reader(settings: Settings) -> AsyncEngine:
    url = f"sqlite+aiosqlite:///file:{settings.database_file}?mode=ro&uri=true"
    engine = create_async_engine(url, pool_size=4, max_overflow=4, connect_args={"factory": _LettingGo}, **_JSON)
    _prepare(engine, "BEGIN", ("busy_timeout=10000", "cache_size=-16384"))
    return engine


def _prepare(engine: AsyncEngine, begin: str, pragmas: Sequence[str]) -> None:
    """The driver's own notion of when a transaction begins is switched off; ours begins where the block does."""

    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)
