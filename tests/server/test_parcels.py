"""Parcels of transfers: what their labels lead to, in whatever order it was told."""

from typing import Any

from sqlalchemy import update

from server.database import Database
from server.inbox.accept import Door
from server.transfers.doctor import parcels
from server.transfers.facts import load_transfers
from server.transfers.tables import transfer_events
from sync.parcels import parcels_of
from tests import shop
from tests.phones import Phone, on_hand
from tests.server.pages import Ask, open_hub
from tests.shop import ADA, ANTWERP, BO, GHENT, SOAP, TEA

FIRST_PARCEL, OTHER_PARCEL = "106141412345678908", "106141412345678915"


async def test_a_parcel_leads_to_its_transfer_and_says_what_it_holds(database: Database) -> None:
    async with open_hub(database) as hub:
        lines = [{"item": TEA, "quantity": 6}, {"item": SOAP, "quantity": 2}]
        request = await hub.does(ADA, "transfer.request", **{"from": ANTWERP}, to=GHENT, lines=lines)
        agreed = [{"line": 1, "quantity": 6}, {"line": 2, "quantity": 2}]
        await hub.does(BO, "transfer.approve", transfer=request, from_state="requested", lines=agreed)
        for sscc, quantity in ((FIRST_PARCEL, 4), (OTHER_PARCEL, 1)):
            sent = [{"line": 1, "quantity": quantity}]
            await hub.does(BO, "transfer.dispatch", transfer=request, lines=sent, parcel=sscc)
        came = [{"line": 1, "received": 3, "damaged": 1}]
        await hub.does(ADA, "transfer.receive", transfer=request, lines=came, parcel=FIRST_PARCEL)
        codes = ("00106141412345678915", "(00)106141412345678908", "106141412345678922")
        asks: list[Ask] = [("homePage", f"/?code={code}") for code in codes]
        asks += [("transferShowPage", f"/transfers/{request}{query}") for query in ("", "?parcel=106141412345678915")]
        pages = await hub.records(ADA, asks)
        assert await hub.phone_records(ADA, asks) == pages
        found, older, unknown, whole, parcel = (page or {} for page in pages)
        assert [page["outcome"] for page in (found, older, unknown)] == ["paper", "paper", "unknown"]
        assert (found["papers"][0]["id"], found["parcel"]) == (request, OTHER_PARCEL)
        assert [line["in_parcel"] for line in whole["lines"]] == [-1, -1]
        assert [line["in_parcel"] for line in parcel["lines"]] == [1, 0]
        assert [one["person_name"] for one in parcel["parcels"]] == ["Ada", ""]


async def test_parcels_are_told_in_whatever_order_they_came(door: Door, database: Database) -> None:
    ada, bo, cleo = Phone(door, shop.ADA), Phone(door, shop.BO), Phone(door, shop.CLEO)
    wanted = [{"item": shop.TEA, "quantity": 5}, {"item": shop.SOAP, "quantity": 1}]
    asked = await ada.do("transfer.request", **{"from": shop.ANTWERP}, to=shop.GHENT, lines=wanted)
    paper = asked["id"]
    agreed = [{"line": 1, "quantity": 5}, {"line": 2, "quantity": 1}]
    await bo.do("transfer.approve", transfer=paper, from_state="requested", lines=agreed)
    first = [{"line": 1, "quantity": 3}, {"line": 2, "quantity": 0}]
    second = [{"line": 1, "quantity": 2}, {"line": 2, "quantity": 1}]
    came = [{"line": 1, "received": 2, "damaged": 1}]
    early = await _moves(ada, "receive", paper, came, FIRST_PARCEL)
    assert (early["status"], early.get("review")) == ("applied", None)
    assert [one["sent_at"] for one in await _parcels(database, paper)] == [0]
    assert (await _moves(bo, "dispatch", paper, first, FIRST_PARCEL))["status"] == "applied"
    assert (await _moves(bo, "dispatch", paper, second, OTHER_PARCEL))["status"] == "applied"
    one, other = await _parcels(database, paper)
    assert (one["sscc"], one["person_name"], one["arrivals"], one["held"]) == (FIRST_PARCEL, "Ada", 1, first[:1])
    assert (other["sscc"], other["arrived_at"], other["held"]) == (OTHER_PARCEL, 0, second)
    again = await _moves(cleo, "receive", paper, came, FIRST_PARCEL)
    assert (again["status"], again["review"], again["code"]) == ("applied", True, "parcel_received_before")
    assert again["params"] == {"parcel": FIRST_PARCEL}
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5 + 2 + 2
    sent = await _moves(bo, "dispatch", paper, [{"line": 1, "quantity": 0}], OTHER_PARCEL)
    assert (sent["review"], sent["code"]) == (True, "parcel_sent_before")
    for wrong in (FIRST_PARCEL[:-1] + "0", "12", "(00)" + FIRST_PARCEL[:14]):
        refused = await _moves(ada, "receive", paper, came, wrong)
        assert (refused["status"], refused["code"]) == ("refused", "parcel_wrong")
    receipts = update(transfer_events).where(transfer_events.c.kind == "receive")
    async with database.writing() as connection:
        assert [finding async for finding in parcels(connection)] == []
        await connection.execute(receipts.values(parcel=None))
        assert {finding.check async for finding in parcels(connection)} == {"parcel"}
        await connection.execute(receipts.values(parcel=FIRST_PARCEL))


async def _moves(phone: Phone, step: str, paper: str, lines: list[dict[str, int]], parcel: str) -> dict[str, Any]:
    args = {"transfer": paper, "lines": lines, "parcel": parcel}
    answer = await phone.send(phone.operation(f"transfer.{step}", args, v=2))
    return answer.verdicts[0].result()


async def _parcels(database: Database, paper: str) -> list[dict[str, Any]]:
    async with database.reading() as connection:
        return parcels_of((await load_transfers(connection, [paper]))[paper])
