"""Counts shelf by shelf: what they amount to, without a database, and the same through the door on both."""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid4, uuid5

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from server.catalogue.tables import items
from server.counts import rules as count_rules
from server.counts.past import Moment, Past, Reading, moment_of, on_hand
from server.counts.readings import anchors_of, shelves_of
from server.database import Database
from server.decisions import Facts, Happened
from server.inbox.accept import Door
from server.inbox.messages import Operation
from server.inbox.outboxes import Arrival
from server.ledger import rules as ledger_rules
from server.ledger.doctor import examine
from server.ledger.tables import balances
from server.people.roles import Role
from server.settings import Settings
from tests import shop

EXAMPLES = 40
LOTS = ("", "L1")
SESSIONS = tuple(str(uuid5(NAMESPACE_URL, name)) for name in ("session 1", "session 2"))
# Each example has goods of its own, so that all share one database.
ITEMS = range(1000, 1000 + EXAMPLES * 2)
PLACE = (2, 1)


def reading(at: int, on: str, counted: int, session: str = "s", n: int = 1) -> Reading:
    return Reading(at, "a", n, f"{at}-{n}", session, tuple(on.split()), None, counted)


def test_several_shelves_add_up_at_the_moment_of_the_first() -> None:
    [anchor] = anchors_of([reading(20, "B", 4), reading(10, "A", 3)]).values()
    assert (anchor.at, anchor.until, anchor.counted, anchor.operation) == (10, 20, 7, "10-1")


def test_an_item_is_not_counted_while_a_shelf_is_missing_that_held_it_before() -> None:
    earlier = [reading(1, "A", 3, "old"), reading(2, "B", 4, "old")]
    assert set(anchors_of([*earlier, reading(10, "A", 3)])) == {("old", None)}
    assert set(anchors_of([*earlier, reading(10, "A", 3), reading(11, "B", 4)])) == {("old", None), ("s", None)}


def test_a_shelf_that_was_seen_empty_holds_it_no_more() -> None:
    earlier = [reading(1, "A", 3, "old"), reading(2, "B", 0, "old")]
    assert ("s", None) in anchors_of([*earlier, reading(10, "A", 3)])


def test_what_is_read_again_replaces_what_was_read_and_all_that_was_read_with_it() -> None:
    twice = anchors_of([reading(10, "A", 3), reading(11, "B", 4), reading(12, "A", 5)])
    assert [(one.at, one.until, one.counted) for one in twice.values()] == [(11, 12, 9)]
    # Of what was read on two shelves together nobody knows how much was on the other one.
    known = [reading(1, "A", 3, "old"), reading(1, "B", 3, "old", 2)]
    assert ("s", None) not in anchors_of([*known, reading(10, "A B", 7), reading(12, "A", 5)])


class Told(NamedTuple):
    """One operation: `shelves` of a count, none for the whole store; "" as `session` is none."""

    kind: str
    minute: int
    lot: str
    units: int
    shelves: tuple[str, ...]
    session: str


def args_of(told: Told, item: int) -> dict[str, Any]:
    about: dict[str, Any] = {"store": shop.GHENT, "item": item}
    lot = {"lot": told.lot} if told.lot else {}
    if told.kind != "stock.count":
        return {**about, "delta": told.units or 1, "reason": "other", **lot}
    session = {"session": told.session} if told.session else {}
    if not told.shelves:
        return {**about, "counted": abs(told.units), **lot, **session}
    on = {"shelf": told.shelves[0]} if len(told.shelves) == 1 else {"scope": sorted(set(told.shelves))}
    return {**about, "counted": abs(told.units), **lot, **session, **on}


def told() -> st.SearchStrategy[Told]:
    kinds = st.sampled_from(("stock.count", "stock.count", "stock.count", "stock.adjust"))
    shelves = st.sampled_from(((), ("A",), ("B",), ("C",), ("A", "B")))
    # Few minutes, so that many are the same.
    sessions = st.sampled_from(("", *SESSIONS))
    return st.builds(Told, kinds, st.integers(0, 6), st.sampled_from(LOTS), st.integers(-9, 9), shelves, sessions)


outboxes = st.lists(st.lists(told(), min_size=1, max_size=6), min_size=1, max_size=3)


def replayed(happened: Sequence[tuple[Moment, str, Told]], item: int) -> dict[str, int]:
    """What a shop holds whose every operation became known at once: counts as they amount to, the rest as it moved."""
    seen, news = [], []
    for moment, operation, one in happened:
        args = args_of(one, item)
        if one.kind == "stock.adjust":
            news.append((moment, one.lot, args["delta"], False))
        elif shelves := shelves_of(args):
            session = one.session or operation
            seen.append(Reading(*moment, operation, session, shelves, one.lot or None, args["counted"]))
        else:
            news.append((moment, one.lot, args["counted"], True))
    news += [(moment_of(a), a.lot or "", a.counted, True) for a in anchors_of(seen).values()]
    units = dict.fromkeys(LOTS, 0)
    for _moment, lot, figure, counts in sorted(news):
        units[lot] += figure - on_hand(units, lot or None) if counts else figure
    return {lot: held for lot, held in units.items() if held}


def booked(news: Sequence[tuple[Moment, str, Told]]) -> dict[str, int]:
    """Balances after the operations arrived in this order, each decided by the rules in one group with the others."""
    past = Past(units={PLACE: dict.fromkeys(LOTS, 0)})
    facts = Facts({1: 1}, items={1: {"archived": None}}, roles={1: [Role(4, None, None, 0, None)]}, past=past)
    for (at, client, n), operation, one in news:
        args = {**args_of(one, 1), "store": 1}
        op = Happened(operation, one.kind, args, at, 1, "Dev", client, n, placed_at=at)
        decision = (ledger_rules if one.kind == "stock.adjust" else count_rules).decide(op, facts)
        assert decision.status == "applied", decision
        count_rules.settle(op, decision, facts)
        facts.follow(decision)
    return {lot: held for lot, held in past.units[PLACE].items() if held}


@hypothesis_settings(max_examples=300, deadline=None)
@given(outboxes, st.data())
def test_on_hand_follows_from_what_was_counted(boxes: list[list[Told]], data: st.DataObject) -> None:
    news = [
        ((one.minute, f"client {place}", n), f"{place}-{n}", one)
        for place, box in enumerate(boxes)
        for n, one in enumerate(box)
    ]
    assert booked(data.draw(st.permutations(news))) == replayed(news, 1)


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


def test_on_hand_follows_from_what_was_counted_in_whatever_order_it_arrives(open_settings: Settings) -> None:
    fresh_item = count(ITEMS.start)

    # Not made smaller: each try would need goods of its own.
    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.reuse, Phase.generate],
    )
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
    waiting = [[(_operation(one, item), one) for one in box] for box in boxes]
    happened = [
        ((op.at, client, n), op.id, one)
        for client, box in zip(clients, waiting, strict=True)
        for n, (op, one) in enumerate(box, start=1)
    ]
    queue = [(clients[place], waiting[place].pop(0)[0]) for place in turns]
    numbers = iter(together)
    while queue:
        size = next(numbers)
        some, queue = queue[:size], queue[size:]
        arrivals = [Arrival(client, None, [op], trusted=shop.CLEO, placed=True) for client, op in some]
        answers = await asyncio.gather(*(door.push(one) for one in arrivals))
        assert [one.verdicts[0].result()["status"] for one in answers] == ["applied"] * len(some)
    await door.close()
    async with database.reading() as connection:
        kept = await connection.execute(select(balances.c.lot, balances.c.on_hand).where(balances.c.item_id == item))
        assert {lot: units for lot, units in kept if units} == replayed(happened, item)
    await database.close()


def _operation(one: Told, item: int) -> Operation:
    at = shop.NOW - 60_000 * (10 - one.minute)
    return Operation(0, str(uuid4()), one.kind, 2, args_of(one, item), at, None, None, shop.CLEO, None)


async def proved(settings: Settings) -> list[Any]:
    database = await Database.open(settings)
    found = await examine(database)
    await database.close()
    return list(found)
