"""The arithmetic of counts, without a database: on hand follows from what happened, not from when it became known."""

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from server.counts.past import Anchor, Moment, Past, moment_of, on_hand

PLACE = (2, 1)
LOTS = ("", "L1", "L2")


class Told(NamedTuple):
    """A movement of `units` of a lot, or with `counts` a count; lot None is the whole item."""

    moment: Moment
    counts: bool
    lot: str | None
    units: int


def replayed(news: Sequence[Told]) -> dict[str, int]:
    """What a shop would have whose every operation became known at once."""
    units = dict.fromkeys(LOTS, 0)
    for one in sorted(news, key=lambda one: one.moment):
        lot = one.lot or ""
        units[lot] += one.units - on_hand(units, one.lot) if one.counts else one.units
    return units


def booked(news: Sequence[Told]) -> tuple[dict[str, int], list[tuple[Moment, str, int]]]:
    """Balances and ledger after the operations arrived in this order."""
    past = Past(units={PLACE: dict.fromkeys(LOTS, 0)})
    entries: list[tuple[Moment, str, int]] = []

    def book(moment: Moment, lot: str, delta: int) -> None:
        past.book(PLACE, moment, lot, delta)
        entries.append((moment, lot, delta))

    for number, one in enumerate(news):
        lot, delta = one.lot or "", one.units
        if one.counts:
            delta -= on_hand(past.before(PLACE, one.moment), one.lot)
        late = past.variances(PLACE, one.moment, {lot: delta})
        book(one.moment, lot, delta)
        for variance in late:
            book(moment_of(variance.anchor), variance.lot, variance.units)
        if one.counts:
            past.anchor(PLACE, Anchor(*one.moment, str(number), one.lot, one.units))
    return past.units[PLACE], entries


def moments() -> st.SearchStrategy[list[Moment]]:
    # Few times and clients, so that many are equal.
    client = st.sampled_from("ab")
    return st.lists(st.tuples(st.integers(0, 4), client, st.integers(1, 5)), unique=True, min_size=1, max_size=12)


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    news = []
    for moment in draw(moments()):
        counts = draw(st.booleans())
        lot = draw(st.sampled_from((None, *LOTS[1:]) if counts else LOTS))
        news.append(Told(moment, counts, lot, draw(st.integers(0, 9) if counts else st.integers(-9, 9))))
    return news


@given(st.data())
def test_on_hand_is_the_same_whatever_order_the_news_came_in(data: st.DataObject) -> None:
    news = data.draw(histories())
    units, entries = booked(data.draw(st.permutations(news)))
    assert units == replayed(news)
    # And so it was at every moment: each count is as true as when it was made.
    for at in {one.moment for one in news}:
        then = dict.fromkeys(LOTS, 0)
        for moment, lot, delta in entries:
            if moment <= at:
                then[lot] += delta
        assert then == replayed([one for one in news if one.moment <= at])


def test_a_sale_told_late_leaves_the_count_after_it_alone() -> None:
    count, sale = Told((10, "a", 1), True, None, 7), Told((5, "b", 1), False, "", -2)
    units, entries = booked([count, sale])
    assert units[""] == 7
    assert entries == [((10, "a", 1), "", 7), ((5, "b", 1), "", -2), ((10, "a", 1), "", 2)]


def test_an_older_count_that_arrives_late_does_not_move_what_is_on_hand_now() -> None:
    newer, older = Told((10, "a", 1), True, None, 7), Told((5, "b", 1), True, None, 30)
    assert booked([newer, older])[0][""] == 7


def test_a_movement_after_a_count_adds_up_from_it() -> None:
    count, sale = Told((10, "a", 1), True, None, 7), Told((11, "b", 1), False, "", -2)
    assert booked([sale, count])[0][""] == booked([count, sale])[0][""] == 5
