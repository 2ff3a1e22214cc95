"""Blocked lots, and which lot goes first: nobody is promised or led to goods that may not be sold."""

import re

from sqlalchemy import update

from server.database import Database
from server.ledger.doctor import examine
from server.lots.tables import blocked_lots
from tests.server.browsers import Browser
from tests.server.lots_told import card, found, in_days, listed, worklist
from tests.server.pages import Ask, open_hub, who
from tests.shop import ADA, ANTWERP, BO, CLEO, EVE, GHENT, SOAP, TEA


async def test_a_blocked_lot_is_promised_by_nobody_in_the_whole_chain(database: Database) -> None:
    async with open_hub(database) as hub:
        for person, store in ((ADA, GHENT), (BO, ANTWERP)):
            await found(hub, person, store, 4, "L1", "2027-12-01")
        before = (await card(hub, ADA))["card"]["available"]
        said = await hub.result_of(CLEO, "lot.block", item=TEA, lot="L1", reason="recall")
        again = await hub.result_of(BO, "lot.block", item=TEA, lot="L1", reason="me too")
        assert (said["status"], again["status"]) == ("applied", "applied")
        page = await card(hub, ADA)
        assert page["card"]["available"] == before - 4
        assert [(one["lot"], one["reason"], one["name"]) for one in page["blocked"]] == [("L1", "recall", "Cleo")]
        assert [(row["lot"], row["state"]) for row in page["lots"]] == [("L1", "blocked")]
        assert listed(await worklist(hub, BO)) == [("blocked", "L1", 4)]
        assert await examine(database) == []
        await hub.does(BO, "lot.unblock", item=TEA, lot="L1")
        page = await card(hub, ADA)
        assert (page["card"]["available"], page["blocked"]) == (before, [])
        assert await examine(database) == []


async def test_only_a_manager_blocks_a_lot(database: Database) -> None:
    async with open_hub(database) as hub:
        for kind, more in (("lot.block", {"reason": "recall"}), ("lot.unblock", {})):
            answer = await hub.result_of(ADA, kind, item=TEA, lot="L1", **more)
            assert (answer["status"], answer["code"]) == ("refused", "not_allowed")
        answer = await hub.result_of(EVE, "lot.block", item=TEA, lot="L1", reason="recall")
        assert answer["status"] == "applied"
        answer = await hub.result_of(CLEO, "lot.block", item=99, lot="L1", reason="recall")
        assert (answer["status"], answer["code"]) == ("refused", "item_unknown")


async def test_what_is_blocked_cannot_be_approved_and_what_left_of_it_is_looked_at(database: Database) -> None:
    async with open_hub(database) as hub:
        async with hub.visit(BO) as visit:
            here = (await visit.stock([ANTWERP], [SOAP])).of(ANTWERP, SOAP)["on_hand"]
        await found(hub, BO, ANTWERP, 4, "L1", None, SOAP)
        lines = [{"item": SOAP, "quantity": here + 4}]
        paper = await hub.does(ADA, "transfer.request", **{"from": ANTWERP}, to=GHENT, lines=lines)
        approval = {"transfer": paper, "from_state": "requested"}
        await hub.does(CLEO, "lot.block", item=SOAP, lot="L1", reason="recall")
        answer = await hub.result_of(BO, "transfer.approve", **approval, lines=[{"line": 1, "quantity": here + 1}])
        assert (answer["code"], answer["params"]["available"]) == ("not_enough_available", here)
        answer = await hub.result_of(BO, "transfer.approve", **approval, lines=[{"line": 1, "quantity": here}])
        assert answer["status"] == "applied"
        fine = await hub.result_of(BO, "transfer.dispatch", transfer=paper, lines=[{"line": 1, "quantity": here - 1}])
        assert (fine["status"], fine.get("review")) == ("applied", None)
        await hub.does(BO, "stock.adjust", store=ANTWERP, item=SOAP, delta=-1, reason="damaged")
        answer = await hub.result_of(BO, "transfer.dispatch", transfer=paper, lines=[{"line": 1, "quantity": 1}])
        assert (answer["status"], answer["review"], answer["code"]) == ("applied", True, "lot_blocked")
        sold = {"store": GHENT, "kind": "sale", "lines": [{"item": SOAP, "delta": -1, "lot": "L1"}]}
        [answer] = [await hub.door.submit(who(CLEO), "00000000-0000-4000-8000-00000000beef", "stock.move", sold)]
        assert (answer["status"], answer["review"], answer["code"]) == ("applied", True, "lot_blocked")
        assert await examine(database) == []


async def test_a_scan_says_what_stands_against_these_very_goods(database: Database) -> None:
    async with open_hub(database) as hub:
        await found(hub, ADA, GHENT, 2, "early", in_days(20))
        await found(hub, ADA, GHENT, 2, "late", in_days(40))
        late = "(01)00400000000015(10)late"
        assert (await card(hub, ADA, code=late))["first"]["lot"] == "early"
        assert (await card(hub, ADA, code=late.replace("late", "early")))["first"] is None
        assert (await card(hub, ADA, code="(01)00400000000015(17)400101(10)new"))["first"]["lot"] == "early"
        await hub.does(CLEO, "lot.block", item=TEA, lot="early", reason="recall")
        page = await card(hub, ADA, code=late)
        assert (page["first"], page["stop"]) == (None, None)
        assert (await card(hub, ADA, code=late.replace("late", "early")))["stop"]["reason"] == "recall"


async def test_whoever_packs_is_told_which_lots_go_first(database: Database) -> None:
    async with open_hub(database) as hub:
        for lot, days in (("late", 40), ("over", -1), ("early", 20), ("stopped", 10)):
            await found(hub, BO, ANTWERP, 2, lot, in_days(days), SOAP)
        await hub.does(CLEO, "lot.block", item=SOAP, lot="stopped", reason="recall")
        lines = [{"item": SOAP, "quantity": 3}]
        paper = await hub.does(ADA, "transfer.request", **{"from": ANTWERP}, to=GHENT, lines=lines)
        agreed = [{"line": 1, "quantity": 3}]
        await hub.does(BO, "transfer.approve", transfer=paper, from_state="requested", lines=agreed)
        asks: list[Ask] = [("transferShowPage", f"/transfers/{paper}")]
        for person, takes in ((BO, [("early", 2), ("late", 1)]), (ADA, [])):
            [page] = await hub.records(person, asks)
            assert page is not None
            assert [(one["lot"], one["units"]) for one in page["lines"][0]["take"]] == takes
            assert await hub.phone_records(person, asks) == [page]


async def test_the_doctor_finds_a_block_that_nobody_said(database: Database) -> None:
    async with open_hub(database) as hub:
        await hub.does(CLEO, "lot.block", item=TEA, lot="L1", reason="recall")
        async with database.writing() as connection:
            await connection.execute(update(blocked_lots).values(reason="something else"))
        assert [finding.check for finding in await examine(database)] == ["lot"]


async def test_a_manager_blocks_a_lot_on_the_page_of_its_item(browser: Browser) -> None:
    await browser.sign_in("cleo")
    ids = re.findall(r'name="operation_id" value="([0-9a-f-]{36})"', (await browser.get(f"/items/{TEA}")).text)
    wrong = await browser.submit(f"/items/{TEA}", operation_id=ids[0], block="yes", lot="L-7", reason="")
    assert wrong.status_code == 422
    await browser.submit(f"/items/{TEA}", operation_id=ids[0], block="yes", lot="L-7", reason="recall")
    scanned = await browser.get("/?code=(01)00400000000015(10)L-7")
    assert "Lot L-7 is blocked: recall. Keep it from sale." in scanned.text
    await browser.submit(f"/items/{TEA}", operation_id=ids[1], block="no", lot="L-7")
    assert "is blocked" not in (await browser.get("/?code=(01)00400000000015(10)L-7")).text
