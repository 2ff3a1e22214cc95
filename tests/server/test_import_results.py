"""What became of a file that came in, and our own lists as files that come back the same."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from litestar import Litestar
from sqlalchemy import func, insert, select, update

from server.catalogue.tables import items
from server.database import Database
from server.imports.tables import imports
from tests import shop
from tests.server.browsers import Browser
from tests.server.files_brought import (
    DIRTY,
    brought,
    counts_of,
    ended,
    signed_in,
    started,
    words,
)

NewBrowser = Callable[..., Browser]


async def test_a_dirty_catalogue_comes_in_and_what_stayed_out_is_fetched(
    browser: Browser, app: Litestar, database: Database
) -> None:
    await signed_in(browser, "eve")
    page = await started(browser, await brought(browser, DIRTY, name="goods & more.csv"))
    assert "goods &amp; more.csv" in page.text
    assert "Done" in words(page)
    assert "5 Lines read" in counts_of(page)
    assert "3 New" in counts_of(page)
    assert "2 Rejected" in counts_of(page)
    async with database.reading() as connection:
        assert (
            await connection.scalar(select(items.c.name_en).where(items.c.name_en.contains("lemon")))
            == "Olive & lemon soap"
        )
    address = re.search(r'href="(/admin/imports/\d+/rejects.csv)"', page.text)
    assert address is not None
    english = await browser.get(address[1])
    assert english.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(english.content.decode("utf-8-sig"))))
    assert rows[0][2:] == ["Name", "Barcode", "Marke", "Preis", "Notiz"]
    assert [row[0] for row in rows[1:]] == ["3", "4"]
    await browser.submit("/me", operation_id="00000000-0000-4000-8000-000000000001", locale="zh")
    chinese = list(csv.reader(io.StringIO((await browser.get(address[1])).content.decode("utf-8-sig"))))
    assert [row[2:] for row in chinese[1:]] == [row[2:] for row in rows[1:]]
    assert chinese[1][1] != rows[1][1]
    assert re.search(r"[\u4e00-\u9fff]", chinese[1][1])


async def test_the_same_file_again_changes_nothing(browser: Browser) -> None:
    await signed_in(browser, "eve")
    known = "Nothing has changed since this file last came in."
    first = await started(browser, await brought(browser, DIRTY))
    assert known not in words(first)
    again = await started(browser, await brought(browser, DIRTY))
    assert "0 New" in counts_of(again)
    assert "3 As before" in counts_of(again)
    assert known in words(again)
    # What stayed out of it is shown and fetched as the first time.
    assert words(again).split("Stayed out")[1] == words(first).split("Stayed out")[1]
    lost = [await browser.get(f"{page.url.path}/rejects.csv") for page in (first, again)]
    assert lost[0].content == lost[1].content


async def test_an_import_is_stopped_and_goes_on(browser: Browser, app: Litestar, database: Database) -> None:
    await signed_in(browser, "eve")
    page = await started(browser, await brought(browser, DIRTY))
    address = str(page.url.path)
    async with database.writing() as connection:
        await connection.execute(update(imports).values(state="stopped", permille=400))
    page = await browser.get(address)
    assert "Stopped" in words(page)
    assert "40" in words(page)
    assert (await browser.submit(address, do="go_on")).status_code == 303
    assert "Done" in words(await ended(browser, address))


async def test_progress_survives_a_reload_for_it_is_the_hubs(browser: Browser, database: Database) -> None:
    await signed_in(browser, "eve")
    async with database.writing() as connection:
        row = {"kind": "items", "file_name": "many.csv", "sha256": "0" * 64, "bytes": 3_400_000, "state": "stopped"}
        row |= {"columns": {"fields": {}}, "options": {}, "created_at": shop.NOW, "started_at": shop.NOW}
        counted = {
            "lines": 211_000,
            "added": 210_940,
            "changed": 0,
            "same": 0,
            "rejected": 60,
            "read_to": 1,
            "permille": 384,
        }
        await connection.execute(insert(imports).values(id=77, person_id=shop.EVE, **row, **counted))
    for _ in range(2):
        page = await browser.get("/admin/imports/77")
        assert 'max="1000" value="384"' in page.text
        assert "211,000 Lines read" in counts_of(page)
    assert "many.csv" in (await browser.get("/admin/jobs")).text
    assert "many.csv" in (await browser.get("/admin/imports?q=many")).text
    assert "many.csv" not in (await browser.get("/admin/imports?q=few")).text


async def test_managers_see_the_files_they_brought_and_no_others(
    browser: Browser, another_browser: NewBrowser, database: Database
) -> None:
    await started(await signed_in(browser, "eve"), await brought(browser, DIRTY))
    manager = await signed_in(another_browser(), "cleo")
    async with database.reading() as connection:
        number = await connection.scalar(select(func.max(imports.c.id)))
    for address in (f"/admin/imports/{number}", f"/admin/imports/{number}/rejects.csv"):
        assert (await manager.get(address)).status_code == 404
    assert "goods.csv" not in (await manager.get("/admin/imports")).text
    assert (await manager.submit(f"/admin/imports/{number}", do="stop")).status_code == 404


async def test_goods_are_fetched_as_a_file_that_changes_nothing_when_it_is_brought(browser: Browser) -> None:
    await signed_in(browser, "eve")
    await started(browser, await brought(browser, DIRTY))
    answer = await browser.get("/admin/exports/items.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="items.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    # The lamp is no longer sold, and stays here.
    assert len(rows) == len(shop.NAMES) - 1 + 3
    assert next(row for row in rows if "lemon" in row["name_en"])["barcodes"] == "4006381333931"
    again = await started(browser, await brought(browser, answer.content))
    assert counts_of(again)[1:] == ["0 New", "0 Changed", f"{len(rows)} As before", "0 Rejected"]


@pytest.mark.parametrize("kind", ["stores", "people", "stock"])
async def test_every_list_comes_back_the_same(browser: Browser, another_browser: NewBrowser, kind: str) -> None:
    await signed_in(browser, "eve")
    answer = await browser.get(f"/admin/exports/{kind}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == {"stores": 3, "people": 6, "stock": 9}[kind]
    sender = browser if kind != "stock" else await signed_in(another_browser(), "dev")
    again = await started(sender, await brought(sender, answer.content, kind))
    assert "0 Changed" in counts_of(again)
    assert "Done" in words(again)
    assert (await browser.get(f"/admin/exports/{kind}.csv")).content == answer.content


async def test_a_manager_fetches_and_brings_what_is_of_their_own_stores(browser: Browser) -> None:
    await signed_in(browser, "cleo")
    assert (await browser.get("/admin/exports/people.csv")).status_code == 404
    assert (await browser.get("/admin/exports/nothing.csv")).status_code == 404
    answer = await browser.get("/admin/exports/stock.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    ghent = {row["store"] for row in rows}
    assert len(ghent) == 1
    text = "store,item,counted\n" + "".join(f"{code},S-001,7\n" for code in sorted({*ghent, "ANT", "ANTWERP", "2"}))
    page = await started(browser, await brought(browser, text, "stock"))
    assert counts_of(page)[1] == "1 New"
    assert counts_of(page)[4] == "3 Rejected"


async def test_a_movement_is_fetched_as_it_was_brought(browser: Browser) -> None:
    await signed_in(browser, "cleo")
    stock = (await browser.get("/admin/exports/stock.csv")).content.decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(stock)))
    text = f"id,store,item,quantity,kind,at\nT-1,{row['store']},{row['item']},1,sale,2026-09-01T10:00:00Z\n"
    assert "1 New" in counts_of(await started(browser, await brought(browser, text, "movements")))
    fetched = (await browser.get("/admin/exports/movements.csv")).content.decode("utf-8-sig")
    assert [one["id"] for one in csv.DictReader(io.StringIO(fetched))] == ["T-1"]
    again = await started(browser, await brought(browser, fetched, "movements"))
    assert counts_of(again)[1:] == ["0 New", "0 Changed", "1 As before", "0 Rejected"]


async def test_an_administrator_opens_a_book_and_counts_no_shelf_that_has_one(browser: Browser) -> None:
    await signed_in(browser, "eve")
    text = (
        "store,item,counted\n" + (await browser.get("/admin/exports/stock.csv")).text.splitlines()[1].rsplit(",", 1)[0]
    )
    address = await brought(browser, text, "stock")
    assert "opening stock of stores whose book is still empty" in words(await browser.get(address))
    assert counts_of(await started(browser, address))[1:] == ["0 New", "0 Changed", "0 As before", "1 Rejected"]
