"""Whose words something needs before it has effect. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from server.refusals import Refusal

# What a rule may be about, and how many minor units of money one rule may ask for.
WORKS = ("stock.adjust", "stock.count")


class Word(NamedTuple):
    """At least `people` who have at least this `level` in the store must accept it."""

    level: int = 3
    people: int = 1


ONE_MANAGER = Word()


class Approval(NamedTuple):
    """One rule. `reason` "" and `store` 0 stand for any; it is about work of `units` or more, or worth `cents` or more
    at the price in the catalogue, where those are not 0. Both 0: about all of it.
    """

    id: str
    work: str
    reason: str
    store: int
    units: int
    cents: int
    level: int
    people: int

    def fits(self, work: str, store: int, reason: str, units: int, cents: int) -> bool:
        if self.work != work or self.store not in (0, store) or self.reason not in ("", reason):
            return False
        asked = [(self.units, units), (self.cents, cents)]
        least = [told >= most for most, told in asked if most]
        return any(least) or not least


class Told(NamedTuple):
    """What rules look at: units and minor units of money are those by which the book would change, without sign."""

    work: str
    store: int
    reason: str
    units: int
    cents: int


def word_for(rules: Iterable[Approval], told: Told) -> Word | None:
    """What those that fit ask for together; None where none does."""
    found = [rule for rule in rules if rule.fits(*told)]
    if not found:
        return None
    return Word(max(rule.level for rule in found), max(rule.people for rule in found))


def worth(units: int, price_cents: int, unit: str) -> int:
    """Minor units of money, without sign; what is weighed or measured has its price for a thousand."""
    return abs(units) * price_cents // (1 if unit == "each" else 1000)


def sound(rule: Approval, stores: Iterable[int]) -> Approval:
    """Raises Refusal where it speaks of no store there is, or of a reason that counts do not have."""
    if rule.store and rule.store not in stores:
        raise Refusal("store_unknown")
    if rule.reason and rule.work != "stock.adjust":
        raise Refusal("field_wrong", field="reason")
    return rule
