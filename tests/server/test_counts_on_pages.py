"""A session of counting as its counter goes through it: begun, counted shelf by shelf, ended, all on pages."""

import re
from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import select

from server.counts.tables import count_ends
from server.database import Database
from server.ledger.doctor import examine
from server.ledger.tables import balances, shelves
from tests.server.browsers import Browser
from tests.server.test_pages_over_http import fresh_id, words
from tests.shop import CHEESE, GHENT, SOAP, TEA

NewBrowser = Callable[..., Browser]


async def begun(browser: Browser, **fields: str) -> str:
    """The address of the session."""
    answer = await browser.submit("/counts", operation_id=fresh_id(await browser.get("/counts")), **fields)
    assert answer.status_code == 303, words(answer)
    return answer.headers["location"]


async def counted(browser: Browser, session: str, item: int, units: str, shelf: str = "") -> int:
    fields = {"item": str(item), "counted": units, "shelf": shelf}
    return (await browser.submit(session, operation_id=str(uuid4()), **fields)).status_code


async def on_hand(database: Database, item: int) -> int | None:
    async with database.reading() as connection:
        here = balances.c.location_id == shelves(GHENT), balances.c.item_id == item
        return await connection.scalar(select(balances.c.on_hand).where(*here))


async def test_shelves_counted_on_pages_anchor_the_stock(browser: Browser, database: Database) -> None:
    await browser.sign_in("ada")
    session = await begun(browser, scope="shelves", shelves="A-1, B-2", blind="yes")
    before = await on_hand(database, TEA)
    assert before is not None
    half = before // 2
    # Counted again on the same shelf: what was told last stands.
    for shelf, units in (("A-1", half + 1), ("B-2", before - half), ("A-1", half)):
        assert await counted(browser, session, TEA, str(units), shelf) == 303
    assert await on_hand(database, TEA) == before
    assert await counted(browser, session, TEA, "1", "C-3") == 422
    page = await browser.get(f"{session}?shelf=A-1")
    assert f"S-001 {half} " in words(page)
    assert re.search(rf'data-told="{TEA}:{half} "', page.text)
    assert (await browser.submit(session, operation_id=str(uuid4()), action="close")).status_code == 303
    assert (await browser.get(session)).headers["location"] == "/counts"
    assert "No count of yours is under way" in words(await browser.get("/counts"))
    # A phone that was out of reach tells late; nobody's work is lost for that.
    assert await counted(browser, session, SOAP, "1", "A-1") == 303
    async with database.reading() as connection:
        assert await connection.scalar(select(count_ends.c.session_id)) == session.rpartition("/")[2]
    assert await examine(database) == []


async def test_while_a_blind_count_goes_on_no_figure_leads_it(browser: Browser) -> None:
    await browser.sign_in("ada")
    seen = words(await browser.get(f"/items/{TEA}"))
    assert "On hand" in seen
    session = await begun(browser, scope="store", blind="yes")
    for path in (session, f"/items/{TEA}", "/?code=S-001", f"{session}?shelf=Z"):
        assert "On hand" not in words(await browser.get(path)), path
    assert await counted(browser, session, TEA, "3") == 303
    assert "S-001 3 " in words(await browser.get(session))


async def test_a_count_of_somebody_else_is_nobodys_page(another_browser: NewBrowser) -> None:
    ada, cleo = another_browser(), another_browser()
    await ada.sign_in("ada")
    await cleo.sign_in("cleo")
    session = await begun(ada, scope="store", blind="yes")
    assert (await cleo.get(session)).status_code == 404
    assert await counted(cleo, session, TEA, "3") == 404
    assert (await ada.get("/counts/x")).status_code == 404


async def test_a_count_without_shelves_or_of_a_letter_is_given_back_as_typed(browser: Browser) -> None:
    await browser.sign_in("ada")
    fields = {"scope": "shelves", "shelves": " , ", "blind": ""}
    answer = await browser.submit("/counts", operation_id=str(uuid4()), **fields)
    assert answer.status_code == 422
    assert "One thing is missing: the shelf." in words(answer)
    long = "A-1, " + "9" * 21
    answer = await browser.submit("/counts", operation_id=str(uuid4()), scope="shelves", shelves=long)
    assert answer.status_code == 422
    assert long in answer.text


async def test_a_manager_sees_what_a_count_found_and_its_counter_does_not(
    another_browser: NewBrowser, database: Database
) -> None:
    ada, cleo = another_browser(), another_browser()
    await ada.sign_in("ada")
    await cleo.sign_in("cleo")
    tea, soap = await on_hand(database, TEA), await on_hand(database, SOAP)
    assert tea is not None
    assert soap is not None
    session = await begun(ada, scope="store", blind="yes")
    # One piece less, and one item right at the second look.
    assert await counted(ada, session, TEA, str(tea - 1)) == 303
    assert await counted(ada, session, SOAP, str(soap + 1)) == 303
    assert await counted(ada, session, SOAP, str(soap)) == 303
    for path in ("/counts/results", session.replace("/counts/", "/counts/results/")):
        assert "%" not in words(await ada.get(path))
    listed = words(await cleo.get("/counts/results"))
    assert "under way" in listed
    found = words(await cleo.get(session.replace("/counts/", "/counts/results/")))
    assert "50.0 % 1 of 2 items Off by 1 pieces in all" in found
    assert re.search(rf"S-001 · Counted {tea - 1} · .* −1", found), found
    assert "not seen" not in found
    await ada.submit(session, operation_id=str(uuid4()), action="close")
    unseen = words(await cleo.get(session.replace("/counts/", "/counts/results/")))
    assert "In the book, and not seen: 1" in unseen
    assert "Old cheese" in unseen
    cheese = await on_hand(database, CHEESE)
    await ada.submit(f"/items/{CHEESE}", operation_id=str(uuid4()), counted=str(cheese))
    assert "not seen" not in words(await cleo.get(session.replace("/counts/", "/counts/results/")))
    # Who counts blindly is not led by the results either.
    await begun(cleo, scope="store", blind="yes")
    assert "Not shown while you count" in words(await cleo.get("/counts/results"))
    assert (await cleo.get(session.replace("/counts/", "/counts/results/"))).status_code == 404


async def test_a_colleague_joins_a_count_on_pages_and_its_result_names_both(another_browser: NewBrowser) -> None:
    ada, cleo = another_browser(), another_browser()
    await ada.sign_in("ada")
    await cleo.sign_in("cleo")
    session = await begun(ada, scope="store", blind="yes")
    assert "Counts of colleagues" not in words(await ada.get("/counts"))
    listed = await cleo.get("/counts")
    assert re.search("Counts of colleagues .* Ada Whole store · since .* · blind Join", words(listed))
    whole = session.rpartition("/")[2]
    fields = {"operation_id": fresh_id(listed), "joins": whole}
    joined = (await cleo.submit("/counts", **fields)).headers["location"]
    # Whoever helps with all of a store says where.
    assert "Which shelf?" in words(await cleo.get(joined))
    assert await counted(cleo, joined, SOAP, "2", "Z") == 303
    assert "S-002 2 " in words(await cleo.get(f"{joined}?shelf=Z"))
    assert "Counts of colleagues" not in words(await cleo.get("/counts"))
    assert "counted so far: 1 · blind · with colleagues" in words(await cleo.get("/counts"))
    assert (await cleo.submit(joined, operation_id=str(uuid4()), action="close")).status_code == 303
    assert "Ada, Cleo" in words(await cleo.get("/counts/results"))
    found = words(await cleo.get(f"/counts/results/{whole}"))
    assert "of 1 items" in found, found
    # What is over cannot be joined any more; it is said, and nothing else is lost.
    await ada.submit(session, operation_id=str(uuid4()), action="close")
    answer = await cleo.submit("/counts", operation_id=str(uuid4()), joins=whole)
    assert answer.status_code == 422
    assert "That count is over" in words(answer)
