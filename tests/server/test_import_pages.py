"""A file is brought in a browser: streamed, looked at, and its columns matched, before anything is taken."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from litestar import Litestar

from server.imports import uploads
from server.imports.local_time import local_text, moment_of
from server.security import FORM_LIMIT_BYTES, UPLOAD_LIMIT_BYTES
from server.stores.zones import transitions
from tests.server.browsers import Browser
from tests.server.files_brought import (
    DIRTY,
    SAME_SITE,
    bring,
    brought,
    chosen,
    drafts,
    signed_in,
    words,
)

NewBrowser = Callable[..., Browser]


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
