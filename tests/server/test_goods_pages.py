"""Goods minded in a browser: found, added, changed by field, ranged, merged with a look at what will move."""

import re
from html import unescape

import httpx
import pytest
from litestar import Litestar

from server.catalogue import goods_listing
from server.database import Database
from tests.phones import on_hand
from tests.server.browsers import Browser
from tests.server.test_pages_over_http import fresh_id, words
from tests.shop import CHEESE, GHENT, SOAP, TEA

BARCODE = "0400000000053"


@pytest.fixture
async def eve(browser: Browser) -> Browser:
    assert (await browser.sign_in("eve")).status_code == 303
    return browser


async def send(browser: Browser, path: str, **fields: str | list[str]) -> httpx.Response:
    """Submits a form of the page with all that stands in its fields."""
    page = await browser.get(path)
    stands = {name: unescape(value) for name, value in re.findall(r'name="(was_\w+)" value="([^"]*)"', page.text)}
    typed = {name.removeprefix("was_"): value for name, value in stands.items()}
    filled = {"operation_id": fresh_id(page), **stands, **typed, **fields}
    return await browser.post(path, data=filled, headers={"sec-fetch-site": "same-origin"})


async def add(browser: Browser, **fields: str | list[str]) -> str:
    """Another tea; answers its address."""
    new = {
        "sku": "T-9",
        "name_en": "Green tea",
        "unit": "each",
        "price": "3,49",
        "barcodes": BARCODE,
        "assortment": "1",
    }
    answer = await send(browser, "/admin/items/new", **{**new, **fields})
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["location"])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("?q=tea", ["S-001"]),
        ("?q=绿茶", ["S-001"]),
        ("?q=茶+LYS", ["S-001"]),
        ("?q=s-00", ["S-001", "S-002", "S-003", "S-004"]),
        ("?q=0400000000015", ["S-001"]),
        ("?q=04000000000", ["S-001", "S-002", "S-003", "S-004"]),
        ("?q=400000000022", ["S-002"]),
        ("?q=%25", []),
        ("?state=archived", ["S-004"]),
        ("?state=sold&q=lys", ["S-001", "S-002", "S-003"]),
        ("?assortment=2", ["S-001"]),
        ("?assortment=0", []),
        ("?assortment=x&sort=nothing&after=%5B%5D", ["S-001", "S-002", "S-003", "S-004"]),
    ],
)
async def test_goods_are_found_by_name_code_and_place(eve: Browser, asked: str, found: list[str]) -> None:
    page = await eve.get(f"/admin/items{asked}")
    assert page.status_code == 200
    assert sorted(set(re.findall(r"<td>(S-\d+)</td>", page.text))) == found
    file = await eve.get(f"/admin/items/export.csv{asked}")
    assert [line.split(",")[0] for line in sorted(file.text.splitlines()[1:])] == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=gree", ["S-001"]),
        ("q=tea", []),
        ("q=tea&within=yes", ["S-001"]),
        ("q=绿", ["S-001"]),
        ("q=s-002", ["S-002"]),
        ("q=0400000000022", ["S-002"]),
        ("q=04000000000", ["S-001", "S-002", "S-003", "S-004"]),
        ("q=o&assortment=1&state=sold", ["S-002", "S-003"]),
    ],
)
async def test_a_long_list_is_searched_by_beginnings_first(
    eve: Browser, monkeypatch: pytest.MonkeyPatch, asked: str, found: list[str]
) -> None:
    monkeypatch.setattr(goods_listing, "LONG", 2)
    monkeypatch.setattr(goods_listing, "SPARSE", 2)
    page = await eve.get(f"/admin/items?{asked}")
    assert sorted(set(re.findall(r"<td>(S-\d+)</td>", page.text))) == found
    assert ("Look inside the names too" in words(page)) is ("within" not in asked)


async def test_goods_are_shown_to_administrators_alone(browser: Browser) -> None:
    await browser.sign_in("dev")
    for path in ("", "/new", f"/{TEA}", f"/{TEA}/history", f"/{TEA}/merge", "/export.csv"):
        assert (await browser.get(f"/admin/items{path}")).status_code == 404, path
    answer = await browser.submit(f"/admin/items/{TEA}", operation_id="00000000-0000-4000-8000-000000000001")
    assert answer.status_code == 404


async def test_an_item_is_added_with_its_codes(eve: Browser) -> None:
    page = await eve.get(await add(eve))
    assert 'value="3.49"' in page.text
    assert BARCODE in page.text
    again = await send(eve, "/admin/items/new", sku="T-9", name_en="Tea", unit="each", price="1")
    assert again.status_code == 422
    assert "Green tea (T-9) has this SKU already." in words(again)
    assert 'name="name_en" value="Tea"' in again.text
    wrong = await send(eve, "/admin/items/new", sku="T-8", name_en="Tea", unit="each", price="cheap")
    assert "The price is not understood." in words(wrong)


async def test_who_types_over_somebody_elses_change_sees_it_first(eve: Browser) -> None:
    path = f"/admin/items/{TEA}"
    stale = await eve.get(path)
    assert (await send(eve, path, action="edit", price="3.99")).status_code == 303
    stands = {name: unescape(value) for name, value in re.findall(r'name="(was_\w+)" value="([^"]*)"', stale.text)}
    typed = {name.removeprefix("was_"): value for name, value in stands.items()} | {"price": "2.99", "action": "edit"}
    fields = {"operation_id": fresh_id(stale), **stands, **typed}
    answer = await eve.post(path, data=fields, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 422
    assert "Somebody else changed the price meanwhile." in words(answer)
    assert "Now: 3.99" in words(answer)
    assert 'name="price" value="2.99"' in answer.text
    assert fresh_id(answer) != fresh_id(stale)
    # What stands there now goes back with the form: sent again it replaces that.
    assert 'name="was_price" value="3.99"' in answer.text


async def test_a_barcode_is_added_and_taken_off(eve: Browser) -> None:
    path = f"/admin/items/{SOAP}"
    assert (await send(eve, path, action="barcode", gtin=BARCODE)).status_code == 303
    assert BARCODE in words(await eve.get(path))
    assert (await send(eve, path, action="unbarcode", remove=BARCODE)).status_code == 303
    assert BARCODE not in words(await eve.get(path))
    wrong = await send(eve, path, action="barcode", gtin="0400000000054")
    assert "0400000000054 is no barcode" in words(wrong)
    taken = await send(eve, path, action="barcode", gtin="0400000000015")
    assert "belongs to Green tea 20 bags (S-001)" in words(taken)


async def test_goods_are_ranged_one_by_one_and_by_ticks(eve: Browser) -> None:
    path = f"/admin/items/{SOAP}"
    page = await send(eve, path, action="range", assortment=["1", "2"], was_assortment=["1"])
    assert page.status_code == 303
    assert "S-002" in (await eve.get("/admin/items?assortment=2")).text
    listed = "/admin/items?assortment=2&sort=sku"
    answer = await send(eve, listed, item=[str(SOAP), str(TEA)], into="2", way="out")
    assert (answer.status_code, answer.headers["location"]) == (303, listed)
    assert "S-00" not in (await eve.get(listed)).text
    nothing = await send(eve, "/admin/items?q=tea", into="2", way="in")
    assert nothing.status_code == 422
    assert "One thing is missing: the item." in words(nothing)


async def test_an_item_is_taken_off_sale_and_sold_again(eve: Browser) -> None:
    path = f"/admin/items/{TEA}"
    assert (await send(eve, path, action="archive")).status_code == 303
    assert "no longer sold" in words(await eve.get(path))
    assert (await send(eve, path, action="restore")).status_code == 303
    assert "no longer sold" not in words(await eve.get(path))


async def test_two_items_become_one_after_a_look(eve: Browser, app: Litestar, database: Database) -> None:
    old = await add(eve, unit="each")
    number = old.rsplit("/", 1)[1]
    choice = await eve.get(f"/admin/items/{TEA}/merge")
    assert f"into={number}" in choice.text, "what is called alike is proposed"
    look = await eve.get(f"/admin/items/{TEA}/merge?into={number}")
    assert "5" in words(look)
    assert "1 barcode" in words(look)
    answer = await send(eve, f"/admin/items/{TEA}/merge?into={number}", into=number)
    assert (answer.status_code, answer.headers["location"]) == (303, old)
    assert await on_hand(database, GHENT, int(number)) == 5
    merged = await eve.get(f"/admin/items/{TEA}")
    assert "This item was merged." in words(merged)
    kept = words(await eve.get(old))
    assert "Merged into this one Green tea 20 bags S-001" in kept
    history = words(await eve.get(f"{old}/history"))
    assert "Opening stock" in history
    assert "Merged" in history


async def test_an_old_link_and_an_old_sku_lead_to_the_item_that_stays(eve: Browser, another_browser: object) -> None:
    number = (await add(eve)).rsplit("/", 1)[1]
    await send(eve, f"/admin/items/{number}/merge?into={TEA}", into=str(TEA))
    answer = await eve.get(f"/items/{number}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{TEA}")
    for code in ("t-9", BARCODE):
        assert "Green tea 20 bags" in words(await eve.get(f"/?code={code}"))
    assert "Green tea 20 bags" in words(await eve.get("/items?q=T-9"))


async def test_what_hinders_a_merge_is_said_before_it_is_tried(eve: Browser) -> None:
    look = await eve.get(f"/admin/items/{TEA}/merge?into={CHEESE}")
    assert "counted in different units" in words(look)
    assert "Make them one" not in words(look)


async def test_what_is_unknown_is_not_there(eve: Browser) -> None:
    for path in ("/77", "/77/history", "/77/merge", "/x"):
        assert (await eve.get(f"/admin/items{path}")).status_code == 404, path
