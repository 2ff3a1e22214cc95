"""What happened when, at the places that a group of operations touches: the arithmetic of counts. Pure."""

from bisect import bisect_right, insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

# Kinds of entries that move nothing on a shelf: what keeps a count true, and goods under another name.
ON_PAPER = frozenset({"count", "merge"})
# (location, item)
Place = tuple[int, int]
# (effective time, client, n): the order in which things happened.
Moment = tuple[int, str, int]


class Anchor(NamedTuple):
    """A count at its moment; `lot` None where goods were counted whatever their lot.

    `until` is when its last shelf was counted, its own time where it was counted at once. It is None where a file told
    of it: then no phone's clock says what came before it and what after.
    """

    at: int
    client: str
    n: int
    operation: str
    lot: str | None
    counted: int
    until: int | None = None


class Reading(NamedTuple):
    """One line of a count at its moment: `counted` units of the item, or of one lot of it, on all of `shelves`."""

    at: int
    client: str
    n: int
    operation: str
    session: str
    shelves: tuple[str, ...]
    lot: str | None
    counted: int


class Variance(NamedTuple):
    """Units that keep a count true: they belong to its moment, whenever they became known."""

    anchor: Anchor
    lot: str
    units: int


class Opening(NamedTuple):
    """The counts that opened a store's book: those of this client and this moment."""

    client: str
    at: int


@dataclass(slots=True)
class Past:
    """Counts at these places not before the earliest operation of the group, ordered.

    `units` are on hand by lot now, `later` what was booked at or after the earliest count of the group; both are kept
    for places that the group counts. `openings` maps stores to how their book was opened, None where it is empty;
    stores whose book has begun otherwise are missing. `moves` are units that moved around the counts of the group, but
    for those that keep counts true; `readings` what was counted shelf by shelf, of places where the group does. `due`
    are those of them that are on a list of what to count.
    """

    anchors: dict[Place, list[Anchor]] = field(default_factory=dict)
    units: dict[Place, dict[str, int]] = field(default_factory=dict)
    later: dict[Place, list[tuple[Moment, str, int]]] = field(default_factory=dict)
    openings: dict[int, Opening | None] = field(default_factory=dict)
    moves: dict[Place, list[tuple[Moment, int]]] = field(default_factory=dict)
    readings: dict[Place, list[Reading]] = field(default_factory=dict)
    due: set[Place] = field(default_factory=set)

    def before(self, place: Place, moment: Moment) -> dict[str, int]:
        """Units on hand by lot just before a moment; the place must be one that the group counts."""
        units = dict(self.units.get(place, {}))
        for when, lot, delta in self.later.get(place, ()):
            if when > moment:
                units[lot] = units.get(lot, 0) - delta
        return units

    def variances(self, place: Place, moment: Moment, moved: Mapping[str, int]) -> list[Variance]:
        """What becomes of counts after `moment` when these units by lot turn out to have moved at it.

        A count swallows the difference in what it counted. One of the whole item leaves differences between its lots,
        so that a later count of a lot may have to put its own right, and the next whole one that.
        """
        anchors = self.anchors.get(place)
        if not anchors:
            return []
        found: list[Variance] = []
        carried = dict(moved)
        for anchor in anchors[bisect_right(anchors, moment, key=moment_of) :]:
            lot = anchor.lot or ""
            difference = sum(carried.values()) if anchor.lot is None else carried.get(lot, 0)
            if difference:
                found.append(Variance(anchor, lot, -difference))
                carried[lot] = carried.get(lot, 0) - difference
            if not any(carried.values()):
                break
        return found

    def book(self, place: Place, moment: Moment, lot: str, delta: int) -> None:
        """Take over an entry, so that the next count of the group sees it."""
        if place in self.units:
            self.units[place][lot] = self.units[place].get(lot, 0) + delta
            self.later.setdefault(place, []).append((moment, lot, delta))

    def moved(self, place: Place, moment: Moment, delta: int) -> None:
        if place in self.units:
            self.moves.setdefault(place, []).append((moment, delta))

    def booked_by(self, place: Place, anchor: Anchor) -> dict[str, int]:
        """Units by lot that keep a count of such a place true until now."""
        units: dict[str, int] = {}
        for when, lot, delta in self.later.get(place, ()):
            if when == moment_of(anchor):
                units[lot] = units.get(lot, 0) + delta
        return units

    def release(self, place: Place, anchor: Anchor) -> None:
        """A count that stands no more."""
        self.anchors[place].remove(anchor)

    def anchor(self, place: Place, anchor: Anchor) -> None:
        insort(self.anchors.setdefault(place, []), anchor, key=moment_of)


def on_hand(units: Mapping[str, int], lot: str | None) -> int:
    """Of one lot, or of the whole item."""
    return sum(units.values()) if lot is None else units.get(lot, 0)


def moment_of(anchor: Anchor) -> Moment:
    return anchor.at, anchor.client, anchor.n
