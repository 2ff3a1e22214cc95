"""Which items of a store are worth an eye today, and why. Pure.

First come those of which the book may be wrong; then those that nobody has counted for too long, the dear ones oftener:
A are the items that make four fifths of what leaves the store by its price, B those that make the next fifteen in a
hundred, C the rest (the usual shares of ABC analysis).
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from sync.papers import DAY_MS

Grade = Literal["A", "B", "C"]
Reason = Literal["below_zero", "sent_short", "stopped", "overdue"]
REASONS: tuple[Reason, ...] = ("below_zero", "sent_short", "stopped", "overdue")
SHARES: tuple[tuple[Grade, int], ...] = (("A", 80), ("B", 95))
# Whatever sold on fewer days has no rhythm that could stop.
LEAST_DAYS_SOLD = 5
# Where sales come by chance, a pause of so many usual ones happens less than once in a hundred.
LONG_PAUSE = 5
LEAST_PAUSE_MS = 7 * DAY_MS


class Known(NamedTuple):
    """What the books say of an item in a store. `left_cents` is the worth of what left since the beginning of the time
    that is looked at, `sold_from` to `sold_to` the days on which any did, `sold_days` of them. `short_at` is when less
    of it was sent than had been approved. Times are in ms, 0 for never.
    """

    item: int
    on_hand: int
    counted_at: int = 0
    left_cents: int = 0
    sold_from: int = 0
    sold_to: int = 0
    sold_days: int = 0
    short_at: int = 0


class Due(NamedTuple):
    item: int
    grade: Grade
    reason: Reason


def graded(known: Iterable[Known]) -> dict[int, Grade]:
    """Those of which nothing left are C."""
    rows = sorted(known, key=lambda one: (-one.left_cents, one.item))
    total, before = sum(one.left_cents for one in rows), 0
    found: dict[int, Grade] = {}
    for one in rows:
        # The item with which a share is reached still belongs to it.
        fitting = (grade for grade, share in SHARES if one.left_cents and before * 100 < total * share)
        found[one.item] = next(fitting, "C")
        before += one.left_cents
    return found


def dues(known: Iterable[Known], days: Mapping[Grade, int], now: int, most: int) -> list[Due]:
    """The first so many, the most urgent one first. `days` says for how long a count is trusted, by grade."""
    rows = list(known)
    grades = graded(rows)
    found = []
    for one in rows:
        grade = grades[one.item]
        if reason := _reason(one, days[grade] * DAY_MS, now):
            overdue = (now - one.counted_at) // max(1, days[grade]) if one.counted_at else now
            place = (REASONS.index(reason), grade, -overdue, -one.left_cents, one.item)
            found.append((place, Due(one.item, grade, reason)))
    return [due for _place, due in sorted(found)[:most]]


def _reason(one: Known, trusted_ms: int, now: int) -> Reason | None:
    if one.on_hand < 0:
        return "below_zero"
    if one.short_at > one.counted_at:
        return "sent_short"
    if one.on_hand > 0 and _has_stopped(one, now):
        return "stopped"
    return "overdue" if one.counted_at <= now - trusted_ms else None


def _has_stopped(one: Known, now: int) -> bool:
    """Whether it used to leave often, does no more, and nobody has looked since it should have."""
    if one.sold_days < LEAST_DAYS_SOLD:
        return False
    usual = (one.sold_to - one.sold_from) // (one.sold_days - 1)
    expected_by = one.sold_to + max(LONG_PAUSE * usual, LEAST_PAUSE_MS)
    return expected_by <= now and one.counted_at < expected_by
