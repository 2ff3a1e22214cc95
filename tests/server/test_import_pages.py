"""A file is brought in a browser: streamed, looked at, matched, followed, and what stayed out is fetched."""

import asyncio
import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, insert, select, update

from server.catalogue.tables import items
from server.database import Database
from server.imports import uploads
from server.imports.local_time import local_text, moment_of
from server.imports.tables import imports
from server.security import FORM_LIMIT_BYTES, UPLOAD_LIMIT_BYTES
from server.stores.zones import transitions
from tests import shop
from tests.server.browsers import Browser

NewBrowser = Callable[..., Browser]
SAME_SITE = {"sec-fetch-site": "same-origin"}
DIRTY = """Name;Barcode;Marke;Preis;Notiz
"Olive &amp; lemon soap";4006381333931;Zest;2,25;fine
Green tea 20 bags;4006381333932;Verde;3,49;wrong check digit
;4012345678901;;1,00;no name
"Old cheese; aged
two years";73513537;Kaas;18,90;a newline and the delimiter inside
绿茶 20包;6901234567892;;12,00;fine
"""


async def signed_in(browser: Browser, username: str) -> Browser:
    assert (await browser.sign_in(username)).status_code == 303
    return browser


async def bring(browser: Browser, text: str | bytes, kind: str = "", name: str = "goods.csv") -> httpx.Response:
    content = text.encode() if isinstance(text, str) else text
    return await browser.post("/admin/imports", data={"kind": kind}, files={"file": (name, content)}, headers=SAME_SITE)


async def brought(browser: Browser, text: str | bytes, kind: str = "", name: str = "goods.csv") -> str:
    """The address of what can be looked at now."""
    answer = await bring(browser, text, kind, name)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def words(answer: httpx.Response) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


def drafts(app: Litestar) -> set[Path]:
    return set((app.state.settings.data / "imports" / "drafts").glob("*"))


def chosen(answer: httpx.Response) -> dict[str, str]:
    """Which field each column is taken for."""
    found = {}
    for name, options in re.findall(r'<select[^>]*name="(c\d+)">(.*?)</select>', answer.text, re.DOTALL):
        selected = re.search(r'value="(\w*)" selected', options)
        found[name] = selected[1] if selected else ""
    return found


async def ended(browser: Browser, address: str) -> httpx.Response:
    """The page of an import once it has come to its end."""
    for _ in range(400):
        page = await browser.get(address)
        if "hx-trigger" not in page.text:
            return page
        await asyncio.sleep(0.05)
    raise AssertionError(words(page))


async def started(browser: Browser, address: str) -> httpx.Response:
    page = await browser.get(address)
    kind = re.search(r'name="of" value="(\w+)"', page.text)
    assert kind is not None
    told = {"of": kind[1], "kind": kind[1], "header": "1", "do": "start", **chosen(page)}
    if as_of := re.search(r'name="as_of" value="([^"]+)"', page.text):
        told["as_of"] = as_of[1]
    answer = await browser.submit(address, **told)
    assert answer.status_code == 303, words(answer)
    return await ended(browser, answer.headers["location"])


async def test_a_file_is_recognised_and_its_columns_are_matched(browser: Browser) -> None:
    await signed_in(browser, "eve")
    page = await browser.get(await brought(browser, DIRTY))
    assert page.status_code == 200
    assert re.search(r'value="items" checked', page.text)
    assert chosen(page) == {"c0": "name", "c1": "barcodes", "c2": "brand", "c3": "price", "c4": ""}
    assert "3 of 5 lines are fine" in words(page)
    assert "semicolons" in page.text


async def test_a_column_is_chosen_otherwise_and_what_is_missing_is_named(browser: Browser) -> None:
    await signed_in(browser, "eve")
    address = await brought(browser, "one,two\nSoap,4006381333931\n", "items")
    page = await browser.get(f"{address}?of=items&kind=items&header=1&c0=brand&c1=")
    assert "Choose a column for" in words(page)
    assert 'value="start"' not in page.text
    page = await browser.get(f"{address}?of=items&kind=items&header=1&c0=name&c1=barcodes")
    assert chosen(page) == {"c0": "name", "c1": "barcodes"}
    assert "1 of 1 lines are fine" in words(page)
    without = await browser.get(f"{address}?of=items&kind=items&c0=name&c1=barcodes")
    assert "1 of 2 lines are fine" in words(without)


async def test_what_is_not_chosen_is_not_started(browser: Browser) -> None:
    await signed_in(browser, "eve")
    address = await brought(browser, "one,two\nSoap,4006381333931\n", "items")
    answer = await browser.submit(address, of="items", kind="items", header="1", c0="brand", do="start")
    assert answer.status_code == 422
    assert "Some columns are still missing" in words(answer)


async def test_a_form_without_a_file_is_given_back(app: Litestar, browser: Browser) -> None:
    await signed_in(browser, "eve")
    before = drafts(app)
    assert "No file came with this" in words(await bring(browser, ""))
    answer = await browser.submit("/admin/imports", kind="items")
    assert answer.status_code == 422
    boundary = {"content-type": "multipart/form-data; boundary=x", **SAME_SITE}
    cut = await browser.post(
        "/admin/imports", content=b'--x\r\ncontent-disposition: form-data; name="file"', headers=boundary
    )
    assert "did not arrive whole" in words(cut)
    assert drafts(app) == before


async def test_only_the_place_for_files_takes_large_bodies(app: Litestar, browser: Browser) -> None:
    await signed_in(browser, "eve")
    too_long = {"content-length": str(UPLOAD_LIMIT_BYTES + 1), **SAME_SITE}
    assert (await browser.post("/admin/imports", content=b"x", headers=too_long)).status_code == 413
    elsewhere = {"content-length": str(FORM_LIMIT_BYTES + 1), **SAME_SITE}
    assert (await browser.post("/me", content=b"x", headers=elsewhere)).status_code == 413
    assert (await bring(browser, "Name,Barcode\n" + "Soap,4006381333931\n" * 20_000)).status_code == 303


async def test_a_file_from_another_site_is_refused(browser: Browser) -> None:
    await signed_in(browser, "eve")
    files = {"file": ("goods.csv", b"a,b\n")}
    answer = await browser.post("/admin/imports", files=files, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


async def test_who_may_bring_nothing_leaves_nothing_on_the_disk(app: Litestar, browser: Browser) -> None:
    await signed_in(browser, "ada")
    before = drafts(app)
    assert (await bring(browser, DIRTY)).status_code == 404
    assert drafts(app) == before


async def test_what_somebody_brought_is_theirs_to_look_at(browser: Browser, another_browser: NewBrowser) -> None:
    address = await brought(await signed_in(browser, "eve"), DIRTY)
    stranger = await signed_in(another_browser(), "cleo")
    assert (await stranger.get(address)).status_code == 404
    assert (await stranger.submit(address, do="drop")).status_code == 404
    assert (await browser.get(address)).status_code == 200
    assert (await browser.submit(address, do="drop")).status_code == 303
    assert (await browser.get(address)).status_code == 404
    assert (await browser.get("/admin/imports/new/..%2f..%2fetc")).status_code == 404


async def test_a_manager_brings_counts_and_no_goods(browser: Browser) -> None:
    await signed_in(browser, "cleo")
    page = await browser.get("/admin/imports")
    assert re.findall(r'name="kind" value="(\w+)"', page.text) == ["stock", "movements"]
    address = await brought(browser, DIRTY, "items")
    answer = await browser.submit(address, of="items", kind="items", c0="name", c1="barcodes", header="1", do="start")
    assert answer.status_code == 422
    assert "Your role does not cover this" in words(answer)


async def test_a_count_needs_a_moment_that_has_been(browser: Browser) -> None:
    await signed_in(browser, "cleo")
    address = await brought(browser, "store,item,counted\nGHE,S-001,4\n", "stock")
    fields = {
        "of": "stock",
        "kind": "stock",
        "header": "1",
        "c0": "store",
        "c1": "item",
        "c2": "counted",
        "do": "start",
    }
    answer = await browser.submit(address, **fields, as_of="2199-01-01T00:00")
    assert answer.status_code == 422
    assert "still to come" in words(answer)
    assert 'value="2199-01-01T00:00"' in answer.text
    assert "not clear when" in words(await browser.submit(address, **fields, as_of="yesterday"))


async def test_nothing_is_taken_when_the_disk_is_full(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    await signed_in(browser, "eve")
    monkeypatch.setattr(uploads, "SPARE_BYTES", 2**62)
    assert "no room for this file" in words(await bring(browser, DIRTY))


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
    await started(browser, await brought(browser, DIRTY))
    again = await started(browser, await brought(browser, DIRTY))
    assert "0 New" in counts_of(again)
    assert "3 As before" in counts_of(again)


def counts_of(page: httpx.Response) -> list[str]:
    pairs = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page.text)
    return [f"{count} {name}" for name, count in pairs]


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


def test_a_local_moment_is_read_as_it_was_written() -> None:
    zone = transitions("Europe/Brussels")
    for text in ("2026-07-01T08:30", "2026-11-22T14:02", "2027-03-28T03:30"):
        moment = moment_of(text, zone)
        assert moment is not None
        assert local_text(moment, zone) == text
    assert moment_of("2026-11-22T14:02", [[0, 60]]) == 1_795_352_520_000
    assert moment_of("2026-02-31T00:00", zone) is None


def test_a_draft_of_yesterday_is_gone(tmp_path: Path) -> None:
    import os

    drafts = tmp_path / "drafts"
    for name in ("old", "new"):
        (drafts / name).mkdir(parents=True)
    os.utime(drafts / "old", (1, 1))
    uploads._sweep(drafts)
    assert [folder.name for folder in drafts.iterdir()] == ["new"]


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
