"""What a browser keeps of us, and the keys people have on it; on both databases."""

from collections.abc import Callable

from sqlalchemy import func, select

from server.database import Database
from server.devices.keys import device_name
from server.devices.tables import devices
from server.people.tables import sessions
from tests import shop
from tests.server.browsers import SECURE, Browser

NewBrowser = Callable[..., Browser]


async def count(database: Database, table: object) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type]


async def test_cookies_are_out_of_reach_of_scripts_other_sites_and_plain_pages(
    browser: Browser, another_browser: NewBrowser
) -> None:
    plain = (await browser.sign_in("ada")).headers.get_list("set-cookie")
    secure = (await another_browser(address=SECURE).sign_in("ada")).headers.get_list("set-cookie")
    assert [line.partition("=")[0] for line in (*plain, *secure)] == [
        *("session", "device"),
        *("__Host-session", "__Host-device"),
    ]
    for line in (*plain, *secure):
        assert "HttpOnly" in line
        assert "SameSite=lax" in line
        assert "Path=/" in line
        assert "Domain" not in line
    assert all("Secure" in line for line in secure)


async def test_a_session_made_without_tls_counts_nothing_under_tls(
    browser: Browser, another_browser: NewBrowser
) -> None:
    await browser.sign_in("ada")
    planted = {"cookie": f"session={browser.cookies['session']}"}
    assert (await another_browser(address=SECURE).get("/sync/key", headers=planted)).status_code == 401


async def test_the_next_person_on_a_phone_ends_the_session_before(browser: Browser, database: Database) -> None:
    await browser.sign_in("ada")
    await browser.sign_in("bo")
    assert await count(database, sessions) == 1
    assert await count(database, devices) == len(shop.HOMES) + 1
    assert (await browser.get("/sync/key")).json()["name"] == "Bo"


async def test_each_person_has_one_key_on_each_device(browser: Browser, another_browser: NewBrowser) -> None:
    keys = []
    for each, username in ((browser, "ada"), (browser, "bo"), (browser, "ada"), (another_browser(), "ada")):
        await each.sign_in(username)
        keys.append((await each.get("/sync/key")).json())
    assert keys[0] == keys[2]
    assert len({key["key"] for key in keys}) == 3
    assert keys[0]["device"] == keys[1]["device"] != keys[3]["device"]
    assert [key["person"] for key in keys] == [shop.ADA, shop.BO, shop.ADA, shop.ADA]
    assert keys[1]["locale"] == "zh"


def test_an_operator_recognises_a_device_by_its_name() -> None:
    android = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
    assert device_name(android) == "Chrome on Android"
    assert device_name(iphone) == "Safari on iPhone"
    assert device_name("python-httpx/0.28") == "python-httpx/0.28"
    assert device_name("") == "unknown"
