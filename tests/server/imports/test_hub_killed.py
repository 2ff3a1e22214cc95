"""The hub is killed while a file comes in, again and again; the next one goes on by itself."""

import asyncio

import pytest
from sqlalchemy import func, select

from server.catalogue.tables import barcodes, items
from server.database import Database
from server.imports.facts import Import
from server.imports.tables import imports
from server.inbox.accept import Door
from server.ledger.doctor import examine
from server.settings import Settings
from tests import shop
from tests.kills.hub import MortalHub
from tests.server.imports.brought import Desk, counted
from tests.server.imports.test_killed import goods

STEP_WITHIN_S = 120


async def lines_in(database: Database, number: int) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(imports.c.lines).where(imports.c.id == number)) or 0)


async def killed_and_completed(settings: Settings, database: Database, lines: int, kills: int) -> tuple[Desk, Import]:
    """The import that the last of so many hubs has completed; each before it was killed on its way."""
    await shop.open_shop(database)
    desk = Desk(settings, database, Door(database, lambda: shop.NOW, lambda heads: None), settings.data)
    number = await desk.begin("items", goods(lines))
    hub = MortalHub(settings)
    try:
        for kill in range(1, kills + 1):
            await hub.start()
            async with asyncio.timeout(STEP_WITHIN_S):
                while await lines_in(database, number) < lines * kill // (kills + 2):
                    hub.must_live()
                    await asyncio.sleep(0.02)
            await hub.kill()
            assert (await desk.look(number)).state == "running"
        await hub.start()
        async with asyncio.timeout(STEP_WITHIN_S):
            while (await desk.look(number)).state == "running":
                hub.must_live()
                await asyncio.sleep(0.05)
    finally:
        await hub.kill()
    return desk, await desk.look(number)


async def check(settings: Settings, database: Database, lines: int, kills: int) -> None:
    desk, one = await killed_and_completed(settings, database, lines, kills)
    wrong = len(range(0, lines, 50))
    assert (one.state, one.lines) == ("done", lines)
    added, _changed, _same, rejected = counted(one)
    assert (added, rejected) == (lines - wrong, wrong)
    assert len(desk.rejects_file(one).read_text(encoding="utf-8-sig").splitlines()) == wrong + 1
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(items)) == lines - wrong + len(shop.NAMES)
        assert await connection.scalar(select(func.count()).select_from(barcodes)) == lines - wrong + len(shop.GTINS)
    assert await examine(database) == []


async def test_an_import_outlives_two_kills_of_the_hub(settings: Settings, database: Database) -> None:
    await check(settings, database, 12_000, 2)


@pytest.mark.prove
async def test_an_import_outlives_ten_kills_of_the_hub(settings: Settings, database: Database) -> None:
    await check(settings, database, 200_000, 10)
