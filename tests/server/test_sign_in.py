"""Who gets in, who does not, and what is kept of it; on both databases."""

import asyncio
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from litestar import Litestar
from sqlalchemy import delete, func, select, update

from server.app import create_app
from server.database import Database
from server.devices.tables import devices
from server.people import sign_in
from server.people.passwords import NOBODYS_HASH
from server.people.sign_in import LIMITS, WINDOW_MS, folded, network
from server.people.sign_in_routes import safe_next
from server.people.tables import failed_sign_ins, people, sessions
from tests import shop
from tests.server.browsers import PASSWORD, Browser, awake

NewBrowser = Callable[..., Browser]


async def count(database: Database, table: object) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type]


async def guess(browser: Browser, username: str, times: int) -> None:
    for _ in range(times):
        await browser.sign_in(username, "not the password")


async def test_a_right_password_opens_the_shop(browser: Browser) -> None:
    answer = await browser.sign_in("ada")
    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome?next=%2Fitems")
    welcome = await browser.get(answer.headers["location"])
    assert welcome.status_code == 200
    assert 'data-person="1"' in welcome.text
    assert 'data-next="/items"' in welcome.text
    assert (await browser.get("/items")).status_code == 200


@pytest.mark.parametrize("typed", ["Ada", " ada ", "ADA", "ａｄａ"])
async def test_a_name_is_known_however_the_keyboard_writes_it(browser: Browser, typed: str) -> None:
    assert (await browser.sign_in(typed)).status_code == 303


async def test_a_wrong_password_gives_the_form_back_with_a_sentence(browser: Browser) -> None:
    answer = await browser.sign_in("Ada", "wrong <password>")
    assert answer.status_code == 422
    assert "Name and password do not belong together" in answer.text
    assert 'value="Ada"' in answer.text
    assert 'name="next" value="/items"' in answer.text
    assert "wrong" not in answer.text.lower()
    assert "set-cookie" not in answer.headers


async def test_the_form_speaks_the_readers_language(browser: Browser) -> None:
    chinese = {"accept-language": "fr, zh-TW;q=0.9, en;q=0.8"}
    assert 'lang="zh-Hans"' in (await browser.get("/sign-in", headers=chinese)).text
    assert 'lang="en"' in (await browser.get("/sign-in?lang=en", headers=chinese)).text
    assert 'lang="en"' in (await browser.get("/sign-in", headers={"accept-language": "zh;q=0, fr"})).text
    refused = await browser.sign_in("ada", "wrong", "/sign-in?lang=zh")
    assert 'lang="zh-Hans"' in refused.text


async def test_an_unknown_name_is_answered_like_a_wrong_password(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    async def look(password_hash: str, password: str) -> bool:
        looked_at.append(password_hash[:20])
        return False

    monkeypatch.setattr(sign_in, "is_right", look)
    known, unknown = await browser.sign_in("ada", "wrong"), await browser.sign_in("adx", "wrong")
    assert known.status_code == unknown.status_code == 422
    assert known.text.replace('"ada"', '"adx"') == unknown.text
    # The same work is done for both, with the same parameters.
    assert len(looked_at) == 2
    assert looked_at[0].split(",")[0] == looked_at[1].split(",")[0]


async def test_after_eight_wrong_passwords_a_person_waits_whoever_asks(
    browser: Browser, another_browser: NewBrowser, database: Database
) -> None:
    await guess(browser, "ada", LIMITS["person"])
    answer = await another_browser(ip="203.0.113.4").sign_in("ada")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) in range(60, 15 * 60 + 1)
    assert "15" in answer.text
    assert (await browser.sign_in("cleo")).status_code == 303
    # Trying on does not make the wait longer.
    assert await count(database, failed_sign_ins) == 2 * LIMITS["person"]


async def test_the_count_holds_in_another_process(
    app: Litestar, browser: Browser, database: Database, shelf: object
) -> None:
    await guess(browser, "ada", LIMITS["person"])
    async with awake(create_app(app.state.settings, database, app.state.release)) as other:
        assert (await Browser(other).sign_in("ada")).status_code == 429


async def test_after_a_quarter_of_an_hour_a_person_may_try_again(browser: Browser, database: Database) -> None:
    await guess(browser, "ada", LIMITS["person"])
    async with database.writing() as connection:
        await connection.execute(update(failed_sign_ins).values(at=failed_sign_ins.c.at - WINDOW_MS))
    assert (await browser.sign_in("ada")).status_code == 303


async def test_many_guesses_at_once_do_not_slip_under_the_limit(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = 0

    async def look(_hash: str, _password: str) -> bool:
        nonlocal judged
        judged += 1
        await asyncio.sleep(0.01)
        return False

    monkeypatch.setattr(sign_in, "is_right", look)
    answers = await asyncio.gather(*(browser.sign_in("ada", "wrong") for _ in range(30)))
    assert judged <= LIMITS["person"]
    assert {answer.status_code for answer in answers} <= {422, 429}


async def test_one_address_does_not_try_every_name(browser: Browser, another_browser: NewBrowser) -> None:
    for number in range(LIMITS["address"]):
        await browser.sign_in(f"nobody{number}", "wrong")
    assert (await browser.sign_in("ada")).status_code == 429
    assert (await another_browser(ip="203.0.113.4").sign_in("ada")).status_code == 303


async def test_strangers_who_guess_do_not_lock_the_phone_somebody_works_with(
    browser: Browser, another_browser: NewBrowser
) -> None:
    await browser.sign_in("ada")
    await browser.submit("/sign-out")
    await guess(another_browser(ip="203.0.113.4"), "ada", LIMITS["person"])
    assert (await another_browser(ip="203.0.113.5").sign_in("ada")).status_code == 429
    assert (await browser.sign_in("ada")).status_code == 303


async def test_a_right_password_clears_the_count(browser: Browser, database: Database) -> None:
    await guess(browser, "ada", 3)
    await browser.sign_in("ada")
    async with database.reading() as connection:
        tried = (await connection.scalars(select(failed_sign_ins.c.tried))).all()
    assert not any(one.startswith(("person:", "device:")) for one in tried)


async def test_signing_out_ends_the_session_and_keeps_the_device(browser: Browser) -> None:
    await browser.sign_in("ada")
    device = browser.cookies["device"]
    stolen = browser.cookies["session"]
    answer = await browser.submit("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/goodbye?lang=en")
    assert "clear-site-data" not in answer.headers
    assert browser.cookies["device"] == device
    assert "session" not in browser.cookies
    assert "data-goodbye" in (await browser.get("/goodbye")).text
    browser.cookies.set("session", stolen, domain="hub.test")
    assert (await browser.get("/sync/key")).status_code == 401
    assert (await browser.get("/items")).status_code == 303


async def test_without_a_session_a_page_leads_to_the_form_and_back(browser: Browser) -> None:
    answer = await browser.get("/items?q=tea&page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fitems%3Fq%3Dtea%26page%3D2")
    assert (await browser.get("/")).headers["location"] == "/sign-in"
    engine = await browser.post("/sync/pull", content=b"{}")
    assert (engine.status_code, engine.json()) == (401, {"code": "sign_in"})
    assert (await browser.get("/welcome")).status_code == 303


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/items?q=tea", "/items?q=tea"),
        ("/", "/"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/items\\..", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/sign-out", "/"),
        ("/items\r\nset-cookie: a=b", "/"),
    ],
)
def test_after_the_sign_in_nobody_is_led_elsewhere(wanted: str, leads_to: str) -> None:
    assert safe_next(wanted) == leads_to


async def test_the_database_holds_no_cookie_and_no_password(browser: Browser, database: Database) -> None:
    await browser.sign_in("ada")
    async with database.reading() as connection:
        kept = [
            *(await connection.scalars(select(sessions.c.token_hash))),
            *await connection.scalars(select(devices.c.token_hash)),
        ]
        passwords = (await connection.scalars(select(people.c.password_hash))).all()
    assert not {browser.cookies["session"], browser.cookies["device"]} & set(kept)
    assert all(one.startswith("$argon2id$") and PASSWORD not in one for one in passwords)


async def test_somebody_who_left_the_chain_has_no_session_any_more(browser: Browser, database: Database) -> None:
    await browser.sign_in("ada")
    async with database.writing() as connection:
        await connection.execute(update(people).where(people.c.id == shop.ADA).values(archived_at=shop.NOW))
    assert (await browser.get("/items")).status_code == 303
    assert (await browser.sign_in("ada")).status_code == 422


async def test_messages_are_checked_once_in_a_while_and_pages_always(browser: Browser, database: Database) -> None:
    await browser.sign_in("ada")
    assert (await browser.get("/sync/key")).status_code == 200
    async with database.writing() as connection:
        await connection.execute(delete(sessions))
    assert (await browser.get("/sync/key")).status_code == 200
    assert (await browser.get("/items")).status_code == 303
    assert (await browser.get("/sync/key")).status_code == 401


@pytest.mark.parametrize("typed", ["\0", "a\0da", "\ud800", "x" * 5000, "' OR 1=1 --", "%00", ""])
async def test_whatever_is_typed_as_a_name_is_only_a_wrong_name(browser: Browser, typed: str) -> None:
    body = b"username=" + typed.encode("utf-8", "surrogatepass") + b"&password=x"
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await browser.post("/sign-in", content=body, headers=form)).status_code == 422


async def test_a_hash_of_weaker_days_is_made_anew_at_the_next_sign_in(browser: Browser, database: Database) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    async with database.writing() as connection:
        await connection.execute(update(people).where(people.c.id == shop.ADA).values(password_hash=weaker))
    assert (await browser.sign_in("ada")).status_code == 303
    async with database.reading() as connection:
        kept = await connection.scalar(select(people.c.password_hash).where(people.c.id == shop.ADA))
    assert kept != weaker
    assert (await browser.sign_in("ada")).status_code == 303


def test_a_stolen_hash_costs_its_thief_64_mebibytes_a_guess() -> None:
    assert NOBODYS_HASH.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    # Whoever is not here must not be told from whoever is by the time it takes.
    assert not PasswordHasher().check_needs_rehash(NOBODYS_HASH)


def test_addresses_are_counted_as_whoever_holds_them() -> None:
    assert network("203.0.113.9") == "203.0.113.9"
    assert network("::ffff:203.0.113.9") == "203.0.113.9"
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2:9::9") == "2001:db8:1:2::/64"
    assert folded("  Ａda\0 ") == "ada"
