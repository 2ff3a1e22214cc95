"""The staff pages as a browser without a worker meets them: forms booked, forms given back, doors that stay shut."""

import re
from collections.abc import Awaitable, Callable
from html import unescape
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import event

from server.inbox.accept import DoorClosed
from tests.server.browsers import Browser
from tests.shop import CHEESE, GTINS, LEIDEN, SOAP, TEA

NewBrowser = Callable[..., Browser]
STAFF_PAGES = ("/", "/items", f"/items/{TEA}", "/transfers", "/transfers/new", "/inbox", "/outbox", "/counts", "/me")


def fresh_id(page: httpx.Response) -> str:
    found = re.search(r'name="operation_id" value="([0-9a-f-]{36})"', page.text)
    assert found is not None
    return found[1]


def words(page: httpx.Response) -> str:
    """What somebody reads, one space between words."""
    inside = page.text.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inside)).split())


async def signed_in(browser: Browser, username: str) -> Browser:
    await browser.sign_in(username)
    return browser


async def send(browser: Browser, path: str, **fields: Any) -> httpx.Response:
    """Submits the form of a page as it stands there."""
    page = await browser.get(path)
    filled = {"operation_id": fresh_id(page), **fields}
    return await browser.post(path, data=filled, headers={"sec-fetch-site": "same-origin"})


async def test_a_refused_form_tapped_twice_is_refused_twice(browser: Browser) -> None:
    await signed_in(browser, "eve")
    asked = {"operation_id": fresh_id(await browser.get("/transfers/new")), "from": "2", "item": str(TEA)}
    for _ in range(2):
        answer = await browser.submit("/transfers/new", **asked, quantity="1")
        assert answer.status_code == 422
        assert "Your role does not cover this." in words(answer)


@pytest.mark.parametrize("path", [*STAFF_PAGES, "/transfers/00000000-0000-4000-8000-000000000001"])
async def test_a_staff_page_asks_who_is_here(browser: Browser, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_every_staff_page_opens_for_everybody(another_browser: NewBrowser) -> None:
    for username in ("ada", "bo", "dev", "eve", "fay"):
        browser = await signed_in(another_browser(), username)
        for path in STAFF_PAGES:
            answer = await browser.get(path)
            assert answer.status_code == 200, (username, path, answer.text)
            assert answer.headers["content-language"] == ("zh" if username == "bo" else "en")


async def test_a_form_is_booked_and_leads_back_to_its_page(browser: Browser) -> None:
    await signed_in(browser, "ada")
    answer = await send(browser, f"/items/{TEA}", quantity="２", direction="out", reason="damaged")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{TEA}")
    page = words(await browser.get(f"/items/{TEA}"))
    assert "3 available" in page
    assert "Adjustment −2" in page


async def test_an_adjustment_of_this_minute_is_taken_back_once_by_an_entry_of_its_own(browser: Browser) -> None:
    await signed_in(browser, "ada")
    await send(browser, f"/items/{TEA}", quantity="2", direction="out", reason="damaged")
    page = await browser.get(f"/items/{TEA}")
    form = page.text.partition('class="op-undo"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    for _tapped_twice in range(2):
        assert (await browser.submit(f"/items/{TEA}", **fields)).status_code == 303
    after = await browser.get(f"/items/{TEA}")
    assert "5 available" in words(after)
    assert "Adjustment +2 Damaged" in words(after)
    assert "op-undo" not in after.text


async def test_a_form_sent_twice_is_booked_once(browser: Browser) -> None:
    await signed_in(browser, "ada")
    once = {"operation_id": fresh_id(await browser.get(f"/items/{TEA}")), "quantity": "2", "reason": "damaged"}
    for _ in range(2):
        assert (await browser.submit(f"/items/{TEA}", **once)).status_code == 303
    assert "3 available" in words(await browser.get(f"/items/{TEA}"))


async def test_a_refused_form_comes_back_as_it_was_typed_with_a_fresh_id(browser: Browser) -> None:
    await signed_in(browser, "ada")
    before = fresh_id(await browser.get(f"/items/{TEA}"))
    typed = '3"><script>'
    answer = await browser.submit(f"/items/{TEA}", operation_id=before, quantity=typed, direction="in", reason="found")
    assert answer.status_code == 422
    assert fresh_id(answer) != before
    assert 'value="3&#34;&gt;&lt;script&gt;"' in answer.text
    assert re.search(r'value="in"\s+checked', answer.text)
    assert "not a whole number" in words(answer)
    # The id was not used: the same form, put right, is booked under it.
    again = await browser.submit(f"/items/{TEA}", operation_id=before, quantity="3", direction="in", reason="found")
    assert again.status_code == 303


async def test_a_form_without_an_id_is_given_back(browser: Browser) -> None:
    await signed_in(browser, "ada")
    for operation_id in ("", "7", "ABCDEFAB-0000-4000-8000-000000000000"):
        answer = await browser.submit(f"/items/{TEA}", operation_id=operation_id, quantity="3", reason="damaged")
        assert answer.status_code == 422
    assert "5 available" in words(await browser.get(f"/items/{TEA}"))


async def test_a_transfer_goes_from_request_to_receipt_by_forms_alone(another_browser: NewBrowser) -> None:
    ada, bo = await signed_in(another_browser(), "ada"), await signed_in(another_browser(), "bo")
    asked = {"from": "2", "item": [str(TEA), str(SOAP)], "quantity": ["3", "4"], "note": "for Saturday"}
    answer = await send(ada, f"/transfers/new?item={TEA}", **asked)
    assert answer.status_code == 303
    paper = answer.headers["location"]
    assert "待批准" in words(await bo.get("/inbox"))
    lines: dict[str, str | list[str]] = {"line": ["1", "2"], "from_state": "requested"}
    for browser, action, quantities in (
        (bo, "approve", ["3", "4"]),
        (bo, "dispatch", ["3", "4"]),
        (ada, "receive", ["3", ""]),
        (ada, "receive", ["", "4"]),
    ):
        answer = await send(browser, paper, action=action, quantity=quantities, **lines)
        assert (answer.status_code, answer.headers.get("location")) == (303, paper), words(answer)
    page = words(await ada.get(paper))
    assert "for Saturday" in page
    assert "Here" in page
    assert "8 available" in words(await ada.get(f"/items/{TEA}"))
    assert "37 available" in words(await bo.get(f"/items/{TEA}")).replace("可用", "available")


async def test_what_the_hub_refuses_stands_once_in_the_form_with_the_name_of_the_goods(
    another_browser: NewBrowser,
) -> None:
    ada, bo = await signed_in(another_browser(), "ada"), await signed_in(another_browser(), "bo")
    asked = {"from": "2", "item": [str(TEA)], "quantity": ["50"]}
    paper = (await send(ada, "/transfers/new", **asked)).headers["location"]
    answer = await send(bo, paper, action="approve", from_state="requested", line=["1"], quantity=["50"])
    assert answer.status_code == 422
    assert words(answer).count("绿茶 20包") == 2, "on its line and in the sentence"
    assert 'value="50"' in answer.text


async def test_a_transfer_of_other_stores_is_not_there(another_browser: NewBrowser) -> None:
    ada, fay = await signed_in(another_browser(), "ada"), await signed_in(another_browser(), "fay")
    asked = {"from": "2", "item": [str(TEA)], "quantity": ["1"]}
    paper = (await send(ada, "/transfers/new", **asked)).headers["location"]
    assert (await ada.get(paper)).status_code == 200
    for answer in (await fay.get(paper), await fay.submit(paper, action="cancel")):
        assert answer.status_code in (404, 422)
        assert "Green tea" not in answer.text
    assert "This transfer is not here" in words(await fay.get(paper))


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/items/99", "This item is not here"),
        ("/items/abc", "This item is not here"),
        ("/items/1x", "This item is not here"),
        ("/transfers/abc", "This transfer is not here"),
        ("/nowhere", "There is no such page"),
        ("/items/1/more", "There is no such page"),
        ("/transfers/1/more", "There is no such page"),
        ("/me/more", "There is no such page"),
    ],
)
async def test_what_does_not_exist_is_said_within_the_app(browser: Browser, path: str, sentence: str) -> None:
    await signed_in(browser, "ada")
    answer = await browser.get(path)
    assert answer.status_code == 404
    assert sentence in words(answer)


async def test_strangers_are_told_nothing_about_addresses(browser: Browser) -> None:
    assert (await browser.get("/nowhere")).status_code == 404
    assert (await browser.get("/sync/nowhere")).headers["content-type"].startswith("application/json")


async def test_a_code_is_found_only_in_ones_own_range(another_browser: NewBrowser) -> None:
    ada, fay = await signed_in(another_browser(), "ada"), await signed_in(another_browser(), "fay")
    assert "Olive soap" in words(await ada.get(f"/?code={GTINS[SOAP]}"))
    unknown = await fay.get(f"/?code={GTINS[SOAP]}")
    assert "No item has this code" in words(unknown)
    assert 'name="where" value="everywhere"' in unknown.text
    for sought in (GTINS[SOAP], "olive", "S-002"):
        assert "Nothing found" in words(await fay.get(f"/items?q={sought}"))
        looked_up = await fay.get(f"/items?q={sought}&where=everywhere")
        assert f'href="/items/{SOAP}"' in looked_up.text
        assert "The hub looked this up" in words(looked_up)
    assert "Your store does not carry this item" in words(await fay.get(f"/items/{SOAP}"))
    # What is not carried can still be looked up by whoever has a link to it.
    assert "Your store does not carry this item" in words(await fay.get(f"/items/{SOAP}"))


async def test_language_and_store_are_chosen_on_the_own_page(browser: Browser) -> None:
    await signed_in(browser, "dev")
    assert (await send(browser, "/me", locale="zh")).status_code == 303
    assert (await send(browser, "/me", store="2")).status_code == 303
    page = await browser.get("/me")
    assert page.headers["content-language"] == "zh"
    assert "安特卫普" in page.text
    answer = await send(browser, "/me", store=str(LEIDEN))
    assert answer.status_code == 422
    assert "这不是你的门店" in words(answer)


async def test_the_hub_has_nothing_that_waits(browser: Browser) -> None:
    await signed_in(browser, "ada")
    answer = await browser.submit("/outbox", action="withdraw", operation="00000000-0000-4000-8000-000000000001")
    assert answer.status_code == 422
    assert "This no longer waits" in words(answer)
    assert (await browser.submit("/outbox", action="send")).headers["location"] == "/outbox"


async def test_a_form_packed_as_multipart_is_read_too(browser: Browser) -> None:
    await signed_in(browser, "ada")
    fields = {"operation_id": fresh_id(await browser.get("/items/1")), "quantity": "1", "reason": "theft"}
    packed = {name: (None, text) for name, text in fields.items()}
    answer = await browser.post("/items/1", files=packed, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303


async def test_addresses_nobody_would_write_get_a_page(browser: Browser) -> None:
    await signed_in(browser, "ada")
    odd = ("%00", "%ff%fe", "%25_", "'%22;--", "%F0%9F%98%80", "a" * 3000, "%C3%28", "+".join("abcdefgh" * 40))
    for path in ("/?code={}", "/items?q={}&page={}", "/transfers/new?item={}&add={}"):
        for text in odd:
            assert (await browser.get(path.replace("{}", text))).status_code == 200, path


async def test_the_best_lender_is_chosen_and_an_added_code_becomes_a_line(browser: Browser) -> None:
    await signed_in(browser, "ada")
    page = await browser.get(f"/transfers/new?item={TEA}&quantity=2&add={GTINS[CHEESE]}")
    assert re.search(r'name="from" value="2" checked', page.text)
    assert re.findall(r'name="quantity" value="(\d+)"', page.text) == ["2", "1"]
    unknown = await browser.get(f"/transfers/new?item={TEA}&add=4711")
    assert "No item has the code 4711" in words(unknown)
    assert 'name="add" value="4711"' in unknown.text


async def test_a_page_asks_the_database_as_often_for_one_row_as_for_many(app: Litestar, browser: Browser) -> None:
    await signed_in(browser, "ada")
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        # The hub looks after its files by itself meanwhile.
        if statement != "BEGIN" and "FROM imports" not in statement:
            asked.append(statement)

    async def queries(path: str) -> int:
        asked.clear()
        await browser.get(path)
        return len(asked)

    await app.state.planner.close()
    async with app.state.database.reading() as connection:
        engine = connection.engine.sync_engine if hasattr(connection.engine, "sync_engine") else connection.engine
    event.listen(engine, "before_cursor_execute", listen)
    assert await queries("/transfers") > 0
    assert await queries("/items?q=lys") == await queries("/items?q=lys+tea")
    few = await sent_by(browser, 1, queries)
    assert await sent_by(browser, 5, queries) == few


async def sent_by(browser: Browser, count: int, queries: Callable[[str], Awaitable[int]]) -> int:
    """How often the list asks after `count` more requests."""
    for _ in range(count):
        await send(browser, "/transfers/new", **{"from": "2", "item": [str(TEA), str(SOAP)], "quantity": ["1", "1"]})
    return await queries("/transfers")


async def test_while_nothing_can_be_booked_a_form_is_told_to_come_again(
    browser: Browser, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    await signed_in(browser, "ada")

    async def closed(*_: Any) -> None:
        raise DoorClosed

    monkeypatch.setattr(app.state.door, "push", closed)
    answer = await send(browser, f"/items/{TEA}", quantity="1", direction="out", reason="damaged")
    assert answer.status_code == 503
    monkeypatch.undo()
    assert "5 available" in words(await browser.get(f"/items/{TEA}"))
