"""What eyes saw shelf by shelf in a session of counting, and when that amounts to a count of the whole item. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.counts.past import Anchor, Moment, Reading

# (session, lot): readings of these belong together.
Counted = tuple[str, str | None]


def shelves_of(args: Mapping[str, Any]) -> tuple[str, ...]:
    """The shelves that a `stock.count` speaks of; none where it speaks of the whole store."""
    scope = args.get("scope")
    if args.get("shelf"):
        return (args["shelf"],)
    return tuple(scope) if isinstance(scope, list) else ()


def moment(reading: Reading) -> Moment:
    return reading.at, reading.client, reading.n


def anchors_of(readings: Iterable[Reading]) -> dict[Counted, Anchor]:
    """The counts that the readings of one item in one store amount to, whatever the order in which they came.

    Several shelves of a session add up; a shelf that is read again counts as it was read last, and what was read
    together with it must be read again too. They anchor the item once every shelf is read that was known to hold it
    when the first of them was: those on which the latest earlier reading of other sessions saw any. The count stands at
    the moment of its first reading and ends with its last.
    """
    ordered = sorted(readings, key=moment)
    sessions: dict[Counted, list[Reading]] = {}
    for reading in ordered:
        sessions.setdefault((reading.session, reading.lot), []).append(reading)
    found = {}
    for counted, told in sessions.items():
        standing = _standing(told)
        first, last = standing[0], standing[-1]
        seen = {shelf for reading in standing for shelf in reading.shelves}
        if _known(ordered, counted, moment(first)) <= seen:
            units = sum(reading.counted for reading in standing)
            place = (first.at, first.client, first.n, first.operation)
            found[counted] = Anchor(*place, first.lot, units, last.at)
    return found


def _standing(told: Sequence[Reading]) -> list[Reading]:
    """Those of one session that no later one replaces, in their order."""
    kept: list[Reading] = []
    read: set[str] = set()
    for reading in reversed(told):
        if read.isdisjoint(reading.shelves):
            kept.append(reading)
        read.update(reading.shelves)
    return kept[::-1]


def _known(ordered: Sequence[Reading], counted: Counted, first: Moment) -> set[str]:
    """Shelves that other sessions saw the item on, by what they saw last before a moment."""
    held: set[str] = set()
    for reading in ordered:
        if moment(reading) >= first:
            break
        if (reading.session, reading.lot) == counted or reading.lot != counted[1]:
            continue
        if reading.counted:
            held.update(reading.shelves)
        else:
            held.difference_update(reading.shelves)
    return held
