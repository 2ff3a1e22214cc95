from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from server.database import metadata
from server.settings import Settings

NOUNS = (
    *("stores", "catalogue", "people", "devices", "ledger", "transfers", "inbox", "counts", "reviews"),
    *("setup", "invitations", "tour", "imports", "policies"),
)


def every_table() -> MetaData:
    """The metadata with every noun's tables in it."""
    for noun in NOUNS:
        import_module(f"server.{noun}.tables")
    return metadata


async def upgrade(settings: Settings) -> None:
    """Bring the database to this release. Safe to run by several processes at once: one does it, the others wait."""
    if settings.database_file:
        settings.database_file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(settings.database, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            if not settings.on_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(7239431)"))
            await connection.run_sync(_to_head)
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
