"""Counts that somebody must look at: far from the book, or with a clock that cannot say what came first."""

from typing import Any
from uuid import uuid4

from server.database import Database
from server.inbox.accept import Door
from server.inbox.messages import Operation
from server.ledger.doctor import examine
from tests import shop
from tests.phones import Phone, on_hand, signed
from tests.server.test_pull import Reader

MINUTE = 60_000
TEN_AGO = shop.NOW - 10 * MINUTE


def count(counted: int = 5, **more: Any) -> dict[str, Any]:
    return {"store": shop.GHENT, "item": shop.TEA, "counted": counted, **more}


def adjust(delta: int = -1) -> dict[str, Any]:
    return {"store": shop.GHENT, "item": shop.TEA, "delta": delta, "reason": "damaged"}


async def told(phone: Phone, kind: str, args: dict[str, Any], at: int, **other: Any) -> dict[str, Any]:
    phone.n += 1
    said = {"v": 2 if kind == "stock.count" else 1, "mono": float(at), "offset": 0, **other}
    op = Operation(phone.n, str(uuid4()), kind, said["v"], args, at, said["mono"], said["offset"], phone.person, None)
    answer = await phone.send(signed(op, shop.secret_of(phone.person)))
    return answer.verdicts[0].result()


async def test_an_associate_counts_and_what_is_near_the_book_stands_at_once(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    assert (await told(ada, "stock.count", count(7), TEN_AGO))["status"] == "applied"
    far = await told(ada, "stock.count", count(12), TEN_AGO + MINUTE)
    assert (far["status"], far["code"]) == ("review", "count_variance")
    # Nothing that a counter is told says what the book expected.
    assert far["params"] == {}
    assert await on_hand(database, shop.GHENT, shop.TEA) == 7
    # Of twenty-five hundred grams a hundred are within five in a hundred.
    grams = {"store": shop.GHENT, "item": shop.CHEESE}
    assert (await told(ada, "stock.count", {**grams, "counted": 2400}, shop.NOW))["status"] == "applied"
    assert await examine(database) == []


async def test_another_phones_work_within_two_minutes_of_a_count_is_looked_at(door: Door, database: Database) -> None:
    ada, cleo, dev = Phone(door, shop.ADA), Phone(door, shop.CLEO), Phone(door, shop.DEV)
    await told(cleo, "stock.adjust", adjust(-1), TEN_AGO - MINUTE)
    doubtful = await told(ada, "stock.count", count(4), TEN_AGO)
    assert (doubtful["status"], doubtful["code"]) == ("review", "count_moved")
    phone = Reader(database, shop.CLEO)
    await phone.pull()
    row = phone.rows["reviews:1"][f"review:{doubtful['id']}"][1]
    # By the clocks it is 4; had the other phone's piece gone after the count, it would be 3.
    assert (row["units_then"], row["units_near"]) == (4, -1)
    await told(dev, "review.settle", {"operation": doubtful["id"], "accept": True}, shop.NOW)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4
    own = await told(ada, "stock.adjust", adjust(-1), TEN_AGO + MINUTE)
    assert "review" not in own
    late = await told(cleo, "stock.adjust", adjust(-1), TEN_AGO + MINUTE)
    assert (late["status"], late["code"], late["review"]) == ("applied", "near_a_count", True)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 2
    assert await examine(database) == []


async def test_what_moves_between_two_shelves_of_a_count_is_looked_at(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    yesterday, session = str(uuid4()), str(uuid4())
    for shelf, counted, at in (("A", 3, 0), ("B", 2, 1)):
        earlier = count(counted, shelf=shelf, session=yesterday)
        await told(ada, "stock.count", earlier, shop.NOW - 60 * MINUTE + at)
    first = await told(ada, "stock.count", count(3, shelf="A", session=session), TEN_AGO)
    assert (first["status"], await on_hand(database, shop.GHENT, shop.TEA)) == ("applied", 5)
    await told(ada, "stock.adjust", adjust(-1), TEN_AGO + MINUTE)
    last = await told(ada, "stock.count", count(1, shelf="B", session=session), TEN_AGO + 2 * MINUTE)
    assert (last["status"], last["code"]) == ("review", "count_moved")
    assert await examine(database) == []


async def test_a_count_with_an_uncertain_clock_waits(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    never_heard = await told(ada, "stock.count", count(), TEN_AGO, offset=None)
    assert (never_heard["status"], never_heard["code"]) == ("review", "count_clock")
    ahead = await told(Phone(door, shop.CLEO), "stock.count", count(), shop.NOW + 10 * MINUTE)
    assert ahead["code"] == "count_clock"
    bo = Phone(door, shop.BO)
    antwerp = {"store": shop.ANTWERP, "item": shop.TEA, "counted": 40}
    # Set back by an hour between two operations: on the clock that nobody can set five minutes went by.
    ops = []
    for at, mono in ((TEN_AGO, 0.0), (TEN_AGO + 1, 5.0 * MINUTE)):
        bo.n += 1
        op = Operation(bo.n, str(uuid4()), "stock.count", 2, antwerp, at, mono, 0, shop.BO, None)
        ops.append(signed(op, shop.secret_of(shop.BO)))
    results = [verdict.result() for verdict in (await bo.send(*ops)).verdicts]
    assert [one.get("code") for one in results] == [None, "count_clock"]
    assert await examine(database) == []


async def test_what_an_old_phone_counts_is_a_count_of_the_whole_store(door: Door, database: Database) -> None:
    result = await told(Phone(door, shop.ADA), "stock.count", count(6), TEN_AGO, v=1)
    assert result["status"] == "applied"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 6
    unknown = await told(Phone(door, shop.CLEO), "stock.count", count(6, shelf="A"), TEN_AGO, v=1)
    assert (unknown["status"], unknown["code"]) == ("refused", "field_wrong")


async def test_a_sealed_count_takes_the_stock_off_the_phone_until_it_is_over(door: Door, database: Database) -> None:
    ada, phone = Phone(door, shop.ADA), Reader(database, shop.ADA)
    await phone.pull()
    assert "stock:1" in phone.rows
    opened = {"store": shop.GHENT, "scope": "store", "blind": True, "sealed": True}
    session = (await told(ada, "count.open", opened, TEN_AGO))["id"]
    await phone.pull()
    assert [name for name in phone.rows if name.startswith("stock:")] == []
    assert phone.rows["user:1"][f"count:{session}"][1]["blind"] is True
    assert await examine(database) == []
    await told(ada, "count.close", {"session": session}, shop.NOW)
    await phone.pull()
    assert "stock:1" in phone.rows
    assert f"count:{session}" not in phone.rows["user:1"]
    assert await examine(database) == []


async def test_whose_role_does_not_cover_it_opens_no_count(door: Door) -> None:
    opened = {"store": shop.GHENT, "scope": ["A"], "blind": True, "sealed": False}
    refused = await told(Phone(door, shop.FAY), "count.open", opened, TEN_AGO)
    assert (refused["status"], refused["code"]) == ("refused", "not_allowed")
