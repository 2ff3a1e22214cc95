"""The database: one metadata for every noun's tables, one writer on SQLite, any number of processes on PostgreSQL."""

import asyncio
import errno
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import structlog
from msgspec import json
from sqlalchemy import BigInteger, Executable, Integer, MetaData, QueuePool, String, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from server.settings import Settings
from server.sqlite import FOLD_BYTES, Log, sqlite_reader, sqlite_writer

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
# How long a database that closes waits for connections that are still in use.
GIVEN_BACK_WITHIN_S = 10
# How long who is patient lets others write first.
PATIENT_S = 0.05
# How long anybody waits for a free connection to PostgreSQL, and for somebody else's lock, before they are told to come
# again: transactions take milliseconds, so who holds a lock for longer hangs.
FREE_WITHIN_S = 10
LOCKED_WITHIN = "10s"
# A hub whose machine was switched off says no goodbye; its locks go when its connections are found dead.
KEPT_ALIVE = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
# What the database says when it is itself in trouble: connection lost, read-only, in another's way, out of room or
# memory, stopped, broken (PostgreSQL's classes; SQLite's result codes from 3, no permission, to 26, no database).
AWAY_CLASSES = {"08", "25", "40", "53", "55", "57", "58", "XX"}
# A file that PostgreSQL may not open is said in the words of a right that is missing.
AWAY_STATES = {"42501"}
AWAY_CODES = {3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 23, 26}
# What whoever looks again and again goes on after, whatever is wrong with the database: refused connections and a file
# that was taken away are OSErrors, and a pool that is exhausted is no error of the driver's.
IN_TROUBLE = (SQLAlchemyError, OSError)

_JSON: dict[str, Any] = {"json_serializer": lambda value: json.encode(value).decode(), "json_deserializer": json.decode}


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
        self._turn_ended = asyncio.Event()
        self._log = Log(file) if self.on_sqlite and file else None
        self._folding: asyncio.Task[None] | None = None
        # Told the new heads of buckets after a commit that came by another way than the door.
        self.heard: Callable[[Mapping[str, int]], None] = _nobody_listens

    @classmethod
    async def open(cls, settings: Settings) -> "Database":
        """Opened on a database whose tables are up to date; see `server.migrations`."""
        if file := settings.database_file:
            return cls(sqlite_reader(file, _JSON), sqlite_writer(settings.database, _JSON), file)
        told = {"server_settings": {"lock_timeout": LOCKED_WITHIN, **KEPT_ALIVE}}
        sizes = {"pool_size": 10, "max_overflow": 10, "pool_timeout": FREE_WITHIN_S}
        engine = create_async_engine(settings.database, connect_args=told, **sizes, **_JSON)
        snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return cls(snapshot, engine)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One snapshot, whatever others write meanwhile."""
        self._look_for_file()
        async with self._reader.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def writing(self, *, is_patient: bool = False) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end of the block, undone by an exception. Who is patient lets others go
        first where only one can write.
        """
        if not self.on_sqlite:
            async with self._writer.begin() as connection:
                yield connection
            return
        async with self._in_turn(is_patient):
            self._look_for_file()
            async with self._writer.begin() as connection:
                yield connection
        if self._log and self._folding is None and self._log.grown() >= FOLD_BYTES:
            self._folding = asyncio.create_task(self._fold(self._log))
            self._folding.add_done_callback(self._folded)

    @asynccontextmanager
    async def _in_turn(self, is_patient: bool) -> AsyncIterator[None]:
        until = time.monotonic() + PATIENT_S
        while is_patient and (self._turn.locked() or self._folding) and (left_s := until - time.monotonic()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._turn_ended.wait()
        try:
            async with self._turn:
                yield
        finally:
            self._patient_ones_look()

    def _patient_ones_look(self) -> None:
        self._turn_ended.set()
        self._turn_ended.clear()

    async def _fold(self, log: Log) -> None:
        """A turn of its own: whoever writes waits for one transaction or for this, never for both."""
        async with self._in_turn(False), self._writer.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            await raw.driver_connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            log.folded()

    def _folded(self, task: "asyncio.Task[None]") -> None:
        self._folding = None
        self._patient_ones_look()
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


def is_away(error: BaseException) -> bool:
    """Whether the database is in trouble (gone, full, busy), so that nothing that was asked of it is to blame."""
    if isinstance(error, OSError | NoFreeConnection):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if (sqlstate := getattr(cause, "sqlstate", None)) is not None:
        return str(sqlstate)[:2] in AWAY_CLASSES or str(sqlstate) in AWAY_STATES
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in AWAY_CODES


async def wait_for_locks(connection: AsyncConnection) -> None:
    """In this transaction, however long it takes: it does what nobody else may be in the middle of."""
    if connection.dialect.name != "sqlite":
        await connection.execute(text("SET LOCAL lock_timeout = 0"))


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
