"""The pages on which stores, areas, assortments and people are minded, as a browser without scripts sees them."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select

from server.database import Database
from server.people.operator import find_operator
from server.people.tables import people
from tests import shop
from tests.server.browsers import PASSWORD, Browser

PLACE = {"latitude": "51,2093", "longitude": "3.2247°", "time_zone": "Europe/Brussels"}
BRUGES = {"code": "BRU", "name_en": "Bruges", "name_zh": "布鲁日", "area": "1", **PLACE, "action": "save"}
GUS = {"name": "Gus", "username": "Gus", "locale": "zh", "level": "2", "place": "store:1", "action": "add"}


def op() -> dict[str, str]:
    return {"operation_id": str(uuid4())}


@pytest.mark.parametrize("username", ["eve", "bo"])
async def test_every_page_answers_in_both_languages(browser: Browser, username: str) -> None:
    await browser.sign_in(username)
    await browser.submit("/me", **op(), locale="zh" if username == "bo" else "en")
    for page in ("stores", "stores/1", "stores/new", "areas", "areas/1", "assortments", "assortments/1"):
        assert (await browser.get(f"/admin/{page}")).status_code == (200 if username == "eve" else 404), page
    for page in ("people", "people/2", "people/new", "devices"):
        assert (await browser.get(f"/admin/{page}")).status_code == 200, page
    for page in ("people/1", "people/99", "devices/99"):
        assert (await browser.get(f"/admin/{page}")).status_code == (
            200 if (username, page[-1]) == ("eve", "1") else 404
        )


async def test_a_store_is_opened_and_its_neighbours_are_proposed(browser: Browser) -> None:
    await browser.sign_in("eve")
    answer = await browser.submit("/admin/stores/new", **op(), **BRUGES)
    assert answer.status_code == 303
    address = answer.headers["location"]
    page = (await browser.get(address)).text
    assert 'value="51.2093"' in page
    proposed = re.findall(r'name="neighbour" value="(\d)"', page)
    assert sorted(proposed) == ["1", "2", "3"]
    assert (await browser.submit(address, **op(), action="neighbours", neighbour="1", both="yes")).status_code == 303
    assert "Ghent" in (await browser.get(address)).text
    assert (
        f'value="{address[-1]}" aria-label="No longer a neighbour: Bruges"'
        in (await browser.get("/admin/stores/1")).text
    )
    assert (await browser.submit(address, **op(), action="part", remove="1")).status_code == 303
    assert (await browser.submit(address, **op(), action="archive")).status_code == 303
    assert "Closed since" in (await browser.get(address)).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"code": "GHE"}, "Another store has the code GHE"),
        ({"latitude": "north"}, "One thing cannot be right: the latitude"),
        ({"latitude": "91"}, "One thing cannot be right: the latitude"),
        ({"longitude": ""}, "One thing is missing: the longitude"),
        ({"name_en": "", "name_zh": " "}, "One thing is missing: the name"),
    ],
)
async def test_a_refused_store_stands_there_as_typed(browser: Browser, wrong: dict[str, str], sentence: str) -> None:
    await browser.sign_in("eve")
    used = op()
    answer = await browser.submit("/admin/stores/new", **used, **{**BRUGES, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="3.2247°"' in answer.text or "longitude" in wrong
    assert used["operation_id"] not in answer.text


async def test_a_store_that_is_not_empty_stays_open_and_the_page_says_why(browser: Browser) -> None:
    await browser.sign_in("eve")
    answer = await browser.submit("/admin/stores/1", **op(), action="archive")
    assert answer.status_code == 422
    assert "Goods are still booked to this store" in answer.text


async def test_areas_and_assortments_are_made_and_named(browser: Browser) -> None:
    await browser.sign_in("eve")
    assert (await browser.submit("/admin/areas", **op(), name_en="Brabant", name_zh="")).status_code == 303
    assert (await browser.submit("/admin/areas", **op(), name_en="Brabant", name_zh="")).status_code == 422
    assert "Brabant" in (await browser.get("/admin/areas?q=brab")).text
    assert (await browser.submit("/admin/assortments", **op(), name="summer")).status_code == 303
    changed = {"name": "corner", "store": "1", "carried": "3"}
    assert (await browser.submit("/admin/assortments/2", **op(), **changed)).status_code == 303
    page = (await browser.get("/admin/assortments/2")).text
    assert re.findall(r'name="store" value="(\d)" checked', page) == ["1"]


async def test_lists_are_files_too(browser: Browser) -> None:
    await browser.sign_in("eve")
    for name, first in (("stores", "ANT,"), ("areas", "Flanders,"), ("assortments", "city,"), ("people", "ada,")):
        answer = await browser.get(f"/admin/{name}/export.csv")
        assert answer.status_code == 200
        assert answer.content.decode("utf-8-sig").splitlines()[1].startswith(first), name


async def test_somebody_new_comes_in_with_a_password_that_works_once(
    browser: Browser, another_browser: Callable[..., Browser], database: Database
) -> None:
    await browser.sign_in("cleo")
    answer = await browser.submit("/admin/people/new", **op(), **GUS)
    assert answer.status_code == 303
    address = answer.headers["location"]
    page = await browser.submit(address, **op(), action="password")
    assert page.status_code == 200
    password = re.search(r"data-once>([^<]+)<", page.text)
    assert password
    assert password[1] not in (await browser.get(address)).text
    gus = another_browser()
    arrived = await gus.sign_in("gus", password[1])
    assert arrived.headers["location"] == "/welcome?next=%2Fpassword"
    assert (await another_browser().sign_in("gus", password[1])).status_code == 422
    short = await gus.submit("/password", chosen="short", again="short")
    assert short.status_code == 422
    differing = await gus.submit("/password", chosen="twelve letters", again="twelve Letters")
    assert differing.status_code == 422
    assert (await gus.submit("/password", chosen="twelve letters", again="twelve letters")).status_code == 303
    assert (await gus.get("/me")).status_code == 200
    assert (await another_browser().sign_in("gus", "twelve letters")).status_code == 303
    wrong = await gus.submit("/password", present="not this one", chosen="thirteen letters", again="thirteen letters")
    assert "That is not your present password" in wrong.text or "密码" in wrong.text
    async with database.reading() as connection:
        assert await connection.scalar(select(people.c.locale).where(people.c.username == "gus")) == "zh"


async def test_a_new_password_signs_out_everywhere(browser: Browser, another_browser: Callable[..., Browser]) -> None:
    ada = another_browser()
    await ada.sign_in("ada")
    await browser.sign_in("cleo")
    assert (await ada.get("/me")).status_code == 200
    assert (await browser.submit("/admin/people/1", **op(), action="password")).status_code == 200
    assert (await ada.get("/me")).status_code == 303
    assert (await ada.sign_in("ada", PASSWORD)).status_code == 422


async def test_nobody_is_let_in_by_whom_they_are_not_to_mind(browser: Browser) -> None:
    await browser.sign_in("cleo")
    own = await browser.submit(f"/admin/people/{shop.CLEO}", **op(), action="password")
    assert own.status_code == 422
    assert "data-once" not in own.text
    assert (await browser.submit(f"/admin/people/{shop.BO}", **op(), action="password")).status_code in (404, 422)
    assert "data-once" not in (await browser.submit(f"/admin/people/{shop.EVE}", **op(), action="password")).text


async def test_a_role_is_given_for_days_and_ended(browser: Browser) -> None:
    await browser.sign_in("eve")
    days = {"begins": "2030-01-01", "ends": "2030-01-31"}
    grant = {"action": "grant", "level": "3", "place": "store:3", **days}
    assert (await browser.submit("/admin/people/1", **op(), **grant)).status_code == 303
    page = (await browser.get("/admin/people/1")).text
    assert "1 Jan 2030 to 31 Jan 2030" in page
    number = re.findall(r'name="role" value="(\d+)"', page)[0]
    assert (await browser.submit("/admin/people/1", **op(), action="end", role=number)).status_code == 303
    held = (await browser.submit("/admin/people/1", **op(), action="grant", level="2", place="store:1")).text
    assert "data-problem" in held or held == ""
    assert (
        "Nobody changes their own rights"
        in (await browser.submit("/admin/people/5", **op(), action="grant", level="4", place="area:1")).text
    )


async def test_who_left_is_found_among_those_who_left(browser: Browser) -> None:
    await browser.sign_in("eve")
    assert (await browser.submit("/admin/people/1", **op(), action="archive")).status_code == 303
    assert 'href="/admin/people/1"' not in (await browser.get("/admin/people")).text
    assert 'href="/admin/people/1"' in (await browser.get("/admin/people?left=yes")).text
    assert (await browser.submit("/admin/people/1", **op(), action="restore")).status_code == 303
    assert 'href="/admin/people/1"' in (await browser.get("/admin/people?level=&store=")).text


async def test_who_stands_behind_the_commands_is_nobody_to_mind(browser: Browser, database: Database) -> None:
    async with database.writing() as connection:
        operator = await find_operator(connection)
    await browser.sign_in("eve")
    assert f'href="/admin/people/{operator}"' not in (await browser.get("/admin/people")).text
    assert (await browser.get(f"/admin/people/{operator}")).status_code == 404
    refused = await browser.submit(f"/admin/people/{operator}", **op(), action="password")
    assert "data-once" not in refused.text
    taken = await browser.submit("/admin/people/new", **op(), **{**GUS, "username": "operator"})
    assert taken.status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"level": "3"}, {"place": "store:2"}, {"level": "4", "place": "area:1"}, {"ends": "2020-01-01"}]
)
async def test_nobody_is_added_without_the_role_they_were_meant_to_have(
    browser: Browser, database: Database, wrong: dict[str, str]
) -> None:
    await browser.sign_in("cleo")
    assert (await browser.submit("/admin/people/new", **op(), **{**GUS, **wrong})).status_code == 422
    async with database.reading() as connection:
        assert await connection.scalar(select(people.c.id).where(people.c.username == "gus")) is None
