"""Why a count anchors: days in a store with an offline counter, sales meanwhile and news that comes late.

`sync/PROTOCOL.md` says that on hand follows from what happened, whatever its arrival. Here the rules that book it are
held against the two usual ways: setting the figure to what was counted when the count arrives, and booking the
difference to the figure that the phone saw.
"""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from server.counts import rules as count_rules
from server.counts.past import Past, Place
from server.decisions import Facts, Happened
from server.ledger import rules as ledger_rules
from server.people.roles import Role

DAYS = 1500
MINUTE_MS = 60_000
PLACE: Place = (2, 1)


class News(NamedTuple):
    """What happened at a minute of the day and arrived at a later one; a sale of one unit, or a count."""

    arrives: float
    happened: float
    counted: int | None


class Day(NamedTuple):
    """`book` in the morning, `seen` by the phone at its last sync, `shelf` in the evening."""

    book: int
    seen: int
    shelf: int
    news: list[News]


def day(dice: Random, clock_error_min: float) -> Day:
    """Ten hours, some thirteen sales told minutes to hours late, one count by a phone that has been offline a while."""
    stands = dice.randint(20, 60)
    book = stands + dice.choice([-3, -2, -1, 1, 2, 3])
    sales = sorted(dice.uniform(0, 600) for _ in range(dice.randint(9, 17)))
    news = [News(at + dice.expovariate(1 / 45), at, None) for at in sales]
    counted_at = dice.uniform(60, 540)
    synced_at = counted_at - dice.uniform(5, 120)
    counted = stands - sum(at < counted_at for at in sales)
    seen = book - sum(one.arrives < synced_at for one in news)
    told_at = counted_at + dice.gauss(0, clock_error_min)
    news.append(News(counted_at + dice.expovariate(1 / 60), told_at, counted))
    return Day(book, seen, stands - len(sales), sorted(news))


def set_to_what_was_counted(told: Day) -> int:
    on_hand = told.book
    for one in told.news:
        on_hand = on_hand - 1 if one.counted is None else one.counted
    return on_hand


def corrected_by_what_was_seen(told: Day) -> int:
    on_hand = told.book
    for one in told.news:
        on_hand += -1 if one.counted is None else one.counted - told.seen
    return on_hand


def anchored(told: Day) -> int:
    """By the rules that the hub books by, each piece of news as it arrives."""
    past = Past(units={PLACE: {"": told.book}})
    facts = Facts({1: 1}, items={1: {"archived": None}}, roles={1: [Role(4, None, None, 0, None)]}, past=past)
    for n, one in enumerate(told.news, start=1):
        at = round(one.happened * MINUTE_MS)
        counts = one.counted is not None
        args = {"store": 1, "item": 1, **({"counted": one.counted} if counts else {"delta": -1, "reason": "other"})}
        kind, client = ("stock.count", "phone") if counts else ("stock.adjust", "till")
        op = Happened(str(n), kind, args, at, 1, "Dev", client, n, placed_at=at)
        decision = (count_rules if counts else ledger_rules).decide(op, facts)
        count_rules.settle(op, decision, facts)
        facts.follow(decision)
    return past.units[PLACE][""]


def right_of(how: Callable[[Day], int], clock_error_min: float = 0) -> float:
    """On how many of a hundred evenings the book says what stands on the shelf."""
    dice = Random(f"days of counting {clock_error_min}")
    days = [day(dice, clock_error_min) for _ in range(DAYS)]
    return sum(how(one) == one.shelf for one in days) * 100 / DAYS


def test_a_count_that_anchors_is_right_on_every_day() -> None:
    assert right_of(anchored) == 100


def test_a_figure_that_is_set_when_the_count_arrives_is_wrong_on_most_days() -> None:
    assert right_of(set_to_what_was_counted) < 50


def test_a_difference_to_what_the_phone_saw_is_wrong_on_nearly_all_days() -> None:
    assert right_of(corrected_by_what_was_seen) < 30


def test_an_anchor_is_as_good_as_the_clock_of_its_phone() -> None:
    by_clock = [right_of(anchored, error_min) for error_min in (0.5, 2, 10)]
    assert by_clock == sorted(by_clock, reverse=True)
    assert by_clock[0] > 98
    assert by_clock[1] > 94
    assert by_clock[2] > 75
