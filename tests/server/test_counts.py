"""Counts and movements through the door, on both databases: on hand follows from what happened, however late told."""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from server.catalogue.tables import items
from server.counts.tables import anchors
from server.database import Database
from server.inbox.accept import Door
from server.inbox.feed import Feed
from server.inbox.messages import Operation
from server.inbox.outboxes import Answer, Arrival
from server.ledger.doctor import examine
from server.ledger.tables import balances, ledger, locations
from server.settings import Settings
from server.stores.tables import stores
from tests import shop
from tests.phones import Phone, on_hand

EXAMPLES = 40
LOTS = ("", "L1", "L2")
# Each example has goods of its own, so that all share one database.
ITEMS = range(100, 100 + EXAMPLES * 4)


class Told(NamedTuple):
    """One operation: `kind` of it, at which minute it happened, what it says."""

    kind: str
    minute: int
    lot: str
    units: int


def args_of(told: Told, item: int) -> dict[str, Any]:
    about: dict[str, Any] = {"store": shop.GHENT, "item": item}
    lot = {"lot": told.lot} if told.lot else {}
    if told.kind == "stock.count":
        return {**about, "counted": abs(told.units), **lot}
    if told.kind == "stock.adjust":
        return {**about, "delta": told.units or 1, "reason": "other", **lot}
    line = {"item": item, "delta": told.units or -1, **lot}
    return {"store": shop.GHENT, "kind": "sale", "lines": [line]}


def told() -> st.SearchStrategy[Told]:
    kinds = st.sampled_from(("stock.count", "stock.count", "stock.adjust", "stock.move"))
    # Few minutes, so that many are the same.
    return st.builds(Told, kinds, st.integers(0, 5), st.sampled_from(LOTS), st.integers(-9, 9))


# What each of a few outboxes holds, in the order of its numbers; and in which order they come in, and in what groups.
outboxes = st.lists(st.lists(told(), min_size=1, max_size=5), min_size=1, max_size=3)


@pytest.fixture
def open_settings(settings: Settings) -> Settings:
    async def prepare() -> None:
        database = await Database.open(settings)
        await shop.open_shop(database)
        async with database.writing() as connection:
            row = dict((await connection.execute(select(items).where(items.c.id == shop.TEA))).one()._mapping)
            await connection.execute(insert(items), [{**row, "id": item, "sku": f"X-{item}"} for item in ITEMS])
        await database.close()

    asyncio.run(prepare())
    return settings


def test_on_hand_is_the_same_in_whatever_order_the_operations_arrive(open_settings: Settings) -> None:
    fresh_item = count(ITEMS.start)

    @hypothesis_settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(outboxes, st.data())
    def hold(boxes: list[list[Told]], data: st.DataObject) -> None:
        item = next(fresh_item) % len(ITEMS) + ITEMS.start
        turns = data.draw(st.permutations([place for place, box in enumerate(boxes) for _ in box]))
        together = data.draw(st.lists(st.integers(1, 4), min_size=len(turns), max_size=len(turns)))
        asyncio.run(arrive(open_settings, item, boxes, turns, together))

    hold()
    assert asyncio.run(proved(open_settings)) == []


async def arrive(
    settings: Settings, item: int, boxes: list[list[Told]], turns: Sequence[int], together: Sequence[int]
) -> None:
    """Every operation once, those of an outbox in their order; `together` says how many enter at once."""
    database = await Database.open(settings)
    door = Door(database, lambda: shop.NOW + 1000, lambda heads: None)
    door.open()
    clients = [str(uuid4()) for _ in boxes]
    waiting = [list(box) for box in boxes]
    queue = [(clients[place], waiting[place].pop(0)) for place in turns]
    numbers = iter(together)
    while queue:
        size = next(numbers)
        some, queue = queue[:size], queue[size:]
        answers = await asyncio.gather(*(door.push(_arrival(client, one, item)) for client, one in some))
        assert [one.verdicts[0].result()["status"] for one in answers] == ["applied"] * len(some)
    await door.close()
    happened = [
        (one.minute, client, n, one) for client, box in zip(clients, boxes, strict=True) for n, one in enumerate(box)
    ]
    async with database.reading() as connection:
        kept = await connection.execute(select(balances.c.lot, balances.c.on_hand).where(balances.c.item_id == item))
        assert {lot: units for lot, units in kept if units} == replayed(happened)
    await database.close()


def replayed(happened: list[tuple[int, str, int, Told]]) -> dict[str, int]:
    """What a shop holds whose every operation became known at once."""
    units = dict.fromkeys(LOTS, 0)
    for _minute, _client, _n, one in sorted(happened):
        if one.kind == "stock.count":
            units[one.lot] += abs(one.units) - (units[one.lot] if one.lot else sum(units.values()))
        else:
            units[one.lot] += one.units or (1 if one.kind == "stock.adjust" else -1)
    return {lot: held for lot, held in units.items() if held}


def _arrival(client: str, one: Told, item: int) -> Arrival:
    at = shop.NOW - 60_000 * (10 - one.minute)
    op = Operation(0, str(uuid4()), one.kind, 1, args_of(one, item), at, None, None, shop.CLEO, None)
    return Arrival(client, None, [op], trusted=shop.CLEO, placed=True)


async def proved(settings: Settings) -> list[Any]:
    database = await Database.open(settings)
    found = await examine(database)
    await database.close()
    return list(found)


def counts(item: int = shop.TEA, counted: int = 7, store: int = shop.GHENT) -> dict[str, Any]:
    return {"store": store, "item": item, "counted": counted}


def sale(delta: int, item: int = shop.TEA) -> dict[str, Any]:
    return {"store": shop.GHENT, "kind": "sale", "lines": [{"item": item, "delta": delta}]}


async def file_of(door: Door, kind: str, args: dict[str, Any], at: int, by: int, client: str = "") -> Answer:
    op = Operation(0, str(uuid4()), kind, 1, args, at, None, None, by, None)
    return await door.push(Arrival(client or str(uuid4()), None, [op], trusted=by, placed=True))


async def test_a_sale_told_after_the_count_that_saw_it_changes_nothing_and_is_in_the_book(
    door: Door, database: Database
) -> None:
    cleo = Phone(door, shop.CLEO)
    result = await cleo.do("stock.count", **counts(counted=3))
    assert result["status"] == "applied"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 3
    await file_of(door, "stock.move", sale(-2), shop.NOW - 60_000, shop.CLEO)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 3
    await file_of(door, "stock.move", sale(-1), shop.NOW + 500, shop.CLEO)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 2
    async with database.reading() as connection:
        told = select(ledger.c.kind, ledger.c.delta, ledger.c.effective_at).where(ledger.c.kind != "opening")
        booked = [tuple(row) for row in await connection.execute(told.order_by(ledger.c.id))]
    assert booked == [
        ("count", -2, shop.NOW),
        ("sale", -2, shop.NOW - 60_000),
        ("count", 2, shop.NOW),
        ("sale", -1, shop.NOW + 500),
    ]


async def test_an_older_count_that_comes_late_stands_in_the_book_and_moves_nothing_now(
    door: Door, database: Database
) -> None:
    await file_of(door, "stock.count", counts(counted=3), shop.NOW - 1000, shop.CLEO)
    await file_of(door, "stock.count", counts(counted=30), shop.NOW - 9000, shop.CLEO)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 3
    async with database.reading() as connection:
        kept = [
            tuple(row) for row in await connection.execute(select(anchors.c.counted).order_by(anchors.c.effective_at))
        ]
    assert kept == [(30,), (3,)]


async def test_goods_that_were_sent_before_a_count_and_told_after_it_leave_it_alone(
    door: Door, database: Database
) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    ask = ada.operation("transfer.request", {"from": 2, "to": 1, "lines": [{"item": shop.TEA, "quantity": 5}]})
    await ada.send(ask)
    line = {"line": 1, "quantity": 5}
    await bo.do("transfer.approve", transfer=ask.id, from_state="requested", lines=[line])
    sent = bo.operation("transfer.dispatch", {"transfer": ask.id, "lines": [line]}, at=shop.NOW + 100)
    # Somebody counted without the parcel, before the news of its leaving came in.
    await file_of(door, "stock.count", counts(counted=35, store=shop.ANTWERP), shop.NOW + 200, shop.DEV)
    await bo.send(sent)
    assert await on_hand(database, shop.ANTWERP, shop.TEA) == 35
    await ada.do("transfer.receive", transfer=ask.id, lines=[{"line": 1, "received": 4, "damaged": 1}])
    assert await on_hand(database, shop.GHENT, shop.TEA) == 9


async def test_an_associates_count_and_sale_wait_for_acceptance(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    results = [await ada.do("stock.count", **counts(counted=900)), await ada.do("stock.move", **sale(-1))]
    assert [one["status"] for one in results] == ["review"] * 2
    assert [one["code"] for one in results] == ["count_variance", "not_allowed"]
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5


async def test_a_store_manager_counts_their_own_store_and_no_other(door: Door, database: Database) -> None:
    bo = Phone(door, shop.BO)
    assert (await bo.do("stock.count", **counts(counted=41, store=shop.ANTWERP)))["status"] == "applied"
    assert (await bo.do("stock.count", **counts()))["code"] == "not_allowed"


async def test_unknown_stores_and_goods_are_refused(door: Door) -> None:
    cleo = Phone(door, shop.CLEO)
    assert (await cleo.do("stock.count", **counts(store=99)))["code"] == "store_unknown"
    assert (await cleo.do("stock.count", **counts(item=99)))["code"] == "item_unknown"
    assert (await cleo.do("stock.move", **sale(-1, item=99)))["code"] == "item_unknown"


async def test_who_counts_an_item_that_was_merged_counts_what_it_is_now(door: Door, database: Database) -> None:
    eve, cleo = Phone(door, shop.EVE), Phone(door, shop.CLEO)
    merged = await eve.do("item.merge", item=shop.SOAP, into=shop.TEA)
    assert merged["status"] == "applied", merged
    result = await cleo.do("stock.count", **counts(item=shop.SOAP, counted=6))
    assert (result["status"], result["code"], result["review"]) == ("applied", "item_merged", True)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 6
    assert await on_hand(database, shop.GHENT, shop.SOAP) == 0


async def test_an_administrator_opens_an_empty_book_and_never_writes_in_a_full_one(
    door: Door, database: Database
) -> None:
    await open_empty_store(database)
    source, at = str(uuid4()), shop.NOW - 1000
    full = await file_of(door, "stock.count", counts(), at, shop.EVE, source)
    assert full.verdicts[0].result()["code"] == "not_allowed"
    empty = [
        await file_of(door, "stock.count", counts(store=NEW_STORE), at, shop.EVE, source),
        await file_of(door, "stock.count", counts(shop.SOAP, 4, NEW_STORE), at, shop.EVE, source),
        await file_of(door, "stock.count", counts(shop.CHEESE, 9, NEW_STORE), at + 1, shop.EVE, source),
        await file_of(door, "stock.count", counts(shop.CHEESE, 9, NEW_STORE), at, shop.EVE),
    ]
    assert [one.verdicts[0].result()["status"] for one in empty] == ["applied", "applied", "review", "review"]
    assert await on_hand(database, NEW_STORE, shop.SOAP) == 4


NEW_STORE = 4


async def open_empty_store(database: Database) -> None:
    row = {"id": NEW_STORE, "code": "NEW", "name_en": "New", "name_zh": "新店", "area_id": 1}
    place = {"latitude": 51.0, "longitude": 3.0, "time_zone": "Europe/Brussels"}
    feed = Feed()
    async with database.writing() as connection:
        await connection.execute(insert(stores), [{**row, **place}])
        kinds = [("store", 0), ("transit", 1)]
        rows = [{"id": NEW_STORE * 2 + i, "kind": kind, "store_id": NEW_STORE} for kind, i in kinds]
        await connection.execute(insert(locations), rows)
        await feed.lock(connection, ["chain"])
        feed.touch("chain", f"store:{NEW_STORE}")
        await feed.write(connection)
