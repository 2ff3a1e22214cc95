"""A fresh, real database for every test that asks for one: a SQLite file, and a PostgreSQL database beside it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from server.database import Database
from server.inbox.accept import Door
from server.ledger.doctor import examine
from server.migrations.upgrade import upgrade
from server.settings import Settings, database_url
from tests import shop
from tests.postgres import EmptyDatabases, postgres_server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The years of the simulation begin first: of several processes none is left alone with one at the end."""
    items.sort(key=lambda item: "simulation" not in item.path.parts)


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command that runs in the process of a test sets up the log for itself alone."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """Address of a PostgreSQL server of our own."""
    with postgres_server() as server:
        yield database_url(server.get_uri())


@pytest.fixture(scope="session")
def postgres_databases(postgres_address: str, tmp_path_factory: pytest.TempPathFactory) -> EmptyDatabases:
    databases = EmptyDatabases(postgres_address)
    asyncio.run(databases.prepare(tmp_path_factory.mktemp("data")))
    return databases


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no rows."""
    folder = tmp_path_factory.mktemp("migrated")
    settings = Settings(f"sqlite+aiosqlite:///{folder}/stockhand.db", folder)
    asyncio.run(upgrade(settings))
    return folder / "stockhand.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An installation with an empty, migrated database; once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "stockhand.db")
        yield Settings(f"sqlite+aiosqlite:///{tmp_path}/stockhand.db", tmp_path)
        return
    databases = request.getfixturevalue("postgres_databases")
    address = asyncio.run(databases.lend())
    yield Settings(address, tmp_path)
    asyncio.run(databases.take_back(address))


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    opened = await Database.open(settings)
    yield opened
    await opened.close()


@pytest.fixture
async def door(database: Database) -> AsyncIterator[Door]:
    """The door of the small shop, a second after `shop.NOW`; when the test is over the books must be true."""
    await shop.open_shop(database)
    opened = Door(database, lambda: shop.NOW + 1000, lambda heads: None)
    opened.open()
    yield opened
    await opened.close()
    assert await examine(database) == []
