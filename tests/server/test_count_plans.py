"""What a store is to count today: why, in which order, on both databases, and that what was counted is on no list."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from server.counts.grading import Due, Known, dues, graded
from server.counts.planner import day_of, plan_store, stores_in_the_morning
from server.counts.tables import count_dues
from server.database import Database
from server.inbox.accept import Door
from server.ledger.doctor import examine
from server.policies.tables import policies
from sync.operations import newest
from sync.papers import DAY_MS
from tests import shop
from tests.phones import Phone
from tests.server.browsers import Browser
from tests.server.test_pages_over_http import fresh_id, words
from tests.server.test_pull import Reader

NewBrowser = Callable[..., Browser]
NOW = 1_000 * DAY_MS
DAYS: Any = {"A": 30, "B": 90, "C": 180}


def test_four_fifths_of_what_leaves_is_a_the_next_fifteen_in_a_hundred_b_and_the_rest_c() -> None:
    known = [Known(item, 5, left_cents=cents) for item, cents in enumerate((0, 50, 30, 10, 6, 4, 0), 1)]
    assert graded(known) == {2: "A", 3: "A", 4: "B", 5: "B", 6: "C", 1: "C", 7: "C"}
    assert graded([Known(1, 5), Known(2, 0)]) == {1: "C", 2: "C"}


def test_what_the_book_may_be_wrong_about_comes_first_and_then_what_was_long_not_counted() -> None:
    counted = NOW - 40 * DAY_MS
    known = [
        Known(1, 5, counted, left_cents=90),
        Known(2, 5, counted, left_cents=10),
        Known(3, -1, NOW - 1),
        Known(4, 5, counted, short_at=counted + 1),
        Known(5, 5, counted, short_at=counted - 1),
        Known(6, 5),
        Known(7, 5, NOW - 181 * DAY_MS),
    ]
    found = [(due.item, due.reason) for due in dues(known, DAYS, NOW, 99)]
    assert found == [(3, "below_zero"), (4, "sent_short"), (1, "overdue"), (6, "overdue"), (7, "overdue")]
    assert dues(known, DAYS, NOW, 1) == [Due(3, "C", "below_zero")]
    assert dues(known, DAYS, NOW, 0) == []


@pytest.mark.parametrize(
    ("change", "is_doubted"),
    [
        ({}, True),
        # Nobody misses what sold on few days, what paused no longer than it may, and what is not there.
        ({"sold_days": 4}, False),
        ({"sold_to": NOW - 9 * DAY_MS, "sold_days": 19}, True),
        ({"sold_to": NOW - 6 * DAY_MS, "sold_days": 19}, False),
        ({"sold_to": NOW - 9 * DAY_MS, "sold_days": 10}, False),
        ({"on_hand": 0}, False),
        # Somebody looked after the pause had become too long.
        ({"counted_at": NOW - 14 * DAY_MS}, True),
        ({"counted_at": NOW - 1 * DAY_MS}, False),
    ],
)
def test_what_used_to_sell_and_stopped_is_doubted(change: dict[str, int], is_doubted: bool) -> None:
    usual = {"on_hand": 5, "counted_at": NOW - 25 * DAY_MS, "sold_from": NOW - 33 * DAY_MS}
    one = Known(1, **{**usual, "sold_to": NOW - 15 * DAY_MS, "sold_days": 19, **change})
    assert [due.reason for due in dues([one], DAYS, NOW, 9)] == (["stopped"] if is_doubted else [])


def test_a_day_begins_at_four_by_the_clock_of_the_store() -> None:
    def at(hour: int, minute: int = 0) -> int:
        return int(datetime(2026, 11, 24, hour, minute, tzinfo=UTC).timestamp() * 1000)

    assert day_of("Europe/Brussels", at(2, 59)) == "2026-11-23"
    assert day_of("Europe/Brussels", at(3)) == "2026-11-24"
    assert day_of("Asia/Shanghai", at(20)) == "2026-11-25"


async def held(database: Database, person: int) -> dict[str, Any]:
    reader = Reader(database, person)
    await reader.pull()
    rows = reader.rows.get(f"counts:{shop.GHENT}", {}).items()
    return {key: row for key, (_version, row) in rows if row is not None and key.startswith("due:")}


async def counts(phone: Phone, item: int, units: int, **more: Any) -> dict[str, Any]:
    args = {"store": shop.GHENT, "item": item, "counted": units, **more}
    op = phone.operation("stock.count", args, shop.NOW, newest("stock.count"))
    return (await phone.send(op)).verdicts[0].result()


async def test_what_is_counted_in_full_is_on_the_list_no_more(door: Door, database: Database) -> None:
    assert shop.GHENT in await stores_in_the_morning(database, shop.NOW)
    assert await plan_store(database, shop.GHENT, shop.NOW - 1000) == 3
    assert shop.GHENT not in await stores_in_the_morning(database, shop.NOW)
    # Another hub that comes second does nothing.
    assert await plan_store(database, shop.GHENT, shop.NOW - 1000) == 0
    rows = await held(database, shop.ADA)
    assert sorted(rows) == ["due:1", "due:2", "due:3"]
    assert set(rows["due:1"]) == {"item", "place", "at"}
    ada = Phone(door, shop.ADA)
    # One lot of it, and a count that waits for somebody's word, leave it there.
    await counts(ada, shop.TEA, 0, lot="L-9")
    await counts(ada, shop.CHEESE, 9_000)
    assert sorted(await held(database, shop.ADA)) == ["due:1", "due:2", "due:3"]
    await counts(ada, shop.TEA, 5)
    assert sorted(await held(database, shop.ADA)) == ["due:2", "due:3"]
    await counts(ada, shop.SOAP, 1, shelf="A-1", scope=["A-1"])
    assert sorted(await held(database, shop.ADA)) == ["due:3"]
    assert await examine(database) == []
    # Tomorrow: what waits for another pair of eyes needs no second reminder.
    assert await plan_store(database, shop.GHENT, shop.NOW + DAY_MS) == 0
    assert await held(database, shop.ADA) == {}
    assert await examine(database) == []


@pytest.mark.usefixtures("door")
async def test_a_chain_that_wants_no_lists_has_none(database: Database) -> None:
    await plan_store(database, shop.GHENT, shop.NOW)
    async with database.writing() as connection:
        row = {"name": "count_items_a_day", "value": 0, "changed_at": 0, "changed_by": shop.EVE}
        await connection.execute(insert(policies), [row])
    assert await plan_store(database, shop.GHENT, shop.NOW + DAY_MS) == 0
    async with database.reading() as connection:
        assert await connection.scalar(select(count_dues.c.item_id)) is None
    assert await examine(database) == []


async def test_what_is_due_is_counted_in_a_count_of_its_own_and_says_no_figure(
    another_browser: NewBrowser, database: Database
) -> None:
    await plan_store(database, shop.GHENT, shop.NOW)
    ada = another_browser()
    await ada.sign_in("ada")
    listed = await ada.get("/counts")
    assert "Due today: 3" in words(listed)
    fields = {"operation_id": fresh_id(listed), "scope": "store", "blind": "yes"}
    session = (await ada.submit("/counts", **fields)).headers["location"]
    assert f'href="{session}"' in (await ada.get("/counts")).text
    shown = await ada.get(session)
    assert words(shown).count("None here") == 3
    step = {"item": str(shop.TEA), "shelf": "", "counted": "5"}
    assert (await ada.submit(session, operation_id=str(uuid4()), **step)).status_code == 303
    page = words(await ada.get(session))
    assert page.count("None here") == 2
    assert "Due today: 2" in page
    cleo = another_browser()
    await cleo.sign_in("cleo")
    board = words(await cleo.get("/store"))
    assert "Counts due today 2 items left to count Not counted for long 2 As a table" in board
