"""A fresh, real database for every test that asks for one: a SQLite file, and a PostgreSQL database beside it."""

import asyncio
import itertools
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
from tests.postgres import execute, named, postgres_server

_numbers = itertools.count(1)


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
def postgres_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a PostgreSQL server of our own, with a migrated database `template_shop`."""
    with postgres_server() as server:
        address = database_url(server.get_uri())
        asyncio.run(execute(address, "CREATE DATABASE template_shop"))
        asyncio.run(upgrade(Settings(named(address, "template_shop"), tmp_path_factory.mktemp("data"))))
        yield address


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no rows."""
    folder = tmp_path_factory.mktemp("migrated")
    settings = Settings(f"sqlite+aiosqlite:///{folder}/stockhand.db", folder)
    asyncio.run(upgrade(settings))
    return folder / "stockhand.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An installation with an empty, migrated database; once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "stockhand.db")
        return Settings(f"sqlite+aiosqlite:///{tmp_path}/stockhand.db", tmp_path)
    address = request.getfixturevalue("postgres_address")
    name = f"shop_{next(_numbers)}"
    # Copied file by file, which costs a third of the page by page that is usual.
    asyncio.run(execute(address, f"CREATE DATABASE {name} TEMPLATE template_shop STRATEGY FILE_COPY"))
    return Settings(named(address, name), tmp_path)


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
