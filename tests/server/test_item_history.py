"""The history of an item in a store: every movement with its cause, and on hand after it as the running sum."""

import csv
import random
import re
from itertools import accumulate, pairwise
from typing import Any
from urllib.parse import parse_qsl

from litestar import Litestar
from sqlalchemy import delete, insert, select

from server.clock import now_ms
from server.database import Database
from server.inbox.accept import Door
from server.ledger.history import Movement, Movements, every_movement, movements_page
from server.ledger.history_pages import ItemHistoryPage, item_history_page
from server.ledger.tables import balances, ledger, lots
from server.people.tables import people
from server.stores.facts import load_chain
from server.visits import begin_visit
from tests import shop
from tests.phones import Phone, on_hand
from tests.server.browsers import Browser
from tests.server.test_counts import file_of, sale
from tests.server.test_pages_over_http import words
from tests.shop import ADA, ANTWERP, BO, CLEO, DEV, FAY, GHENT, SOAP, TEA

MINUTE, DAY = 60_000, 86_400_000


async def page_for(database: Database, person: int, item: int, query: str = "") -> ItemHistoryPage:
    fields: dict[str, list[str]] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        fields.setdefault(name, []).append(text)
    async with database.reading() as connection:
        chain = await load_chain(connection)
        visit = await begin_visit(connection, chain, person, shop.NOW + 1000, lambda: "minted", fields)
        page = await item_history_page(visit, item)
    assert page is not None
    return page


async def a_day(door: Door) -> str:
    """Ghent's tea: lent by Antwerp, counted, sold, damaged; answers with the transfer."""
    ada, bo, cleo = Phone(door, ADA), Phone(door, BO), Phone(door, CLEO)

    async def did(phone: Phone, kind: str, minutes_ago: int, **args: Any) -> str:
        operation = phone.operation(kind, args, shop.NOW - minutes_ago * MINUTE)
        [verdict] = (await phone.send(operation)).verdicts
        assert verdict.result()["status"] == "applied"
        return operation.id

    wanted, given = [{"item": TEA, "quantity": 6}], [{"line": 1, "quantity": 6}]
    paper = await did(ada, "transfer.request", 60, **{"from": ANTWERP, "to": GHENT}, lines=wanted, note="")
    await did(bo, "transfer.approve", 59, transfer=paper, from_state="requested", lines=given)
    await did(bo, "transfer.dispatch", 58, transfer=paper, lines=given)
    await did(ada, "transfer.receive", 50, transfer=paper, lines=[{"line": 1, "received": 5, "damaged": 1}])
    await did(cleo, "stock.count", 10, store=GHENT, item=TEA, counted=9)
    await file_of(door, "stock.move", sale(-2), shop.NOW - 30 * MINUTE, CLEO)
    await file_of(door, "stock.move", sale(-3), shop.NOW + 500, CLEO)
    await did(ada, "stock.adjust", 0, store=GHENT, item=TEA, delta=-1, reason="damaged")
    return paper


def is_running(page: ItemHistoryPage, now: int) -> bool:
    """Every row's figure is the older one's and its own change, and the newest is on hand."""
    rows = page["rows"]
    return rows[0]["after"] == now and all(new["after"] - new["delta"] == old["after"] for new, old in pairwise(rows))


async def test_every_movement_stands_there_with_its_cause_and_ends_at_on_hand(door: Door, database: Database) -> None:
    transfer = await a_day(door)
    page = await page_for(database, ADA, TEA)
    assert is_running(page, await on_hand(database, GHENT, TEA))
    assert page["rows"][-1]["after"] == page["rows"][-1]["delta"] == 5
    told = {(row["kind"], row["delta"]): row for row in page["rows"]}
    assert {kind for kind, _delta in told} == {"opening", "receive", "damage", "count", "sale", "adjust"}
    arrival = told["receive", 6]
    assert (arrival["store_name"], arrival["transfer_id"], arrival["person_name"]) == ("Antwerp", transfer, "Ada")
    assert told["adjust", -1]["reason"] == "damaged"
    late = told["sale", -2]
    assert (late["known_at"], late["at"]) == (shop.NOW + 1000, shop.NOW - 30 * MINUTE)
    assert told["sale", -3]["known_at"] == 0
    # What the late sale took, the count of that moment gives back.
    counts = [row for row in page["rows"] if row["kind"] == "count"]
    assert [(row["delta"], row["counted"], row["belated"]) for row in counts] == [(2, 9, True), (-1, 9, False)]


async def test_a_reader_of_another_store_sees_nothing_of_it(door: Door, database: Database) -> None:
    await a_day(door)
    assert [row["kind"] for row in (await page_for(database, FAY, TEA))["rows"]] == ["opening"]
    lent = await page_for(database, BO, TEA)
    assert [(row["kind"], row["delta"]) for row in lent["rows"]] == [("dispatch", -6), ("opening", 40)]
    assert lent["rows"][0]["store_name"] == "根特"
    assert is_running(lent, 34)


async def test_kinds_and_days_choose_and_on_hand_stays_what_it_was(door: Door, database: Database) -> None:
    await a_day(door)
    every = {(row["at"], row["delta"]): row["after"] for row in (await page_for(database, ADA, TEA))["rows"]}
    seen: list[tuple[int, int]] = []
    for kind in ("adjust", "count", "transfer", "sale", "delivery", "other"):
        rows = (await page_for(database, ADA, TEA, f"kind={kind}"))["rows"]
        assert all(every[row["at"], row["delta"]] == row["after"] for row in rows), kind
        seen += [(row["at"], row["delta"]) for row in rows]
    assert sorted(seen) == sorted(every)
    # 1 790 000 000 s is the evening of 2026-09-21 in Brussels.
    assert len((await page_for(database, ADA, TEA, "from=2026-09-21&to=2026-09-21"))["rows"]) == len(every) - 1
    [opening] = (await page_for(database, ADA, TEA, "to=2026-09-20"))["rows"]
    assert (opening["kind"], opening["after"]) == ("opening", 5)
    assert (await page_for(database, ADA, TEA, "from=2026-09-22"))["rows"] == []
    assert len((await page_for(database, ADA, TEA, "kind=nonsense&after=x&before=1"))["rows"]) == len(every)


async def test_days_that_are_none_are_told_and_kept(door: Door, database: Database) -> None:
    for query, code in (("from=2026-02-30", "day_wrong"), ("to=x", "day_wrong"), ("from=9999-12-31", "day_wrong")):
        page = await page_for(database, ADA, TEA, query)
        assert page["problem"] == {"code": code, "params": {}}
        assert page["since"] + page["until"] == query.partition("=")[2]
    turned = await page_for(database, ADA, TEA, "from=2026-09-21&to=2026-09-20")
    assert (turned["problem"], turned["rows"]) == ({"code": "days_turned", "params": {}}, [])


async def booked(database: Database, number: int) -> list[Any]:
    """So many entries of soap in Ghent, many at the same moment, written past the door; newest first."""
    dice = random.Random(number)
    rows: list[dict[str, Any]] = [
        {
            "location_id": GHENT * 2,
            "item_id": SOAP,
            "lot": dice.choice(["", "A"]),
            "delta": dice.choice([-2, -1, 1, 3]),
            "kind": dice.choice(["sale", "delivery", "adjust"]),
            "reason": None,
            "operation_id": f"operation {i}",
            "line": 1,
            "effective_at": shop.NOW - dice.randrange(40) * MINUTE,
            "booked_at": shop.NOW,
            "person_id": ADA,
        }
        for i in range(number)
    ]
    async with database.writing() as connection:
        await connection.execute(insert(ledger), rows)
        held = {"on_hand": sum(row["delta"] for row in rows), "reserved": 0, "in_transit_in": 0, "in_transit_out": 0}
        here = balances.c.location_id == GHENT * 2, balances.c.item_id == SOAP
        await connection.execute(delete(balances).where(*here))
        await connection.execute(insert(balances).values(location_id=GHENT * 2, item_id=SOAP, lot="", **held))
        query = select(ledger.c.id, ledger.c.delta, ledger.c.kind).where(
            ledger.c.location_id == GHENT * 2, ledger.c.item_id == SOAP
        )
        order = ledger.c.effective_at.desc(), ledger.c.id.desc()
        return list(await connection.execute(query.order_by(*order)))


async def test_pages_neither_skip_nor_repeat_there_and_back(database: Database) -> None:
    await shop.open_shop(database)
    entries = await booked(database, 173)
    async with database.reading() as connection:
        for kind, kinds in (("", None), ("delivery", {"delivery"}), ("sale", {"sale", "return"})):
            asked = Movements(GHENT * 2, SOAP, kind)
            there: list[Movement] = []
            turned = await movements_page(connection, asked)
            while turned.older:
                there += turned.rows
                turned = await movements_page(connection, asked, after=turned.rows[-1].key)
            there += turned.rows
            assert [one.entry.id for one in there] == [one.id for one in entries if not kinds or one.kind in kinds]
            back = turned.rows
            while turned.newer:
                turned = await movements_page(connection, asked, before=turned.rows[0].key)
                back = turned.rows + back
            assert back == there
            oldest = entries[::-1]
            sums = accumulate(one.delta for one in oldest)
            after = dict(zip((one.id for one in oldest), sums, strict=True))
            assert all(one.after == after[one.entry.id] for one in there)


async def test_a_file_holds_the_same_as_the_pages(database: Database) -> None:
    await shop.open_shop(database)
    await booked(database, 120)
    for kind in ("", "sale"):
        asked = Movements(GHENT * 2, SOAP, kind, shop.NOW - 30 * MINUTE, shop.NOW)
        told = [one async for one in every_movement(database, asked)]
        async with database.reading() as connection:
            first = await movements_page(connection, asked)
            second = await movements_page(connection, asked, after=first.rows[-1].key) if first.older else None
        assert told == [*first.rows, *(second.rows if second else [])]


async def test_who_counts_blindly_is_shown_no_figure(app: Litestar, database: Database, browser: Browser) -> None:
    await browser.sign_in("dev")
    path = f"/items/{TEA}/history"
    assert "Opening stock" in words(await browser.get(path))
    dev, opening = Phone(app.state.door, DEV), {"store": GHENT, "scope": "store", "blind": True, "sealed": False}
    opened = (await dev.send(dev.operation("count.open", opening, now_ms()))).verdicts[0].result()
    assert opened["status"] == "applied"
    page = words(await browser.get(path))
    assert "Not shown while you count" in page
    assert "Opening stock" not in page
    file = await browser.get(f"{path}.csv")
    assert (file.status_code, file.headers["location"]) == (303, path)


async def test_a_spreadsheet_runs_nothing_out_of_the_file(app: Litestar, database: Database, browser: Browser) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(lots).values(item_id=TEA, code="=1+1"))
        await connection.execute(people.update().where(people.c.id == ADA).values(name="@SUM(A1)"))
    await browser.sign_in("ada")
    done = await Phone(app.state.door, ADA).do(
        "stock.adjust", store=GHENT, item=TEA, delta=-2, reason="damaged", lot="=1+1"
    )
    assert done["status"] == "applied", done
    page = await browser.get(f"/items/{TEA}/history?kind=adjust")
    [address] = re.findall(r'href="([^"]*\.csv[^"]*)"', page.text)
    answer = await browser.get(address)
    assert answer.headers["content-type"].startswith("text/csv")
    [head, line] = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    told = dict(zip(head, line, strict=True))
    assert (told["units"], told["on_hand"], told["lot"], told["person"]) == ("-2", "3", "'=1+1", "'@SUM(A1)")
    assert re.fullmatch(r"2026-\d\d-\d\dT\d\d:\d\d:\d\d\+0\d:00", told["at"])


async def test_every_cause_is_a_sentence_in_both_languages(app: Litestar, database: Database, browser: Browser) -> None:
    await a_day(app.state.door)
    await browser.sign_in("cleo")
    page = words(await browser.get(f"/items/{TEA}/history"))
    for sentence in (
        "Counted 9",
        "The count of 9 kept true after late news",
        "Arrived from Antwerp",
        "Arrived broken from Antwerp",
        "Adjustment · Damaged",
        "in the book since",
    ):
        assert sentence in page
    await browser.sign_in("bo")
    assert "发往根特" in words(await browser.get(f"/items/{TEA}/history"))
    assert (await browser.get("/items/77/history")).status_code == 404
    assert (await browser.get("/items/x/history")).status_code == 404
