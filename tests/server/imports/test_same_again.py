"""The same catalogue again, over goods that nobody changed: known without being read, and exactly as if it were."""

from typing import Any

import pytest
from sqlalchemy import select

from server.catalogue.tables import assortments, items
from server.catalogue.version import version_of_goods
from server.imports import again
from server.imports.again import answer_at_once
from server.imports.catalogue_files import CatalogueFile
from server.imports.facts import Import, set_state
from server.imports.jobs import Imports
from server.imports.tables import imports
from tests import shop
from tests.phones import Phone
from tests.server.imports.brought import Desk, counted

FILE = "sku,barcode,name,price\nA-1,4006381333931,Marker,2.50\nA-2,96385074,Olive oil,7.10\nA-3,12345678,Wrong,1.00\n"


async def is_known(desk: Desk, file: str, **options: Any) -> bool:
    """Whether the file came in again without being read."""
    return (await desk.bring("items", file, **options)).same_as is not None


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The imports whose file was read."""
    read: list[int] = []
    plain = Imports._reader

    async def reader(self: Imports, one: Import, held: Any) -> Any:
        read.append(one.id)
        return await plain(self, one, held)

    monkeypatch.setattr(Imports, "_reader", reader)
    return read


async def test_a_file_that_comes_again_is_not_read(desk: Desk, unread: list[int]) -> None:
    first = await desk.bring("items", FILE)
    second = await desk.bring("items", FILE, by=shop.EVE)
    third = await desk.bring("items", FILE)
    assert unread == [first.id]
    assert counted(first) == (2, 0, 0, 1)
    for one in (second, third):
        assert (counted(one), one.lines, one.permille, one.same_as) == ((0, 0, 2, 1), 3, 1000, first.id)
        assert await desk.rejects(one) == await desk.rejects(first)
        assert desk.rejects_file(one).read_bytes() == desk.rejects_file(first).read_bytes()


async def test_whatever_is_done_to_goods_has_the_file_read(desk: Desk) -> None:
    await desk.bring("items", FILE)
    [[marker]] = await desk.read(select(items.c.id).where(items.c.sku == "A-1"))
    eve = Phone(desk.door, shop.EVE)
    await eve.do("item.edit", item=marker, fields={"price_cents": [250, 270]})
    one = await desk.bring("items", FILE)
    assert (counted(one), one.same_as) == ((0, 1, 1, 1), None)
    # The file has a SKU for each line, so one of them has nothing to do with the others.
    assert await is_known(desk, FILE)
    await desk.bring("items", "sku,name\nB-1,Bread\n")
    assert not await is_known(desk, FILE)
    assert await is_known(desk, FILE)


async def test_what_is_told_otherwise_is_another_import(desk: Desk) -> None:
    await desk.bring("items", FILE)
    [[name]] = await desk.read(select(assortments.c.name).where(assortments.c.id == 1))
    assert not await is_known(desk, FILE, assortment=name)
    assert await is_known(desk, FILE, assortment=name)
    assert not await is_known(desk, FILE)


async def test_other_sources_read_for_themselves(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.bring("items", FILE)
    monkeypatch.setattr(again, "_sources", lambda: "of a later release")
    assert not await is_known(desk, FILE)
    assert await is_known(desk, FILE)


async def test_goods_that_somebody_changed_while_the_file_came_in_are_looked_at_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = CatalogueFile._book

    async def book(self: CatalogueFile, some: Any) -> None:
        monkeypatch.setattr(CatalogueFile, "_book", plain)
        await plain(self, some)
        done = await Phone(desk.door, shop.EVE).do("item.edit", item=shop.TEA, fields={"price_cents": [349, 399]})
        assert done["status"] == "applied"

    monkeypatch.setattr(CatalogueFile, "_book", book)
    file = "sku,name\n" + "".join(f"L-{n:04d},Line {n}\n" for n in range(3000)) + "S-001,Green tea 20 bags\n"
    one = await desk.bring("items", file)
    assert await desk.read(select(imports.c.goods_version).where(imports.c.id == one.id)) == [(None,)]
    assert not await is_known(desk, file)
    assert await is_known(desk, file)


@pytest.mark.parametrize(
    "file",
    [
        # Each takes back what the other said.
        f"sku,barcode,name\n,{shop.GTINS[shop.TEA]},Tea\nS-001,,Green tea\n",
        # A code before the one that was taken when it was met is taken since.
        f"sku,barcode,name\nN-1,4006381333931 {shop.GTINS[shop.SOAP]},New\nN-2,96385074,Newer\n",
    ],
)
async def test_a_file_whose_lines_may_meet_is_known_once_it_changed_nothing(desk: Desk, file: str) -> None:
    first = await desk.bring("items", file)
    assert first.added + first.changed
    second = await desk.bring("items", file)
    assert second.same_as is None
    assert await is_known(desk, file) == (second.added + second.changed == 0)


async def test_an_import_that_was_known_and_cut_short_goes_on_to_its_end(desk: Desk) -> None:
    first = await desk.bring("items", FILE)
    number = await desk.begin("items", FILE)
    async with desk.database.writing() as connection:
        await set_state(connection, number, ("waiting",), state="running")
    assert await answer_at_once(desk.database, await desk.look(number))
    assert await desk.imports().run(number)
    one = await desk.look(number)
    assert (one.state, counted(one), one.same_as) == ("done", (0, 0, 2, 1), first.id)


async def test_an_import_that_was_cut_short_is_as_good_as_any(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    file = "sku,name\n" + "".join(f"L-{n:04d},Line {n}\n" for n in range(3000))
    plain, number = CatalogueFile._book, await desk.begin("items", file)

    async def book(self: CatalogueFile, some: Any) -> None:
        monkeypatch.setattr(CatalogueFile, "_book", plain)
        await plain(self, some)
        raise ConnectionResetError("The database is away")

    monkeypatch.setattr(CatalogueFile, "_book", book)
    assert not await desk.imports().run(number)
    assert 0 < (await desk.look(number)).lines < 3000
    assert await desk.imports().run(number)
    assert counted(await desk.look(number)) == (3000, 0, 0, 0)
    assert await is_known(desk, file)


async def test_a_file_that_said_nothing_new_leaves_the_version_as_it_is(desk: Desk) -> None:
    await desk.bring("items", FILE)
    async with desk.database.reading() as connection:
        before = await version_of_goods(connection)
    await desk.bring("items", "sku,name\nA-1,Marker\n")
    async with desk.database.reading() as connection:
        assert await version_of_goods(connection) == before
