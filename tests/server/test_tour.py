"""The tour: shown by itself once to who is new in a store, and to nobody else; on both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete

from server.clock import now_ms
from server.database import Database
from server.devices.tables import device_keys
from server.people.letting_in import once_password
from tests import shop
from tests.server.browsers import PASSWORD, Browser

NewBrowser = Callable[..., Browser]


async def nobody_worked_yet(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(delete(device_keys))


@pytest.mark.parametrize(
    ("username", "leads_to"),
    [
        ("ada", "/welcome?next=%2Ftour"),
        ("cleo", "/welcome?next=%2Ftour"),
        ("fay", "/welcome?next=%2Ftour"),
        ("dev", "/welcome"),
        ("eve", "/welcome"),
    ],
)
async def test_who_works_in_a_store_is_led_to_it_at_the_very_first_sign_in(
    browser: Browser, another_browser: NewBrowser, database: Database, username: str, leads_to: str
) -> None:
    await nobody_worked_yet(database)
    first = await browser.submit("/sign-in", username=username, password=PASSWORD)
    assert first.headers["location"] == leads_to
    again = await another_browser().submit("/sign-in", username=username, password=PASSWORD)
    assert again.headers["location"] == "/welcome"


async def test_who_has_worked_here_is_not_led(browser: Browser) -> None:
    answer = await browser.submit("/sign-in", username="ada", password=PASSWORD)
    assert answer.headers["location"] == "/welcome"


async def test_who_comes_to_a_page_of_their_own_goes_there(browser: Browser, database: Database) -> None:
    await nobody_worked_yet(database)
    assert (await browser.sign_in("ada")).headers["location"] == "/welcome?next=%2Fitems"


async def test_who_was_let_in_with_a_one_time_password_chooses_their_own_first(
    browser: Browser, database: Database
) -> None:
    await nobody_worked_yet(database)
    password = await once_password(database, shop.ADA, shop.EVE, now_ms())
    answer = await browser.submit("/sign-in", username="ada", password=password)
    assert answer.headers["location"] == "/welcome?next=%2Fpassword"
    own = "three quiet words"
    assert (await browser.submit("/password", chosen=own, again=own)).headers["location"] == "/tour"
    assert (await browser.submit("/password", present=own, chosen=PASSWORD, again=PASSWORD)).headers["location"] == "/"


async def test_a_viewer_is_not_shown_how_to_take_goods_off(browser: Browser) -> None:
    await browser.sign_in("fay")
    pages = [(await browser.get(f"/tour?step={step}")).text for step in (1, 2, 3, 4)]
    assert "One is broken?" not in "".join(pages)
    assert "No network?" in pages[2]
    assert pages[3] == pages[0]
