"""Transfers through the door: who may, who was first, and where the goods are."""

import asyncio
from typing import Any

from sqlalchemy import func, select, update

from server.database import Database
from server.devices.tables import devices
from server.inbox.accept import Door
from server.inbox.rows import rows_of
from server.ledger.tables import balances
from server.transfers.doctor import CHECKS
from server.transfers.facts import load_transfers, load_transfers_told
from server.transfers.pages import transfer_show_page
from sync.papers import timeline
from tests import shop
from tests.phones import Phone, on_hand
from tests.server.pages import open_hub

HOUR = 3_600_000


async def test_a_transfer_goes_its_whole_way_and_the_books_agree(door: Door, database: Database) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    asked = await ada.do(
        "transfer.request", **{"from": shop.ANTWERP}, to=shop.GHENT, lines=[{"item": shop.TEA, "quantity": 4}]
    )
    transfer = {"transfer": asked["id"]}
    approved = await bo.do("transfer.approve", **transfer, from_state="requested", lines=[{"line": 1, "quantity": 3}])
    assert set(approved["heads"]) == {"stock:2", "work:1", "work:2", "user:2"}
    await bo.do("transfer.dispatch", **transfer, lines=[{"line": 1, "quantity": 3}])
    await ada.do("transfer.receive", **transfer, lines=[{"line": 1, "received": 2, "damaged": 0}])
    async with database.reading() as connection:
        document = (await load_transfers(connection, [asked["id"]]))[asked["id"]]
    assert document["state"] == "short"
    assert [event["kind"] for event in document["events"]] == ["request", "approve", "dispatch", "receive"]
    closed = await bo.do("transfer.close", **transfer, from_state="short", reason="never arrived")
    assert closed["status"] == "applied"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 7
    assert await on_hand(database, shop.ANTWERP, shop.TEA) == 37


async def test_the_timeline_says_on_which_device_and_when_the_hub_heard_of_it(door: Door, database: Database) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    lines = [{"item": shop.TEA, "quantity": 4}]
    request = ada.operation(
        "transfer.request", {"from": shop.ANTWERP, "to": shop.GHENT, "lines": lines}, shop.NOW - HOUR
    )
    await ada.send(request)
    async with database.writing() as connection:
        await connection.execute(
            update(devices).where(devices.c.id == shop.device_of(shop.BO)).values(name="Back room")
        )
    await bo.do("transfer.reject", transfer=request.id, from_state="requested", reason="none left")
    async with database.reading() as connection:
        (row,) = (await rows_of(connection, f"work:{shop.GHENT}", [f"transfer:{request.id}"])).values()
        document = (await load_transfers_told(connection, [request.id]))[request.id]
    assert row == document
    asked, rejected = timeline(document, {}, ())
    assert asked["at"] == shop.NOW - HOUR
    assert asked["learned_at"] >= shop.NOW
    assert (rejected["device"], rejected["learned_at"]) == ("Back room", 0)


async def test_the_second_of_two_deciders_is_told_what_the_first_decided(door: Door) -> None:
    ada, bo, dev = Phone(door, shop.ADA), Phone(door, shop.BO), Phone(door, shop.DEV)
    asked = await ada.do(
        "transfer.request", **{"from": shop.ANTWERP}, to=shop.GHENT, lines=[{"item": shop.TEA, "quantity": 4}]
    )
    await bo.do("transfer.reject", transfer=asked["id"], from_state="requested", reason="none left")
    late = await dev.do(
        "transfer.approve", transfer=asked["id"], from_state="requested", lines=[{"line": 1, "quantity": 4}]
    )
    assert (late["status"], late["code"], late["now"]["state"], late["now"]["by"]) == (
        "refused",
        "state_changed",
        "rejected",
        "Bo",
    )


async def test_nobody_approves_their_own_request(door: Door) -> None:
    dev = Phone(door, shop.DEV)
    asked = await dev.do(
        "transfer.request", **{"from": shop.ANTWERP}, to=shop.GHENT, lines=[{"item": shop.TEA, "quantity": 1}]
    )
    own = await dev.do(
        "transfer.approve", transfer=asked["id"], from_state="requested", lines=[{"line": 1, "quantity": 1}]
    )
    assert (own["status"], own["code"]) == ("refused", "own_request")


async def test_a_store_that_has_too_much_proposes_to_send_it(door: Door, database: Database) -> None:
    dev, bo, ada = Phone(door, shop.DEV), Phone(door, shop.BO), Phone(door, shop.ADA)
    pushed = {"from": shop.ANTWERP, "to": shop.GHENT, "lines": [{"item": shop.TEA, "quantity": 4}], "push": True}
    stranger = await _proposes(ada, pushed)
    assert (stranger["status"], stranger["code"]) == ("refused", "not_allowed")
    own = {"from_state": "requested", "lines": [{"line": 1, "quantity": 4}]}
    proposed = await _proposes(bo, pushed)
    refused = await bo.do("transfer.approve", transfer=proposed["id"], **own)
    assert (refused["status"], refused["code"]) == ("refused", "own_request")
    asked = await _proposes(dev, pushed)
    transfer = {"transfer": asked["id"]}
    # Who would get it has not asked for it, and so takes nothing back.
    theirs = await ada.do("transfer.cancel", **transfer, from_state="requested")
    assert (theirs["status"], theirs["code"]) == ("refused", "not_allowed")
    await bo.do("transfer.approve", **transfer, **own)
    assert await _reserved(database) == 4
    await dev.do("transfer.dispatch", **transfer, lines=[{"line": 1, "quantity": 4}])
    await ada.do("transfer.receive", **transfer, lines=[{"line": 1, "received": 4, "damaged": 0}])
    assert await on_hand(database, shop.GHENT, shop.TEA) == 9
    cancelled = await bo.do("transfer.cancel", transfer=proposed["id"], from_state="requested")
    assert cancelled["status"] == "applied"
    async with database.reading() as connection:
        papers = await load_transfers(connection, [asked["id"], proposed["id"]])
        wrong = [finding for check in CHECKS async for finding in check(connection)]
    events = [(event["kind"], event["store"]) for event in papers[proposed["id"]]["events"]]
    assert events == [("push", shop.ANTWERP), ("cancel", shop.ANTWERP)]
    assert papers[asked["id"]]["state"] == "received"
    assert wrong == []


async def _proposes(phone: Phone, pushed: dict[str, Any]) -> dict[str, Any]:
    answer = await phone.send(phone.operation("transfer.request", pushed, v=2))
    return answer.verdicts[0].result()


async def test_an_approval_taken_back_frees_its_goods_once_and_can_be_given_again(
    door: Door, database: Database
) -> None:
    ada, bo, dev, cleo = (Phone(door, who) for who in (shop.ADA, shop.BO, shop.DEV, shop.CLEO))
    asked = await ada.do(
        "transfer.request", **{"from": shop.ANTWERP}, to=shop.GHENT, lines=[{"item": shop.TEA, "quantity": 4}]
    )
    transfer = {"transfer": asked["id"]}
    back = {**transfer, "from_state": "approved", "reason": "needed here"}
    early = await bo.do("transfer.unapprove", **back)
    assert (early["status"], early["code"]) == ("refused", "state_changed")
    given = {**transfer, "from_state": "requested"}
    await bo.do("transfer.approve", **given, lines=[{"line": 1, "quantity": 3}])
    stranger = await cleo.do("transfer.unapprove", **back)
    assert (stranger["status"], stranger["code"]) == ("refused", "not_allowed")
    first, second = await asyncio.gather(bo.do("transfer.unapprove", **back), dev.do("transfer.unapprove", **back))
    assert sorted((first["status"], second["status"])) == ["applied", "refused"]
    loser = first if first["status"] == "refused" else second
    assert (loser["code"], loser["now"]["state"]) == ("state_changed", "requested")
    assert await _reserved(database) == 0
    await dev.do("transfer.approve", **given, lines=[{"line": 1, "quantity": 2}])
    assert await _reserved(database) == 2
    async with database.reading() as connection:
        document = (await load_transfers(connection, [asked["id"]]))[asked["id"]]
        wrong = [finding for check in CHECKS async for finding in check(connection)]
    kinds = [event["kind"] for event in document["events"]]
    assert (document["state"], sorted(kinds)) == ("approved", ["approve", "approve", "request", "unapprove"])
    assert wrong == []


async def test_goods_that_left_before_an_approval_was_taken_back_are_an_exception(
    door: Door, database: Database
) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    asked = await ada.do(
        "transfer.request", **{"from": shop.ANTWERP}, to=shop.GHENT, lines=[{"item": shop.TEA, "quantity": 4}]
    )
    transfer, lines = {"transfer": asked["id"]}, [{"line": 1, "quantity": 4}]
    await bo.do("transfer.approve", **transfer, from_state="requested", lines=lines)
    await bo.do("transfer.unapprove", **transfer, from_state="approved", reason="needed here")
    late = await bo.do("transfer.dispatch", **transfer, lines=lines)
    assert (late["status"], late["review"], late["params"]) == ("applied", True, {"state": "requested"})
    again = await bo.do("transfer.approve", **transfer, from_state="requested", lines=lines)
    assert (again["code"], again["now"]["state"]) == ("state_changed", "exception")
    assert await on_hand(database, shop.ANTWERP, shop.TEA) == 36


async def test_goods_that_leave_after_a_cancel_are_booked_as_an_exception(door: Door, database: Database) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    asked = await ada.do(
        "transfer.request", **{"from": shop.ANTWERP}, to=shop.GHENT, lines=[{"item": shop.TEA, "quantity": 4}]
    )
    await ada.do("transfer.cancel", transfer=asked["id"], from_state="requested")
    sent = await bo.do("transfer.dispatch", transfer=asked["id"], lines=[{"line": 1, "quantity": 4}])
    assert (sent["status"], sent["review"], sent["code"]) == ("applied", True, "after_end")
    async with database.reading() as connection:
        document = (await load_transfers(connection, [asked["id"]]))[asked["id"]]
    assert document["state"] == "exception"
    assert await on_hand(database, shop.ANTWERP, shop.TEA) == 36


async def test_what_came_back_is_on_the_shelf_and_what_turns_up_later_was_not_lost(
    door: Door, database: Database
) -> None:
    ada, bo, cleo = (Phone(door, who) for who in (shop.ADA, shop.BO, shop.CLEO))
    wanted = [{"item": shop.TEA, "quantity": 6}, {"item": shop.SOAP, "quantity": 2}]
    asked = await ada.do("transfer.request", **{"from": shop.ANTWERP}, to=shop.GHENT, lines=wanted)
    transfer = {"transfer": asked["id"]}
    sent = [{"line": 1, "quantity": 6}, {"line": 2, "quantity": 2}]
    await bo.do("transfer.approve", **transfer, from_state="requested", lines=sent)
    await bo.do("transfer.dispatch", **transfer, lines=sent)
    await ada.do("transfer.receive", **transfer, lines=[{"line": 1, "received": 1, "damaged": 0}])
    closing = {**transfer, "from_state": "short", "reason": "the van came back"}
    stranger = await _closes(cleo, {**closing, "returned": [{"line": 1, "quantity": 1}]})
    assert (stranger["status"], stranger["code"]) == ("refused", "not_allowed")
    many = await _closes(bo, {**closing, "returned": [{"line": 1, "quantity": 6}]})
    assert (many["code"], many["params"]) == ("more_than_on_road", {"on_road": 5})
    assert (await _closes(bo, {**closing, "returned": [{"line": 1, "quantity": 3}]}))["status"] == "applied"
    assert await on_hand(database, shop.ANTWERP, shop.TEA) == 40 - 6 + 3
    assert await on_hand(database, shop.ANTWERP, shop.SOAP) == 98
    found = await ada.do("transfer.receive", **transfer, lines=[{"line": 2, "received": 1, "damaged": 1}])
    assert (found["status"], found["review"], found["code"]) == ("applied", True, "after_end")
    assert await on_hand(database, shop.GHENT, shop.SOAP) == 1
    async with database.reading() as connection:
        document = (await load_transfers(connection, [asked["id"]]))[asked["id"]]
        wrong = [finding for check in CHECKS async for finding in check(connection)]
    assert document["state"] == "closed"
    assert [(line["returned"], line["lost"]) for line in document["lines"]] == [(3, 2), (0, 0)]
    assert wrong == []
    over = await ada.do("transfer.receive", **transfer, lines=[{"line": 1, "received": 3, "damaged": 0}])
    assert over["status"] == "applied"
    async with database.reading() as connection:
        document = (await load_transfers(connection, [asked["id"]]))[asked["id"]]
        wrong = [finding for check in CHECKS async for finding in check(connection)]
    assert (document["state"], document["lines"][0]["lost"], wrong) == ("exception", 0, [])


async def test_who_receives_blindly_is_not_told_what_was_announced(database: Database) -> None:
    async with open_hub(database) as hub:
        lines = [{"item": shop.TEA, "quantity": 4}]
        paper = await hub.does(shop.ADA, "transfer.request", **{"from": shop.ANTWERP, "to": shop.GHENT}, lines=lines)
        given = [{"line": 1, "quantity": 4}]
        await hub.does(shop.BO, "transfer.approve", transfer=paper, from_state="requested", lines=given)
        await hub.does(shop.BO, "transfer.dispatch", transfer=paper, lines=given)
        await hub.does(shop.EVE, "policy.save", name="blind_receipts", value="yes", was="no")
        pages = {}
        for person in (shop.ADA, shop.BO):
            async with hub.visit(person) as visit:
                pages[person] = await transfer_show_page(visit, paper)
        blind, open_ = pages[shop.ADA], pages[shop.BO]
        assert blind
        assert open_
        line = blind["lines"][0]
        assert (blind["step"], [line["requested"], line["approved"], line["dispatched"]]) == ("receive", [-1, -1, -1])
        assert (open_["blind"], open_["lines"][0]["dispatched"]) == (False, 4)
        await hub.does(shop.ADA, "transfer.receive", transfer=paper, lines=[{"line": 1, "received": 4, "damaged": 0}])
        async with hub.visit(shop.ADA) as visit:
            after = await transfer_show_page(visit, paper)
        assert after
        assert (after["blind"], after["lines"][0]["dispatched"]) == (False, 4)


async def _closes(phone: Phone, closing: dict[str, Any]) -> dict[str, Any]:
    answer = await phone.send(phone.operation("transfer.close", closing, v=2))
    return answer.verdicts[0].result()


async def test_two_people_receive_two_parcels_whatever_the_state_they_saw(door: Door, database: Database) -> None:
    ada, bo, cleo = Phone(door, shop.ADA), Phone(door, shop.BO), Phone(door, shop.CLEO)
    asked = await ada.do(
        "transfer.request", **{"from": shop.ANTWERP}, to=shop.GHENT, lines=[{"item": shop.TEA, "quantity": 4}]
    )
    transfer = {"transfer": asked["id"]}
    await bo.do("transfer.approve", **transfer, from_state="requested", lines=[{"line": 1, "quantity": 4}])
    parcel = {**transfer, "lines": [{"line": 1, "received": 2, "damaged": 0}]}
    # The first parcel is opened before anybody has told that it left.
    early = await ada.do("transfer.receive", **parcel)
    await bo.do("transfer.dispatch", **transfer, lines=[{"line": 1, "quantity": 4}])
    late = await cleo.do("transfer.receive", **parcel)
    assert (early["status"], late["status"]) == ("applied", "applied")
    assert await on_hand(database, shop.GHENT, shop.TEA) == 9
    assert await on_hand(database, shop.ANTWERP, shop.TEA) == 36


async def test_two_hundred_at_once_who_want_one_of_a_hundred_get_exactly_a_hundred(
    door: Door, database: Database
) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    lines = [{"item": shop.SOAP, "quantity": 1}]
    asked = [
        ada.operation("transfer.request", {"from": shop.ANTWERP, "to": shop.GHENT, "lines": lines}) for _ in range(200)
    ]
    await ada.send(*asked)
    phones = [Phone(door, shop.BO) for _ in range(200)]
    taken = [{"line": 1, "quantity": 1}]
    results = await asyncio.gather(
        *(
            phone.do("transfer.approve", transfer=op.id, from_state="requested", lines=taken)
            for phone, op in zip(phones, asked, strict=True)
        )
    )
    assert bo.person == shop.BO
    assert [result["status"] for result in results].count("applied") == 100
    assert {result["code"] for result in results if result["status"] == "refused"} == {"not_enough_available"}


async def _reserved(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.sum(balances.c.reserved))) or 0)
