from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from server.database import metadata
from server.refusals import NotPossible
from server.settings import Settings

NOUNS = (
    *("stores", "catalogue", "people", "devices", "ledger", "transfers", "inbox", "counts", "reviews"),
    *("setup", "invitations", "tour", "imports", "policies", "unknown_codes"),
)

# How long a change of the tables waits for whoever is at work on them, after nobody else changes them.
LOCKED_WITHIN = "60s"
LOCK_NOT_AVAILABLE = "55P03"


def every_table() -> MetaData:
    """The metadata with every noun's tables in it."""
    for noun in NOUNS:
        import_module(f"server.{noun}.tables")
    return metadata


async def upgrade(settings: Settings) -> None:
    """Bring the database to this release. Safe to run by several processes at once: one does it, the others wait.
    NotPossible where somebody is at work on its tables, and stays there.
    """
    if settings.database_file:
        settings.database_file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(settings.database, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            if not settings.on_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(7239431)"))
                # While a change waits for a table, everybody else waits for it behind the change.
                await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCKED_WITHIN}'"))
            await connection.run_sync(_to_head)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise NotPossible(
            f"The database is not brought to this release: somebody worked with its tables for {LOCKED_WITHIN}. "
            "Stop what works with it (an older hub, a backup), and start again."
        ) from error
    finally:
        await engine.dispose()


def configuration(connection: Connection) -> Config:
    """Alembic told where the revisions are and which connection to use."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def _to_head(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")
