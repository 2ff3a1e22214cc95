"""Counts far from the book, counted again by somebody else, on both databases: two who saw the same are right."""

import asyncio
from typing import Any

import pytest

from server.counts.recounts import Recounts, settle_agreed
from server.database import Database
from server.inbox.accept import Door
from server.ledger.doctor import examine
from sync.operations import newest
from tests import shop
from tests.phones import Phone, on_hand
from tests.server.pages import open_hub
from tests.server.test_pull import Reader

MINUTE = 60_000


async def seen(phone: Phone, counted: int, minutes_ago: int, code: str | None = "count_variance", **more: Any) -> str:
    """The id of a count of the tea in Ghent, where the book says 5."""
    args = {"store": shop.GHENT, "item": shop.TEA, "counted": counted, **more}
    op = phone.operation("stock.count", args, shop.NOW - minutes_ago * MINUTE, newest("stock.count"))
    result = (await phone.send(op)).verdicts[0].result()
    assert result.get("code") == code
    return op.id


async def says_that_they_agree(phone: Phone, about: str, count: str) -> dict[str, Any]:
    """What becomes of it when a phone says by itself what the hub alone says."""
    args = {"operation": about, "accept": True, "count": count}
    op = phone.operation("review.settle", args, v=newest("review.settle"))
    return (await phone.send(op)).verdicts[0].result()


async def agreed(database: Database, door: Door) -> int:
    return await settle_agreed(database, door.push, shop.NOW)


async def told(database: Database, person: int) -> dict[str, Any]:
    """What the person's phone is asked to have counted again in Ghent."""
    reader = Reader(database, person)
    await reader.pull()
    return {key: row for key, (_version, row) in reader.rows.get("counts:1", {}).items() if row is not None}


async def test_two_people_who_saw_the_same_are_right_whatever_was_sold_between(door: Door, database: Database) -> None:
    first = await seen(Phone(door, shop.ADA), 50, 60)
    sale = {"store": shop.GHENT, "item": shop.TEA, "delta": -3, "reason": "other"}
    dev = Phone(door, shop.DEV)
    await dev.send(dev.operation("stock.adjust", sale, shop.NOW - 40 * MINUTE))
    second = await seen(Phone(door, shop.CLEO), 47, 20)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 2
    assert await agreed(database, door) == 2
    assert await on_hand(database, shop.GHENT, shop.TEA) == 47
    assert await agreed(database, door) == 0
    for person, about, by in ((shop.ADA, first, "Cleo"), (shop.CLEO, second, "Ada")):
        reader = Reader(database, person)
        await reader.pull()
        settled = reader.rows[f"user:{person}"][f"outcome:{about}"][1]["settled"]
        assert (settled["accepted"], settled["by"]) == (True, by)
    assert await examine(database) == []


async def test_the_order_in_which_phones_came_back_changes_nothing(door: Door, database: Database) -> None:
    await seen(Phone(door, shop.CLEO), 47, 20)
    await seen(Phone(door, shop.ADA), 46, 60)
    assert await agreed(database, door) == 2
    # Both stand, and the later one says what is there.
    assert await on_hand(database, shop.GHENT, shop.TEA) == 47


@pytest.mark.parametrize(
    ("person", "counted", "more"),
    [
        (shop.CLEO, 40, {}),
        (shop.ADA, 50, {}),
        (shop.CLEO, 50, {"lot": "L-1"}),
        (shop.CLEO, 50, {"shelf": "A", "scope": ["A"]}),
    ],
    ids=["who saw something else", "who counted it before", "of one lot", "on one shelf"],
)
async def test_only_another_person_who_saw_as_much_of_all_of_it_agrees(
    door: Door, database: Database, person: int, counted: int, more: dict[str, Any]
) -> None:
    ada = Phone(door, shop.ADA)
    await seen(ada, 50, 60)
    await seen(ada if person == shop.ADA else Phone(door, person), counted, 20, **more)
    assert await agreed(database, door) == 0
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5


async def test_what_a_manager_declined_agrees_with_nobody(door: Door, database: Database) -> None:
    first = await seen(Phone(door, shop.ADA), 50, 60)
    cleo = Phone(door, shop.CLEO)
    assert (await cleo.do("review.settle", operation=first, accept=False))["status"] == "applied"
    second = await seen(Phone(door, shop.DEV), 50, 20)
    assert await agreed(database, door) == 0
    by_hand = await says_that_they_agree(Phone(door, shop.ADA), second, first)
    assert (by_hand["status"], by_hand["code"]) == ("refused", "not_allowed")


async def test_nobody_says_that_counts_agree_but_who_counted(door: Door, database: Database) -> None:
    first = await seen(Phone(door, shop.CLEO), 50, 60)
    second = await seen(Phone(door, shop.DEV), 50, 20)
    ada = Phone(door, shop.ADA)
    for count in (second, first, "00000000-0000-4000-8000-000000000000"):
        result = await says_that_they_agree(ada, first, count)
        assert (result["status"], result["code"]) == ("refused", "not_allowed")
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5
    assert await agreed(database, door) == 2


async def test_phones_of_the_store_are_asked_until_it_is_settled_and_told_no_figure(
    door: Door, database: Database
) -> None:
    about = await seen(Phone(door, shop.ADA), 50, 60)
    asked = {"id": about, "item": shop.TEA, "lot": "", "at": shop.NOW - 60 * MINUTE, "by": shop.ADA}
    assert await told(database, shop.CLEO) == {f"recount:{about}": asked}
    assert await told(database, shop.BO) == {}
    await seen(Phone(door, shop.CLEO), 50, 20)
    await agreed(database, door)
    assert await told(database, shop.CLEO) == {}


async def test_the_page_of_counts_asks_everybody_else(database: Database) -> None:
    async with open_hub(database) as hub:
        await hub.does(shop.ADA, "stock.count", store=shop.GHENT, item=shop.TEA, counted=50)
        asks = {person: await hub.records(person, [("countListPage", "/counts")]) for person in (shop.ADA, shop.CLEO)}
        again = {person: [row["item"] for row in record["again"]] for person, [record] in asks.items() if record}
        assert again == {shop.ADA: [], shop.CLEO: [shop.TEA]}
        await hub.does(shop.CLEO, "stock.count", store=shop.GHENT, item=shop.TEA, counted=44)
        [record] = await hub.records(shop.CLEO, [("countListPage", "/counts")])
        assert record
        assert record["again"] == []


async def test_the_hub_notices_by_itself(database: Database) -> None:
    await shop.open_shop(database)
    recounts: list[Recounts] = []
    settled: list[str] = []

    def heard(heads: Any) -> None:
        settled.extend(name for name in heads if name == "stock:1")
        recounts[0].heard(heads)

    door = Door(database, lambda: shop.NOW + 1000, heard)
    recounts.append(Recounts(database, lambda: shop.NOW, door))
    door.open()
    recounts[0].open()
    await seen(Phone(door, shop.ADA), 50, 60)
    await seen(Phone(door, shop.CLEO), 50, 20)
    async with asyncio.timeout(20):
        while await on_hand(database, shop.GHENT, shop.TEA) != 50:
            await asyncio.sleep(0.02)
    await recounts[0].close()
    await door.close()
    assert settled
    assert await examine(database) == []
