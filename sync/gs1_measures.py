"""Weights, and the numbers that a store prints for itself; twin of gs1_measures.js."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

from sync.gs1_digits import check_digit

# Net weights by the first three digits of their AI; the fourth says how many digits stand behind the point.
_UNITS = {"310": "kg", "320": "lb", "356": "ozt"}


class Weight(TypedDict):
    """`value` is exact, with all its decimals; `grams` is there where a weight in kilograms is whole grams."""

    value: str
    unit: str
    grams: NotRequired[int]


class InStore(TypedDict):
    """A number of no meaning outside the store or its chain (02, 04, 20 to 29; of eight digits 0 and 2).

    Of thirteen digits from 02 or 2, `item` is the first seven and `measure` the five before the check digit (a price
    or a weight), as most countries lay them out; `gtin` is the number with a measure of zeros, 14 digits.
    """

    item: str
    measure: str
    gtin: str


def weight_of(values: Mapping[str, str]) -> Weight | None:
    """The net weight among values by AI, kilograms before other units."""
    for first, unit in _UNITS.items():
        for decimals in range(6):
            said = values.get(f"{first}{decimals}")
            if said is not None:
                return _weight(int(said), decimals, unit)
    return None


def in_store_of(gtin: str) -> InStore | None:
    """What a store may have put into a number of its own; None for a number that holds everywhere."""
    if gtin.startswith("000000"):
        return {"item": gtin[6:], "measure": "", "gtin": gtin} if gtin[6] in "02" else None
    first = gtin[:3]
    if first == "004":
        return {"item": gtin[1:], "measure": "", "gtin": gtin}
    if first != "002" and first[:2] != "02":
        return None
    without = gtin[:8] + "00000"
    return {"item": gtin[1:8], "measure": gtin[8:13], "gtin": without + check_digit(without)}


def sought(gtin: str) -> list[str]:
    """The numbers under which an item may be listed: its own, and that of a store without the weight or price in it."""
    in_store = in_store_of(gtin)
    return [gtin, in_store["gtin"]] if in_store and in_store["gtin"] != gtin else [gtin]


def _weight(digits: int, decimals: int, unit: str) -> Weight:
    padded = str(digits).rjust(decimals + 1, "0")
    value = f"{padded[:-decimals]}.{padded[-decimals:]}" if decimals else padded
    thousandths, rest = divmod(digits * 1000, 10**decimals)
    return (
        {"value": value, "unit": unit, "grams": thousandths}
        if unit == "kg" and not rest
        else {
            "value": value,
            "unit": unit,
        }
    )
