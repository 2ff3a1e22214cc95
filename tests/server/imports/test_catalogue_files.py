"""Goods come in by a file: what is new, what changed, what stays, what is told to phones, and what cannot come in."""

import asyncio

import pytest
from sqlalchemy import func, insert, select, update

from server.catalogue.spelling import chinese_order, english_order, search_text
from server.catalogue.tables import assortment_items, assortments, barcodes, items
from server.imports import catalogue_files, orders
from server.imports.facts import set_state
from server.imports.goods import GoodsWriter
from tests import shop
from tests.server.imports.brought import Desk, counted

MANY = "barcode,name\n" + "".join(f"{20000000 + n}{-n % 10},Item {n}\n" for n in range(3))


async def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    file = "sku,barcode,name\nA-1,4006381333931,Marker\nA-2,96385074,Olive oil 0.5 l\nA-3,,米粉 500克\n"
    assert counted(await desk.bring("items", file)) == (3, 0, 0, 0)
    before = await desk.export("items")
    assert counted(await desk.bring("items", file)) == (0, 0, 3, 0)
    assert await desk.export("items") == before


async def test_a_new_item_is_found_by_its_name_in_both_languages(desk: Desk) -> None:
    await desk.bring("items", "sku,name_en,name_zh,brand\nR-1,Rice noodles,米粉,Verde\n")
    [row] = await desk.read(select(items).where(items.c.sku == "R-1"))
    assert row.folded == search_text("R-1", "Rice noodles", "米粉", "Verde")
    names = ("Rice noodles", "米粉")
    assert (row.sort_en, row.sort_zh) == (english_order(*names), chinese_order(*names))


async def test_what_the_file_does_not_say_stays_as_it_is(desk: Desk) -> None:
    file = "sku,name_en,price\nT-1,Black tea 20 bags,\nT-2,Mint tea,3.20\n"
    await desk.bring("items", "sku,name_en,name_zh,brand,price\nT-1,Black tea,红茶,Verde,2.49\nT-2,Mint tea,,,3.20\n")
    assert counted(await desk.bring("items", file)) == (0, 1, 1, 0)
    [row] = await desk.read(select(items).where(items.c.sku == "T-1"))
    assert (row.name_en, row.name_zh, row.brand, row.price_cents) == ("Black tea 20 bags", "红茶", "Verde", 249)
    assert row.folded == search_text("T-1", "Black tea 20 bags", "红茶", "Verde")


async def test_a_line_that_has_only_a_barcode_means_the_item_that_bears_it(desk: Desk) -> None:
    one = await desk.bring("items", "barcode,name\n0400000000015,Green tea 25 bags\n4006381333931,Marker\n")
    assert counted(one) == (1, 1, 0, 0)
    names = dict(await desk.read(select(items.c.id, items.c.name_en)))
    assert names[shop.TEA] == "Green tea 25 bags"
    assert await desk.read(select(items.c.sku).where(items.c.name_en == "Marker")) == [("4006381333931",)]


async def test_a_barcode_that_is_another_items_keeps_its_line_out(desk: Desk) -> None:
    file = "sku,barcode,name\nNEW-1,0400000000015,Not tea\nNEW-2,4006381333931,Marker\n"
    one = await desk.bring("items", file)
    assert counted(one) == (1, 0, 0, 1)
    [reject] = await desk.rejects(one)
    assert (reject.line, reject.code, reject.raw) == (2, "barcode_taken", ["NEW-1", "0400000000015", "Not tea"])
    assert "NEW-1" in desk.rejects_file(one).read_text(encoding="utf-8-sig")


async def test_codes_are_added_and_never_taken_away(desk: Desk) -> None:
    await desk.bring("items", "sku,barcode,name\nM-1,4006381333931,Marker\n")
    one = await desk.bring("items", "sku,barcode,name\nM-1,96385074,Marker\n")
    assert counted(one) == (0, 1, 0, 0)
    coded = select(barcodes.c.gtin).join(items, items.c.id == barcodes.c.item_id).where(items.c.sku == "M-1")
    assert sorted(await desk.read(coded)) == [("00000096385074",), ("04006381333931",)]


async def test_phones_hear_of_goods_that_are_ranged_and_of_no_others(desk: Desk) -> None:
    [(assortment, name)] = await desk.read(select(assortments.c.id, assortments.c.name).limit(1))
    before = await desk.versions(f"catalogue:{assortment}")
    await desk.bring("items", "sku,name\nQ-1,Quiet\n")
    assert await desk.versions(f"catalogue:{assortment}") == before
    one = await desk.bring("items", "sku,name\nQ-1,Quiet\nQ-2,Loud\n", assortment=name)
    assert counted(one) == (1, 1, 0, 0)
    told = await desk.versions(f"catalogue:{assortment}")
    assert len(told) == len(before) + 2
    again = await desk.bring("items", "sku,name\nQ-1,Quiet\nQ-2,Louder\n", assortment=name)
    assert counted(again) == (0, 1, 1, 0)
    assert sum((await desk.versions(f"catalogue:{assortment}")).values()) == sum(told.values()) + 1


async def test_an_assortment_that_nobody_knew_is_made(desk: Desk) -> None:
    await desk.bring("items", "sku,name,assortments\nW-1,Wine,Cellar|Gifts\nW-2,Beer,Cellar\n")
    ranged = select(assortments.c.name, func.count()).join(assortment_items).group_by(assortments.c.name)
    assert dict(await desk.read(ranged)).items() >= {"Cellar": 2, "Gifts": 1}.items()


async def test_an_item_that_turned_out_to_be_another_is_left_alone(desk: Desk) -> None:
    await desk.bring("items", "sku,name\nD-1,Doubled\n")
    async with desk.database.writing() as connection:
        values = {"merged_into": shop.TEA, "archived_at": shop.NOW}
        await connection.execute(update(items).where(items.c.sku == "D-1").values(**values))
    assert counted(await desk.bring("items", "sku,name\nD-1,Something else\n")) == (0, 0, 1, 0)


async def test_a_number_that_somebody_gives_away_meanwhile_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = GoodsWriter.begin

    async def begin(self: GoodsWriter, connection: object, lines: object, has_known: bool) -> None:
        monkeypatch.setattr(GoodsWriter, "begin", plain)
        row = {"id": 900, "sku": "X-2", "name_en": "Theirs", "name_zh": "", "unit": "each", "price_cents": 5}
        spelt = {"tracks_lot": False, "tracks_expiry": False, "folded": "", "sort_en": "", "sort_zh": ""}
        await connection.execute(insert(items).values(**row, **spelt))  # type: ignore[attr-defined]
        await plain(self, connection, lines, has_known)  # type: ignore[arg-type]

    monkeypatch.setattr(GoodsWriter, "begin", begin)
    one = await desk.bring("items", "sku,name\nX-1,Ours\nX-2,Ours too\n")
    assert one.added + one.changed == 2
    assert dict(await desk.read(select(items.c.sku, items.c.name_en)))["X-2"] == "Ours too"


@pytest.mark.parametrize("is_alone", [True, False])
async def test_an_import_that_is_cut_short_goes_on_where_it_stopped(
    desk: Desk, is_alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_files, "MOST", 500)
    desk.is_alone = is_alone
    file = "sku,name\n" + "".join(f"L-{n:04d},Line {n}\n" for n in reversed(range(3000)))
    number = await desk.begin("items", file)
    cuts = 0
    while (one := await desk.look(number)).state in ("waiting", "running"):
        job = asyncio.create_task(desk.imports().run(number))
        while not job.done() and (await desk.look(number)).lines < one.lines + 1000:
            await asyncio.sleep(0.005)
        cuts += not job.done()
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
    assert (one.state, counted(one), one.lines) == ("done", (3000, 0, 0, 0), 3000)
    assert cuts > 1


async def test_somebody_says_stop_and_later_go_on(desk: Desk) -> None:
    number = await desk.begin("items", MANY)
    await desk.imports().stop(number)
    assert not await desk.imports().run(number)
    assert (await desk.look(number)).state == "stopped"
    await desk.imports().go_on(number)
    assert await desk.imports().run(number)
    assert (await desk.look(number)).state == "done"


async def test_the_same_file_goes_on_with_what_it_left_unfinished(desk: Desk) -> None:
    number = await desk.begin("items", MANY)
    async with desk.database.writing() as connection:
        await set_state(connection, number, ("waiting",), state="failed", problem="The disk was full.")
    assert await desk.begin("items", MANY) == number
    assert await desk.imports().run(number)
    assert await desk.begin("items", MANY) != number


async def test_a_file_that_breaks_off_says_so_and_keeps_what_came(desk: Desk) -> None:
    number = await desk.begin("items", "sku,name\nB-1,Before\n")
    folder = desk.rejects_file(await desk.look(number)).parent
    (folder / "file").write_bytes(b"")
    assert await desk.imports().run(number)
    one = await desk.look(number)
    assert one.state == "failed"
    assert one.problem
    assert "empty" in one.problem


async def test_lists_by_name_are_laid_aside_for_a_large_catalogue_and_come_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "MANY", 1000)
    laid_aside: list[int] = []
    plain = orders.lay_aside

    async def lay_aside(connection: object) -> None:
        laid_aside.append(1)
        await plain(connection)  # type: ignore[arg-type]

    monkeypatch.setattr(orders, "lay_aside", lay_aside)
    one = await desk.bring("items", "sku,name\n" + "".join(f"N-{n},Name {n}\n" for n in range(12_000)))
    assert counted(one) == (12_000, 0, 0, 0)
    assert bool(laid_aside) == desk.database.on_sqlite
    if desk.database.on_sqlite:
        async with desk.database.reading() as connection:
            plan = (
                await connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT id FROM items ORDER BY sort_en, id")
            ).all()
        assert "ix_items_sort_en" in str(plan)
