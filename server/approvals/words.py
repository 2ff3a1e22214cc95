"""Whose words something needs before it has effect. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from server.refusals import Refusal

# What a rule may be about, and how many minor units of money one rule may ask for.
WORKS = ("stock.adjust", "stock.count", "transfer.approve", "transfer.close")
# A variance where the book had nothing: more than any rule can ask for.
FROM_NOTHING = 1_000_000


class Word(NamedTuple):
    """At least `people` who have at least this `level` in the store must accept it."""

    level: int = 3
    people: int = 1


ONE_MANAGER = Word()


class Approval(NamedTuple):
    """One rule. `reason` "" and `store` 0 stand for any; it is about work of `units` or more, or worth `cents` or more
    at the price in the catalogue, or of a count that is off by `percent` of the book or more, where those are not 0.
    All 0: about all of it. An approval of a transfer is work of the store that gives, a closing of the one that gets.
    """

    id: str
    work: str
    reason: str
    store: int
    units: int
    cents: int
    level: int
    people: int
    percent: int = 0

    def fits(self, work: str, store: int, reason: str, units: int, cents: int, percent: int = 0) -> bool:
        if self.work != work or self.store not in (0, store) or self.reason not in ("", reason):
            return False
        asked = [(self.units, units), (self.cents, cents), (self.percent, percent)]
        least = [told >= most for most, told in asked if most]
        return any(least) or not least


class Told(NamedTuple):
    """What rules look at: units and minor units of money are those by which the book would change, without sign; of a
    transfer those of all its lines together, promised by an approval or written off by a closing.
    """

    work: str
    store: int
    reason: str
    units: int
    cents: int
    percent: int = 0


def word_for(rules: Iterable[Approval], told: Told) -> Word | None:
    """What those that fit ask for together; None where none does."""
    found = [rule for rule in rules if rule.fits(*told)]
    if not found:
        return None
    return Word(max(rule.level for rule in found), max(rule.people for rule in found))


def worth(units: int, price_cents: int, unit: str) -> int:
    """Minor units of money, without sign; what is weighed or measured has its price for a thousand."""
    return abs(units) * price_cents // (1 if unit == "each" else 1000)


def variance_percent(units: int, book: int) -> int:
    """By how much in a hundred of the book a count is off, without sign; a part of one counts as one."""
    if book == 0:
        return FROM_NOTHING if units else 0
    return min(-(-abs(units) * 100 // abs(book)), FROM_NOTHING)


def sound(rule: Approval, stores: Iterable[int]) -> Approval:
    """Raises Refusal where it speaks of no store there is, or of a reason that counts do not have."""
    if rule.store and rule.store not in stores:
        raise Refusal("store_unknown")
    if rule.reason and rule.work != "stock.adjust":
        raise Refusal("field_wrong", field="reason")
    if rule.percent and rule.work != "stock.count":
        raise Refusal("field_wrong", field="percent")
    return rule
