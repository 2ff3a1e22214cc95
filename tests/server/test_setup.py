"""A hub's first day: a stranger gets nowhere, the owner gets a shop; on both databases."""

import asyncio
import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from litestar import Litestar
from sqlalchemy import func, select, update

from server.catalogue.tables import assortment_items, barcodes, items, store_assortments
from server.database import Database
from server.inbox.tables import outcomes
from server.ledger.doctor import examine
from server.people.sign_in import LIMITS
from server.people.tables import people, roles
from server.refusals import NotPossible
from server.setup.codes import CODE_AGE_MS, give_code, make_code
from server.setup.tables import setup_codes
from server.stores.tables import areas, stores
from tests.server.browsers import Browser, awake

OWNER = {"name": "Rosa Owner", "username": "Rosa", "password": "three quiet words", "locale": "en"}
GHENT = {"name_en": "Ghent", "name_zh": "根特", "code": "GNT", "area": "All stores", "zone": "Europe/Brussels"}
STAFF_PAGES = ["/", "/items", "/transfers", "/inbox", "/outbox", "/me", "/tour", "/admin", "/sign-in", "/setup/store"]


@pytest.fixture
async def empty(unopened: Litestar, database: Database, quick_hasher: None) -> AsyncIterator[Litestar]:
    async with awake(unopened) as app:
        yield app
    assert await examine(database) == []


@pytest.fixture
async def owner(empty: Litestar, database: Database) -> AsyncIterator[Browser]:
    """A browser in which the first administrator was made a moment ago."""
    async with Browser(empty) as browser:
        answer = await browser.submit("/setup", code=await code_of(database), **OWNER)
        assert answer.headers["location"] == "/welcome?next=%2Fsetup%2Fstore"
        yield browser


async def code_of(database: Database) -> str:
    code = await make_code(database, others_run=False)
    assert code is not None
    return code


async def step(browser: Browser, part: str, **fields: str) -> str:
    """Sends a step's form and answers where it leads, or the sentence that refuses it."""
    answer = await browser.submit(f"/setup/{part}", operation_id=str(uuid4()), **fields)
    if answer.status_code == 303:
        return answer.headers["location"]
    assert answer.status_code == 422
    [problem] = re.findall(r"data-problem>(.*?)</p>", answer.text)
    return str(problem)


@pytest.mark.parametrize("path", STAFF_PAGES)
async def test_every_page_of_an_empty_hub_leads_to_the_setup(empty: Litestar, path: str) -> None:
    answer = await Browser(empty).get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/setup")


async def test_a_phone_of_an_earlier_hub_is_told_to_sign_in(empty: Litestar) -> None:
    assert (await Browser(empty).post("/sync/pull", json={})).status_code == 401


async def test_without_the_code_nobody_becomes_administrator(empty: Litestar, database: Database) -> None:
    await code_of(database)
    for code in ("", "aaaa-bbbb-cccc", "%", "-", "' or 1=1"):
        answer = await Browser(empty, ip=f"203.0.113.{len(code)}").submit("/setup", code=code, **OWNER)
        assert answer.status_code == 422
        assert "This code is not right" in answer.text
        assert OWNER["password"] not in answer.text
        assert 'value="Rosa Owner"' in answer.text
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(people)) == 0


async def test_a_code_is_typed_as_people_type(empty: Litestar, database: Database) -> None:
    code = (await code_of(database)).upper().replace("-", " ")
    assert (await Browser(empty).submit("/setup", code=f" {code} ", **OWNER)).status_code == 303


async def test_a_code_is_kept_as_a_hash_and_runs_out(empty: Litestar, database: Database) -> None:
    code = await code_of(database)
    async with database.writing() as connection:
        [row] = await connection.execute(select(setup_codes))
        assert code.replace("-", "") not in str(row)
        await connection.execute(update(setup_codes).values(expires_at=setup_codes.c.expires_at - CODE_AGE_MS))
    assert (await Browser(empty).submit("/setup", code=code, **OWNER)).status_code == 422


async def test_a_new_start_ends_the_code_of_the_one_before(empty: Litestar, database: Database) -> None:
    before, after = await code_of(database), await code_of(database)
    assert (await Browser(empty).submit("/setup", code=before, **OWNER)).status_code == 422
    assert (await Browser(empty).submit("/setup", code=after, **OWNER)).status_code == 303


async def test_guessing_ends_after_a_few_codes_even_with_the_right_one(empty: Litestar, database: Database) -> None:
    code, browser = await code_of(database), Browser(empty)
    for _ in range(LIMITS["setup"]):
        assert (await browser.submit("/setup", code="aaaa-bbbb-cccc", **OWNER)).status_code == 422
    assert (await browser.submit("/setup", code=code, **OWNER)).status_code == 429
    # Whoever sits elsewhere is not locked out by them.
    assert (await Browser(empty, ip="203.0.113.9").submit("/setup", code=code, **OWNER)).status_code == 303


async def test_of_two_who_type_the_code_at_once_one_comes_in(empty: Litestar, database: Database) -> None:
    code = await code_of(database)
    tries = [Browser(empty).submit("/setup", code=code, **{**OWNER, "username": name}) for name in ("rosa", "mallory")]
    answers = await asyncio.gather(*tries)
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(roles).where(roles.c.level == 5)) == 1
    assert sum("set-cookie" in answer.headers for answer in answers) == 1


async def test_once_there_is_an_administrator_no_code_is_made_or_taken(
    empty: Litestar, database: Database, owner: Browser
) -> None:
    assert await make_code(database, others_run=False) is None
    with pytest.raises(NotPossible, match="administrator already"):
        await give_code(database, {})
    stranger = Browser(empty)
    answer = await stranger.submit("/setup", code="aaaa-bbbb-cccc", **{**OWNER, "username": "mallory"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert (await stranger.get("/setup")).headers["location"] == "/sign-in?next=%2Fsetup"
    assert (await stranger.get("/setup/people")).headers["location"].startswith("/sign-in")
    async with database.reading() as connection:
        assert (await connection.scalars(select(people.c.username))).all() == ["rosa"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("password", "short", "A password has at least 10 letters"),
        ("username", "\u200b", "A name to sign in with has 1 to 64"),
        ("name", " ", "One thing is missing"),
        ("name", "x" * 81, "longer than 80"),
    ],
)
async def test_what_is_wrong_is_said_before_the_code_is_spent(
    empty: Litestar, database: Database, field: str, value: str, sentence: str
) -> None:
    code = await code_of(database)
    answer = await Browser(empty).submit("/setup", code=code, **{**OWNER, field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert (await Browser(empty).submit("/setup", code=code, **OWNER)).status_code == 303


async def test_a_form_of_another_site_sets_nothing_up(empty: Litestar, database: Database) -> None:
    code = await code_of(database)
    answer = await Browser(empty).post("/setup", data={"code": code, **OWNER}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


async def test_the_owner_is_led_through_every_step(owner: Browser, database: Database) -> None:
    assert (await owner.get("/setup")).headers["location"] == "/setup/store"
    assert await step(owner, "store", **GHENT) == "/setup/people"
    for name, level in (("Bo", "3"), ("Ada", "2")):
        typed = {"name": name, "username": name, "level": level, "store": "1", "speaks": "zh"}
        assert await step(owner, "people", **typed) == "/setup/people"
    page = (await owner.get("/setup/people")).text
    assert page.index("Bo") < page.index("Ada")
    await add_items(owner, [("Green tea", "4006381333931", "3,49"), ("Soap", "", "2.5")])
    async with database.reading() as connection:
        [area], [store] = [(await connection.execute(select(table))).all() for table in (areas, stores)]
        assert (area.name_en, area.name_zh, store.code, store.time_zone) == (
            "All stores",
            "所有门店",
            "GNT",
            "Europe/Brussels",
        )
        found = (await connection.execute(select(items.c.name_en, items.c.price_cents).order_by(items.c.id))).all()
        assert [tuple(row) for row in found] == [("Green tea", 349), ("Soap", 250)]
        assert (await connection.scalars(select(barcodes.c.gtin))).all() == ["04006381333931"]
        for table, count in ((assortment_items, 2), (store_assortments, 1)):
            assert await connection.scalar(select(func.count()).select_from(table)) == count
        # Everything has its author, like all that is done in the shop.
        assert set((await connection.execute(select(outcomes.c.person_id, outcomes.c.status))).all()) == {
            (1, "applied")
        }


async def add_items(browser: Browser, lines: list[tuple[str, str, str]]) -> str:
    fields = {name: [line[place] for line in lines] for place, name in enumerate(("name", "barcode", "price"))}
    answer = await browser.post(
        "/setup/items", data={"operation_id": str(uuid4()), **fields}, headers={"sec-fetch-site": "same-origin"}
    )
    if answer.status_code == 303:
        return answer.headers["location"]
    return str(re.findall(r"data-problem>(.*?)</p>", answer.text)[0])


async def test_a_refused_line_keeps_what_was_typed_and_books_nothing_twice(owner: Browser, database: Database) -> None:
    await step(owner, "store", **GHENT)
    wrong = [("Green tea", "4006381333931", "1"), ("Soap", "4006381333932", "1")]
    assert "4006381333932" in await add_items(owner, wrong)
    assert await add_items(owner, [wrong[0], ("Soap", "", "1")]) == "/setup/items"
    assert "The price in line 1" in await add_items(owner, [("Lamp", "", "cheap")])
    assert "Line 2 has no name" in await add_items(owner, [("Lamp", "", ""), ("", "4006381333931", "")])
    assert "There is no item yet" in await add_items(owner, [("", "", "")])
    async with database.reading() as connection:
        named = (await connection.scalars(select(items.c.name_en).order_by(items.c.id))).all()
    assert named[:2] == ["Green tea", "Soap"]
    assert named.count("Green tea") == 1


async def test_a_refused_store_leaves_no_half_of_one(owner: Browser, database: Database) -> None:
    assert "No time zone is chosen" in await step(owner, "store", **{**GHENT, "zone": "Nowhere/There"})
    assert "no place on a map" in await step(owner, "store", **GHENT, latitude="north")
    assert "One thing is missing" in await step(owner, "store", **{**GHENT, "name_en": "", "name_zh": " "})
    assert await step(owner, "store", **GHENT, latitude="51,0543", longitude="3.7174") == "/setup/people"
    async with database.reading() as connection:
        [store] = (await connection.execute(select(stores))).all()
    assert (store.latitude, store.longitude) == (51.0543, 3.7174)


async def test_every_step_can_be_put_off_and_is_found_again(owner: Browser) -> None:
    led = [await step(owner, name, later="1") for name in ("store", "people", "items", "stock", "phone")]
    assert led == ["/setup/people", "/setup/items", "/setup/stock", "/setup/phone", "/setup/done"]
    assert (await owner.get("/setup")).headers["location"] == "/setup/done"
    for path in ("/setup/done", "/admin"):
        page = (await owner.get(path)).text
        assert all(f'href="/setup/{name}"' in page for name in ("store", "people", "items", "stock", "phone")), path
    await step(owner, "store", **GHENT)
    assert 'href="/setup/store"' not in (await owner.get("/admin")).text


async def test_only_an_administrator_sees_the_steps(owner: Browser, empty: Litestar, database: Database) -> None:
    await step(owner, "store", **GHENT)
    await step(owner, "people", name="Bo", username="bo", level="3", store="1", speaks="en")
    async with database.writing() as connection:
        secret = await connection.scalar(select(people.c.password_hash).where(people.c.username == "rosa"))
        await connection.execute(update(people).values(password_hash=secret))
    async with Browser(empty) as bo:
        await bo.sign_in("bo", OWNER["password"])
        for name in ("store", "people", "items", "stock", "phone", "done"):
            assert (await bo.get(f"/setup/{name}")).headers["location"] == "/"
        answer = await bo.submit("/setup/people", operation_id=str(uuid4()), name="Eve", username="eve", level="3")
        assert answer.headers["location"] == "/"
        assert "/setup/" not in (await bo.get("/admin")).text
