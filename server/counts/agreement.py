"""When two people who counted far from the book saw the same. Pure."""

from typing import NamedTuple

# Why a count waits that differs from the book by more than is tolerated.
FAR_FROM_BOOK = "count_variance"


class Sighting(NamedTuple):
    """A count of a whole item that differed from the book of its moment by `variance`. It `stands` unless somebody has
    declined it.
    """

    id: str
    store: int
    item: int
    lot: str | None
    at: int
    by: int | None
    variance: int
    stands: bool


def agree(one: Sighting, other: Sighting, tolerance: int) -> bool:
    """Whether two people saw the same, whatever moved between them."""
    same = (one.store, one.item, one.lot) == (other.store, other.item, other.lot)
    return (
        same
        and None not in (one.by, other.by)
        and one.by != other.by
        and other.stands
        and abs(one.variance - other.variance) <= tolerance
    )
