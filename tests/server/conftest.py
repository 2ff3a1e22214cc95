"""The whole hub for a test: the small shop, everybody with one password, and a release for their phones."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from litestar import Litestar

from server.app import every_route, furnish
from server.database import Database
from server.people import passwords, sign_in
from server.people.passwords import hash_password
from server.releases import Release, build_release
from server.settings import Settings
from tests import shop
from tests.server.browsers import PASSWORD, Browser, awake


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return build_release(tmp_path_factory.mktemp("released"))


@pytest.fixture(scope="session")
def quick_hasher() -> Iterator[None]:
    """Hashes that cost next to nothing, for tests that guess a hundred times."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", quick)
        patch.setattr(sign_in, "NOBODYS_HASH", quick.hash("nobody is called that"))
        yield


@pytest.fixture(scope="session")
def password_hash(quick_hasher: None) -> str:
    return asyncio.run(hash_password(PASSWORD))


@pytest.fixture
def shelf(release: Release) -> Path:
    """The data folder in which the release lies."""
    return release.folder.parent.parent


@pytest.fixture(scope="session")
def routes() -> Litestar:
    """Made once: to look at every handler's signature takes longer than most tests."""
    return every_route()


@pytest.fixture
def unopened(settings: Settings, database: Database, release: Release, shelf: Path, routes: Litestar) -> Litestar:
    """The hub on this test's database, before anything of it runs."""
    furnish(routes, Settings(settings.database, shelf), database, release)
    return routes


@pytest.fixture
async def app(unopened: Litestar, database: Database, password_hash: str) -> AsyncIterator[Litestar]:
    await shop.open_shop(database, password_hash)
    async with awake(unopened) as app:
        yield app


@pytest.fixture
async def browser(app: Litestar) -> AsyncIterator[Browser]:
    async with Browser(app) as browser:
        yield browser


@pytest.fixture
def another_browser(app: Litestar) -> Callable[..., Browser]:
    return lambda **how: Browser(app, **how)
