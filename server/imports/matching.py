"""Which item a line of a catalogue means, and what it changes there. Pure; it is asked by the reader and by the writer.

A line names its item by SKU; one whose SKU is only its own barcode, by the barcode. What a file does not say stays as
it is, and a file takes nothing away: barcodes and assortments that it does not name stay.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from server.imports.reading import ItemLine, Reject, printed

# What a line may say of an item, and what a new item has where it says nothing.
UNSAID: Mapping[str, Any] = {
    "name_en": "",
    "name_zh": "",
    "brand": "",
    "unit": "each",
    "price_cents": 0,
    "tracks_lot": False,
    "tracks_expiry": False,
}
COLUMNS = ("id", "sku", *UNSAID, "merged_into")
SPELT = ("name_en", "name_zh", "brand")


@dataclass(slots=True)
class Standing:
    """Items that some lines may mean: `items` by id with `COLUMNS`, ids by SKU, owners by GTIN, ranges as
    (assortment's name, item).
    """

    items: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    skus: dict[str, int] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)
    ranges: set[tuple[str, int]] = field(default_factory=set)


class Change(NamedTuple):
    """`values` are columns that differ, `gtins` and `assortments` what the item does not have yet."""

    line: ItemLine
    item: int
    values: dict[str, Any]
    gtins: list[str]
    assortments: list[str]


@dataclass(slots=True)
class Matched:
    fresh: list[ItemLine] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    same: int = 0
    # Lines that may be answered otherwise the next time, by what the rest of their file changes.
    unsure: int = 0
    rejects: list[Reject] = field(default_factory=list)


# Items of this very group that have no id yet.
NEW = -1


def match(lines: Iterable[ItemLine], standing: Standing, ranging: Sequence[str], raw: "RawLine") -> Matched:
    """What becomes of each line; `ranging` are assortments that every line is put into."""
    matched = Matched()
    skus, owners = standing.skus, standing.owners
    for line in lines:
        item = skus.get(line.sku)
        if item is None and not is_own_number(line):
            item = next((owners[gtin] for gtin in line.gtins if gtin in owners), None)
            # The item has a number of its own, and another line may name it by that.
            matched.unsure += item is not None
        taken = next((gtin for gtin in line.gtins if owners.get(gtin, item) != item), None)
        if item is not None and item != NEW and standing.items[item][-1] is not None:
            # It turned out to be another item, and that one is minded by people.
            matched.same += 1
        elif taken is not None or item == NEW:
            code = printed(taken or line.gtins[0]) if taken or line.gtins else line.sku
            # A code before the one that is taken now may be taken too when the rest of the file is in.
            matched.unsure += taken is None or taken != line.gtins[0]
            matched.rejects.append(Reject(line.line, "barcode_taken", {"value": code}, raw.of(line)))
        elif item is None:
            matched.fresh.append(line)
            skus[line.sku] = NEW
            owners.update(dict.fromkeys(line.gtins, NEW))
        elif change := _change(line, item, standing, ranging):
            matched.changes.append(change)
            owners.update(dict.fromkeys(change.gtins, item))
        else:
            matched.same += 1
    return matched


def is_own_number(line: ItemLine) -> bool:
    """Whether the retailer's own number is on the line, and not only a barcode that stands in for it."""
    return all(line.sku != printed(gtin) for gtin in line.gtins)


def _change(line: ItemLine, item: int, standing: Standing, ranging: Sequence[str]) -> Change | None:
    row = standing.items[item]
    said = (
        *(line.name_en, line.name_zh, line.brand, line.unit),
        *(line.price_cents, line.tracks_lot, line.tracks_expiry),
    )
    values = {
        name: value
        for name, value, stands in zip(UNSAID, said, row[2:], strict=False)
        # A name that is not said stays; the others may be said to be empty.
        if value is not None and value != stands and (value or not name.startswith("name_"))
    }
    gtins = [gtin for gtin in line.gtins if gtin not in standing.owners]
    assortments = [name for name in ranged(line, ranging) if (name, item) not in standing.ranges]
    if not (values or gtins or assortments):
        return None
    return Change(line, item, values, gtins, assortments)


def ranged(line: ItemLine, ranging: Sequence[str]) -> tuple[str, ...]:
    if line.assortments:
        return tuple(dict.fromkeys((*line.assortments, *ranging)))
    return tuple(ranging)


class RawLine:
    """A line as its file would write it again, for rejects that were found only where it meets the books."""

    def __init__(self, fields: Mapping[int, str], width: int) -> None:
        self._fields = fields
        self._width = width

    def of(self, line: Any) -> list[str]:
        cells = [""] * self._width
        for place, name in self._fields.items():
            cells[place] = _written(line, name)
        return cells


def _written(line: Any, name: str) -> str:
    if name == "barcodes":
        return " ".join(map(printed, line.gtins))
    if name == "assortments":
        return "|".join(line.assortments or ())
    if name == "name":
        return line.name_en or getattr(line, "name_zh", None) or "" if hasattr(line, "name_en") else line.name
    if name == "price":
        return "" if line.price_cents is None else f"{line.price_cents // 100}.{line.price_cents % 100:02d}"
    value = getattr(line, {"from": "valid_from", "to": "valid_to", "role": "level"}.get(name, name))
    return "" if value is None else str(value)
