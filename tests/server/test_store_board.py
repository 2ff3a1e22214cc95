"""A store at a glance: figures of thirty days that anybody can check against the book, found along indexes."""

from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import event

from server.dashboard.board_pages import StoreBoardPage, store_board_page
from server.database import Database
from server.ledger.history_pages import item_history_page
from sync.papers import DAY_MS
from tests.server.browsers import Browser
from tests.server.pages import Hub, open_hub
from tests.server.test_counts import file_of, sale
from tests.server.test_pages_over_http import words
from tests.shop import ADA, ANTWERP, BO, CHEESE, CLEO, DEV, FAY, GHENT, LEIDEN, SOAP, TEA

MINUTE = 60_000


async def board(hub: Hub, person: int) -> StoreBoardPage:
    async with hub.visit(person) as visit:
        page = await store_board_page(visit)
    assert page is not None
    return page


async def lent(hub: Hub, quantity: int) -> str:
    """A transfer of tea from Antwerp that has left for Ghent."""
    wanted, given = [{"item": TEA, "quantity": quantity}], [{"line": 1, "quantity": quantity}]
    paper = await hub.does(ADA, "transfer.request", **{"from": ANTWERP, "to": GHENT}, lines=wanted, note="")
    await hub.does(BO, "transfer.approve", transfer=paper, from_state="requested", lines=given)
    await hub.does(BO, "transfer.dispatch", transfer=paper, lines=given)
    return paper


async def test_a_count_is_right_where_later_news_explains_it(database: Database) -> None:
    async with open_hub(database) as hub:
        hub.clock.now += DAY_MS
        await hub.does(CLEO, "stock.count", store=GHENT, item=SOAP, counted=0)
        await hub.does(CLEO, "stock.count", store=GHENT, item=CHEESE, counted=2498)
        await hub.does(CLEO, "stock.count", store=GHENT, item=TEA, counted=4)
        wrong = (await board(hub, ADA))["accuracy"]
        assert (wrong["counts"], wrong["exact"], wrong["share"]) == (3, 1, "33.3")
        # The till tells of a sale before the count: the book was right, it only did not know yet.
        await file_of(hub.door, "stock.move", sale(-1), hub.clock.now - 30 * MINUTE, CLEO)
        right = (await board(hub, ADA))["accuracy"]
        assert (right["counts"], right["exact"], right["share"]) == (3, 2, "66.6")
        assert [(one["unit"], one["counts"], one["off"], one["units"]) for one in right["units"]] == [
            ("each", 2, 0, 4),
            ("g", 1, 2, 2498),
        ]
        hub.clock.now += 31 * DAY_MS
        assert (await board(hub, ADA))["accuracy"]["counts"] == 0


async def test_what_is_on_the_road_too_long_is_late_until_all_of_it_came(database: Database) -> None:
    async with open_hub(database) as hub:
        paper = await lent(hub, 6)
        await hub.does(ADA, "transfer.request", **{"from": LEIDEN, "to": GHENT}, lines=[{"item": TEA, "quantity": 1}])
        page = await board(hub, ADA)
        assert [(one["number"], one["late"]) for one in page["late"]["ages"]] == [
            (1, False),
            (0, False),
            (0, True),
            (0, True),
        ]
        open_here = {one["state"]: (one["coming"], one["leaving"]) for one in page["states"]}
        assert (open_here["requested"], open_here["dispatched"]) == ((1, 0), (1, 0))
        hub.clock.now += 3 * DAY_MS
        late = (await board(hub, ADA))["late"]
        assert late["number"] == 1
        assert [(one["id"], one["store_name"], one["days"]) for one in late["rows"]] == [(paper, "Antwerp", 3)]
        await hub.does(ADA, "transfer.receive", transfer=paper, lines=[{"line": 1, "received": 4, "damaged": 0}])
        assert (await board(hub, ADA))["late"]["number"] == 1
        await hub.does(ADA, "transfer.receive", transfer=paper, lines=[{"line": 1, "received": 2, "damaged": 0}])
        assert (await board(hub, ADA))["late"]["number"] == 0
        sent = {one["state"]: one["leaving"] for one in (await board(hub, BO))["states"]}
        assert set(sent.values()) == {0}


async def test_only_what_is_carried_and_moved_lately_is_out_of_stock(database: Database) -> None:
    async with open_hub(database) as hub:
        assert (await board(hub, ADA))["out"]["total"] == 0
        await hub.does(ADA, "stock.adjust", store=GHENT, item=TEA, delta=-5, reason="damaged")
        await hub.does(ADA, "stock.adjust", store=GHENT, item=SOAP, delta=-1, reason="theft")
        await hub.does(ADA, "stock.adjust", store=GHENT, item=CHEESE, delta=-10, reason="theft")
        await hub.does(ADA, "stock.adjust", store=GHENT, item=CHEESE, delta=20, reason="found")
        page = await board(hub, ADA)
        out = page["out"]
        assert (out["total"], out["none"], out["below"]) == (2, 1, 1)
        assert [(row["id"], row["on_hand"]) for row in out["rows"]] == [(SOAP, -1), (TEA, 0)]
        told = {row["reason"]: (row["times"], row["pieces_out"], row["pieces_in"]) for row in page["reasons"]}
        # Grams are no pieces.
        assert told == {"theft": (2, 1, 0), "damaged": (1, 5, 0), "found": (1, 0, 0)}
        elsewhere = await board(hub, FAY)
        assert (elsewhere["out"]["total"], elsewhere["reasons"]) == (0, [])
        hub.clock.now += 31 * DAY_MS
        assert (await board(hub, ADA))["out"]["total"] == 0


async def test_who_counts_blindly_is_shown_no_figure_of_the_store(database: Database) -> None:
    async with open_hub(database) as hub:
        await hub.does(ADA, "stock.adjust", store=GHENT, item=TEA, delta=-5, reason="damaged")
        await hub.does(DEV, "count.open", store=GHENT, scope="store", blind=True, sealed=False)
        page = await board(hub, DEV)
        assert page["blind"]
        assert (page["out"]["total"], page["reasons"], page["accuracy"]["counts"]) == (0, [], 0)
        assert not (await board(hub, ADA))["blind"]


async def test_everybody_reads_the_store_in_their_language(app: Litestar, browser: Browser) -> None:
    for username, title in (("fay", "The store at a glance"), ("bo", "门店概况"), ("eve", "The store at a glance")):
        await browser.sign_in(username)
        answer = await browser.get("/store")
        assert answer.status_code == 200
        assert title in words(answer)
        assert 'href="/store"' in (await browser.get("/me")).text


# On tables this small PostgreSQL rightly uses no index.
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("page", ["board", "history"])
async def test_no_book_is_read_from_end_to_end(database: Database, page: str) -> None:
    asked: list[tuple[str, Any]] = []

    def heard(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    async with open_hub(database) as hub, hub.visit(ADA, "/?kind=sale&after=5000000000000-9") as visit:
        event.listen(visit.connection.sync_connection, "before_cursor_execute", heard)
        await (store_board_page(visit) if page == "board" else item_history_page(visit, TEA))
        event.remove(visit.connection.sync_connection, "before_cursor_execute", heard)
        plans = []
        for statement, parameters in asked:
            rows = await visit.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans += [str(row.detail) for row in rows]
    books = ("ledger", "moved", "anchors", "balances", "transfers", "transfer_events", "outcomes")
    assert [plan for plan in plans if plan.startswith("SCAN") and plan.split()[1] in books] == []
    if page == "board":
        assert any("ix_ledger_told_by_people" in plan for plan in plans)
        assert any("ix_anchors_location_id" in plan for plan in plans)
    else:
        assert any("COVERING INDEX ix_ledger_item_location" in plan for plan in plans)
