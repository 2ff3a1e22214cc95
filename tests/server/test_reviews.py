"""Reviews through the door, on both databases: settled once, by somebody else, with effect at their own moment."""

from typing import Any

import pytest
from sqlalchemy import select

from server.database import Database
from server.inbox.accept import Door
from server.inbox.messages import Operation
from server.inbox.rows import rows_of
from server.ledger.doctor import examine
from server.ledger.tables import ledger
from tests import shop
from tests.phones import Phone, on_hand
from tests.server.test_pull import Reader

MINUTE = 60_000


def adjust(delta: int, item: int = shop.TEA, store: int = shop.GHENT) -> dict[str, Any]:
    return {"store": store, "item": item, "delta": delta, "reason": "other"}


async def held_back(ada: Phone, delta: int = 50, at: int = shop.NOW - 5 * MINUTE) -> str:
    """The id of an adjustment beyond Ada's limit."""
    op = ada.operation("stock.adjust", adjust(delta), at)
    result = (await ada.send(op)).verdicts[0].result()
    assert (result["status"], result["code"]) == ("review", "above_limit")
    return op.id


async def test_an_accepted_adjustment_has_effect_under_its_own_id_at_its_own_moment(
    door: Door, database: Database
) -> None:
    ada, cleo = Phone(door, shop.ADA), Phone(door, shop.CLEO)
    about = await held_back(ada)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5
    assert (await cleo.do("review.settle", operation=about, accept=True))["status"] == "applied"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 55
    async with database.reading() as connection:
        [entry] = (await connection.execute(select(ledger).where(ledger.c.operation_id == about))).all()
    assert (entry.delta, entry.person_id, entry.effective_at) == (50, shop.ADA, shop.NOW - 5 * MINUTE)
    assert await examine(database) == []


async def test_what_was_declined_has_no_effect_and_its_author_hears_who_said_so(door: Door, database: Database) -> None:
    ada, cleo = Phone(door, shop.ADA), Phone(door, shop.CLEO)
    about = await held_back(ada)
    await cleo.do("review.settle", operation=about, accept=False, note="counted again")
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5
    phone = Reader(database, shop.ADA)
    await phone.pull()
    told = phone.rows["user:1"][f"outcome:{about}"][1]
    assert told["status"] == "review"
    assert told["settled"] == {"accepted": False, "by": "Cleo", "at": shop.NOW, "note": "counted again"}
    assert await examine(database) == []


async def test_the_second_to_settle_hears_who_was_first(door: Door, database: Database) -> None:
    about = await held_back(Phone(door, shop.ADA))
    await Phone(door, shop.CLEO).do("review.settle", operation=about, accept=True)
    second = await Phone(door, shop.DEV).do("review.settle", operation=about, accept=False)
    assert (second["status"], second["code"]) == ("refused", "review_settled")
    assert second["now"] == {"accepted": True, "by": "Cleo", "at": shop.NOW}
    assert await on_hand(database, shop.GHENT, shop.TEA) == 55
    assert await examine(database) == []


async def test_nobody_settles_their_own_work_nor_that_of_another_store(door: Door) -> None:
    cleo = Phone(door, shop.CLEO)
    result = await cleo.do("stock.adjust", **adjust(900))
    own = await cleo.do("review.settle", operation=result["id"], accept=True)
    assert (own["status"], own["code"]) == ("refused", "own_work")
    for person in (shop.BO, shop.ADA, shop.EVE):
        other = await Phone(door, person).do("review.settle", operation=result["id"], accept=True)
        assert (other["status"], other["code"]) == ("refused", "not_allowed")
    assert (await Phone(door, shop.DEV).do("review.settle", operation=result["id"], accept=True))["status"] == "applied"
    unknown = await cleo.do("review.settle", operation="00000000-0000-4000-8000-000000000000", accept=True)
    assert unknown["code"] == "review_unknown"


async def test_what_nobody_signed_waits_in_the_store_it_names(door: Door, database: Database) -> None:
    ada, cleo = Phone(door, shop.ADA), Phone(door, shop.CLEO)
    op = forged(ada.operation("stock.adjust", adjust(-2)))
    assert (await ada.send(op)).verdicts[0].result()["code"] == "signature_invalid"
    phone = Reader(database, shop.CLEO)
    await phone.pull()
    row = phone.rows["reviews:1"][f"review:{op.id}"][1]
    assert (row["signed"], row["name"], row["units_then"]) == (False, "Ada", 5)
    # She says it is hers; that is no reason to let her say that it counts.
    assert (await ada.do("review.settle", operation=op.id, accept=True))["code"] == "not_allowed"
    await cleo.do("review.settle", operation=op.id, accept=True)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 3
    assert await examine(database) == []


def forged(op: Operation) -> Operation:
    return Operation(op.n, op.id, op.kind, op.v, op.args, op.at, op.mono, op.offset, op.by, "A" * 44)


async def test_a_wish_that_nobody_signed_is_put_away_and_never_granted(door: Door, database: Database) -> None:
    ada, eve = Phone(door, shop.ADA), Phone(door, shop.EVE)
    op = forged(ada.operation("person.prefer", {"locale": "zh"}))
    await ada.send(op)
    phone = Reader(database, shop.EVE)
    await phone.pull()
    assert set(phone.rows["reviews:0"]) == {f"review:{op.id}"}
    assert (await eve.do("review.settle", operation=op.id, accept=True))["code"] == "review_no_fact"
    assert (await eve.do("review.settle", operation=op.id, accept=False))["status"] == "applied"
    await phone.pull()
    assert phone.rows["reviews:0"] == {}
    assert await examine(database) == []


async def test_what_was_booked_with_a_question_mark_is_seen_and_stays(door: Door, database: Database) -> None:
    ada, cleo = Phone(door, shop.ADA), Phone(door, shop.CLEO)
    result = await ada.do("stock.adjust", **adjust(3, shop.LAMP))
    assert (result["status"], result["review"], result["code"]) == ("applied", True, "item_archived")
    declined = await cleo.do("review.settle", operation=result["id"], accept=False)
    assert declined["code"] == "review_has_effect"
    await cleo.do("review.settle", operation=result["id"], accept=True)
    assert await on_hand(database, shop.GHENT, shop.LAMP) == 3
    assert await examine(database) == []


async def test_an_accepted_dispatch_of_somebody_without_the_right_moves_the_goods(
    door: Door, database: Database
) -> None:
    ada, bo, dev = Phone(door, shop.ADA), Phone(door, shop.BO), Phone(door, shop.DEV)
    ask = {"from": shop.ANTWERP, "to": shop.GHENT, "lines": [{"item": shop.TEA, "quantity": 5}]}
    paper = (await ada.do("transfer.request", **ask))["id"]
    lines = [{"line": 1, "quantity": 5}]
    await bo.do("transfer.approve", transfer=paper, from_state="requested", lines=lines)
    sent = await ada.do("transfer.dispatch", transfer=paper, lines=lines)
    assert (sent["status"], sent["code"]) == ("review", "not_allowed")
    async with database.reading() as connection:
        assert set(await rows_of(connection, "reviews:2", [f"review:{sent['id']}"])) == {f"review:{sent['id']}"}
    assert (await dev.do("review.settle", operation=sent["id"], accept=True))["status"] == "applied"
    assert await on_hand(database, shop.ANTWERP, shop.TEA) == 35
    assert await examine(database) == []


@pytest.mark.parametrize("accept", [True, False])
async def test_settling_sent_twice_is_booked_once_and_the_work_itself_is_answered_as_before(
    door: Door, database: Database, accept: bool
) -> None:
    ada, cleo = Phone(door, shop.ADA), Phone(door, shop.CLEO)
    op = ada.operation("stock.adjust", adjust(50))
    first = (await ada.send(op)).verdicts[0].result()
    settle = cleo.operation("review.settle", {"operation": op.id, "accept": accept})
    results = [(await cleo.send(settle)).verdicts[0].result() for _ in range(2)]
    assert results[0] == results[1]
    assert (await ada.send(op)).verdicts[0].result() == first
    assert await on_hand(database, shop.GHENT, shop.TEA) == (55 if accept else 5)
    assert await examine(database) == []


async def test_an_accepted_count_stands_at_its_moment_and_later_work_adds_up_from_it(
    door: Door, database: Database
) -> None:
    ada, cleo = Phone(door, shop.ADA), Phone(door, shop.CLEO)
    count = {"store": shop.GHENT, "item": shop.TEA, "counted": 900}
    op = ada.operation("stock.count", count, shop.NOW - 30 * MINUTE)
    assert (await ada.send(op)).verdicts[0].result()["status"] == "review"
    await ada.do("stock.adjust", **adjust(-2))
    await cleo.do("review.settle", operation=op.id, accept=True)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 898
    # Somebody counted since: the older count stands in the book and moves nothing now.
    late = ada.operation("stock.count", {**count, "counted": 7}, shop.NOW - 40 * MINUTE)
    await ada.send(late)
    await cleo.do("review.settle", operation=late.id, accept=True)
    assert await examine(database) == []
