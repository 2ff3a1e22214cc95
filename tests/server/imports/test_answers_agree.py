"""What is answered at once is what reading the file would have given, for any books and any file."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from server.catalogue.tables import assortment_items, assortments, barcodes, items
from server.catalogue.version import move_goods
from server.database import Database
from server.imports import catalogue_files, jobs, reader
from server.imports.again import answer_at_once
from server.imports.facts import Import, file_of
from server.imports.jobs import Imports
from server.imports.reading import delimited
from server.inbox.accept import Door
from server.settings import Settings
from tests import shop
from tests.server.imports.brought import Desk, counted

HEAD = "sku,barcode,name_en,price,assortments\n"
CODES = ("4006381333931", "96385074", "0400000000053", "0400000000060", "12345678")
SKUS = ("", "", "A", "B", "C", "D", CODES[0], CODES[1])
LINES = st.tuples(
    st.sampled_from(SKUS),
    st.lists(st.sampled_from(CODES), max_size=2).map(" ".join),
    st.sampled_from(("Tea", "Bread", "Oil")),
    st.sampled_from(("", "1.00", "2.00")),
    st.sampled_from(("", "", "Cellar", "Cellar|Gifts")),
)
FILES = st.lists(LINES, max_size=9).map(lambda lines: HEAD + "".join(f"{','.join(line)}\n" for line in lines))
MERGES = st.lists(st.tuples(st.sampled_from(SKUS[2:]), st.sampled_from(SKUS[2:])), max_size=1)


async def _read_here(self: Imports, one: Import, _held: AsyncExitStack) -> asyncio.StreamReader:
    """Instead of a process of its own, of which starting takes most."""
    ranging = [one.options["assortment"]] if one.options.get("assortment") else []
    where, path = self._settings, file_of(self._settings.data, one.id)
    begun = (one.kind, one.columns, ranging, one.read_to, one.ahead, False)
    given_out, pipe = io.BytesIO(), asyncio.StreamReader()
    await reader.read(reader.Task(where.database, str(where.data), str(path), *begun), given_out)
    pipe.feed_data(given_out.getvalue())
    pipe.feed_eof()
    return pipe


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines meet each other within a transaction, within a stretch and beyond."""
    monkeypatch.setattr(Imports, "_reader", _read_here)
    monkeypatch.setattr(reader, "LINES_A_SHORT_STEP", 2)
    monkeypatch.setattr(reader, "LINES_A_STRETCH", 4)
    monkeypatch.setattr(delimited, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(catalogue_files, "FEWEST", 3)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Desk]:
    database = await Database.open(settings)
    door = Door(database, lambda: shop.NOW, lambda heads: None)
    try:
        yield Desk(settings, database, door, settings.data, is_alone=False)
    finally:
        await database.close()


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("examples", [6, pytest.param(200, marks=pytest.mark.prove)])
def test_what_is_known_at_once_is_what_reading_gives(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, examples: int
) -> None:
    known: list[int] = []

    async def prepare() -> None:
        async with opened(settings) as desk:
            await shop.open_shop(desk.database)

    async def compare(before: str, merges: list[tuple[str, str]], file: str) -> None:
        async with opened(settings) as desk:
            await _empty(desk)
            await _bring(desk, before)
            await _merge(desk, merges)
            await _bring(desk, file)
            second, lost = await _bring(desk, file)
            if second.same_as is None:
                # Something was in doubt; what the second import finds may be all that there is to find.
                second, lost = await _bring(desk, file)
            if second.same_as is not None:
                known.append(second.id)
                stands = await desk.export("items")
                monkeypatch.setattr(jobs, "answer_at_once", _never)
                whole, lost_then = await _bring(desk, file)
                monkeypatch.setattr(jobs, "answer_at_once", answer_at_once)
                assert (counted(whole), whole.lines) == (counted(second), second.lines)
                assert lost_then == lost
                assert await desk.export("items") == stands

    @hypothesis_settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(before=FILES, merges=MERGES, file=FILES)
    def hold(before: str, merges: list[tuple[str, str]], file: str) -> None:
        asyncio.run(compare(before, merges, file))

    asyncio.run(prepare())
    hold()
    assert len(known) > examples // 3


async def _bring(desk: Desk, file: str) -> tuple[Import, list[Any]]:
    """What became of it, and the lines that stayed out in no order."""
    one = await desk.bring("items", file)
    lost = [(reject.line, reject.code, reject.params, reject.raw) for reject in await desk.rejects(one)]
    return one, sorted(lost, key=str)


async def _never(*_: object) -> bool:
    return False


async def _empty(desk: Desk) -> None:
    async with desk.database.writing() as connection:
        ours = select(items.c.id).where(items.c.id > 4).scalar_subquery()
        await connection.execute(delete(assortment_items).where(assortment_items.c.item_id.in_(ours)))
        await connection.execute(delete(barcodes).where(barcodes.c.item_id.in_(ours)))
        await connection.execute(update(items).values(merged_into=None))
        await connection.execute(delete(items).where(items.c.id > 4))
        await connection.execute(delete(assortments).where(assortments.c.id > 2))
        await move_goods(connection)


async def _merge(desk: Desk, merges: list[tuple[str, str]]) -> None:
    async with desk.database.writing() as connection:
        ids = {row.sku: row.id for row in await connection.execute(select(items.c.sku, items.c.id))}
        for old, into in merges:
            if old != into and old in ids and into in ids:
                moved = barcodes.c.item_id == ids[old]
                await connection.execute(update(barcodes).where(moved).values(item_id=ids[into]))
                gone = {"merged_into": ids[into], "archived_at": 1}
                await connection.execute(update(items).where(items.c.id == ids[old]).values(**gone))
                await move_goods(connection)
