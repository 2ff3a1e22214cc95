"""The frame of administration: whose it is, what it leads to, and how it lists things."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.csv_answer import csv_answer
from server.admin.listing import ROWS_A_PAGE, Listing, ListingView, in_any
from server.database import Database
from server.stores.tables import areas
from tests.server.browsers import Browser

AREAS = Listing(
    path="/somewhere",
    unique=areas.c.id,
    sorts={"name": areas.c.name_en, "length": func.length(areas.c.name_zh)},
    search=in_any(areas.c.name_en, areas.c.name_zh),
    filters={"starts": lambda text: areas.c.name_en.startswith(text, autoescape=True)},
    falling=frozenset({"length"}),
)
QUERY = select(areas.c.id, areas.c.name_en)


async def signed_in(browser: Browser, username: str) -> Browser:
    assert (await browser.sign_in(username)).status_code == 303
    return browser


@pytest.mark.parametrize("path", ["/admin/devices/export.csv", "/admin/people/export.csv"])
async def test_who_may_not_have_the_file_holds_one_connection_while_hearing_so(
    browser: Browser, app: Litestar, database: Database, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    await signed_in(browser, "ada")
    plain, mine = database.reading, asyncio.current_task()
    held, most = 0, 0

    @asynccontextmanager
    async def counted() -> AsyncIterator[AsyncConnection]:
        nonlocal held, most
        own = int(asyncio.current_task() is mine)  # the jobs of the hub read too, each in a task of its own
        held, most = held + own, max(most, held + own)
        async with plain() as connection:
            yield connection
        held -= own

    monkeypatch.setattr(database, "reading", counted)
    assert (await browser.get(path)).status_code == 404
    assert (held, most) == (0, 1)


async def shelves(database: Database, count: int) -> None:
    """Areas `A 000` to `A …` on top of those of the shop."""
    async with database.writing() as connection:
        rows = [{"id": 100 + n, "name_en": f"A {n:03}", "name_zh": "架" * (n % 7 + 1)} for n in range(count)]
        await connection.execute(insert(areas), rows)


async def listed(database: Database, address: str) -> tuple[list[str], ListingView]:
    from urllib.parse import parse_qs

    async with database.reading() as connection:
        fields = parse_qs(address.partition("?")[2], keep_blank_values=True)
        rows, listing = await AREAS.page(connection, QUERY, fields)
    return [row.name_en for row in rows], listing


async def test_an_administrator_sees_every_part_and_a_manager_their_own(browser: Browser, another_browser: Any) -> None:
    page = await (await signed_in(browser, "eve")).get("/admin")
    assert page.status_code == 200
    for section in ("stores", "areas", "assortments", "people", "devices", "items", "policies", "imports", "jobs"):
        assert f'href="/admin/{section}"' in page.text
    manager = await (await signed_in(another_browser(), "cleo")).get("/admin")
    assert re.findall(r'admin-tab" href="/admin/(\w+)"', manager.text) == ["people", "devices", "imports", "jobs"]


async def test_who_minds_nothing_finds_no_administration(browser: Browser) -> None:
    await signed_in(browser, "ada")
    assert 'href="/admin"' not in (await browser.get("/me")).text
    for address in ("/admin", "/admin/jobs", "/admin/imports", "/admin/imports/1"):
        assert (await browser.get(address)).status_code == 404


async def test_the_own_page_leads_those_who_may(browser: Browser) -> None:
    assert 'href="/admin"' in (await (await signed_in(browser, "bo")).get("/me")).text


async def test_a_manager_is_not_shown_what_is_the_administrators(browser: Browser) -> None:
    page = await (await signed_in(browser, "cleo")).get("/admin/jobs")
    assert page.status_code == 200
    assert "Tidying" not in page.text


async def test_jobs_say_when_the_hub_tidied_up(browser: Browser) -> None:
    page = await (await signed_in(browser, "eve")).get("/admin/jobs")
    assert "Tidying up" in page.text
    assert "Nothing is running" in page.text


async def test_every_row_stands_on_one_page_only_in_either_direction(app: Litestar, database: Database) -> None:
    await shelves(database, 120)
    for order in ("sort=name&dir=asc", "sort=name&dir=desc", "sort=length&dir=asc", "sort=length"):
        seen: list[str] = []
        pages: list[list[str]] = []
        address = f"/somewhere?{order}"
        while address:
            names, listing = await listed(database, address)
            pages.append(names)
            seen += names
            address = listing["next"]
        assert len(seen) == len(set(seen)) == 122
        assert [len(page) for page in pages] == [ROWS_A_PAGE, ROWS_A_PAGE, 22]
        back, listing = await listed(database, listing["previous"])
        assert back == pages[1]
        first, listing = await listed(database, listing["previous"])
        assert first == pages[0]
        assert listing["previous"] == ""


async def test_a_listing_is_searched_filtered_and_counted(app: Litestar, database: Database) -> None:
    await shelves(database, 30)
    names, listing = await listed(database, "/somewhere?q=a+01&sort=name")
    assert names == ["A 001", *(f"A {n:03}" for n in range(10, 20))]
    assert listing["total"] == 11
    assert (await listed(database, "/somewhere?q=%25"))[0] == []
    assert (await listed(database, "/somewhere?starts=Fl"))[0] == ["Flanders"]
    assert (await listed(database, "/somewhere?q=FLANDERS"))[0] == ["Flanders"]


async def test_an_address_that_nobody_of_ours_wrote_is_the_first_page(app: Litestar, database: Database) -> None:
    first, _ = await listed(database, "/somewhere")
    for query in (
        "after=x",
        "after=[1]",
        "after=[1,2]",
        'after=["A",{}]',
        "before=[[],1]",
        "sort=id&dir=x",
        "after=null",
    ):
        assert (await listed(database, f"/somewhere?{query}"))[0] == first, query
    assert (await listed(database, "/somewhere?q=%00"))[0] == first


async def test_all_rows_are_written_in_the_order_of_the_page(app: Litestar, database: Database) -> None:
    await shelves(database, 1_100)
    rows = [row.name_en async for row in AREAS.every(database, QUERY, {"sort": ["name"], "dir": ["desc"]})]
    assert len(rows) == 1_102
    assert rows == sorted(rows, reverse=True)


async def test_a_spreadsheet_is_given_no_formula() -> None:
    async def rows() -> Any:
        yield ["=1+1", -5, "绿茶"]

    stream = csv_answer("stores", ["name", "count", "other"], rows())
    text = b"".join([piece async for piece in stream.iterator]).decode("utf-8-sig")  # type: ignore[union-attr, misc]
    assert text == "name,count,other\r\n'=1+1,-5,绿茶\r\n"
