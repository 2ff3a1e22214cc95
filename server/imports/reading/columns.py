"""Which column of a file is which field: by its header in any of six languages, else by what stands in it."""

import re
from collections.abc import Callable, Sequence
from statistics import mode

import msgspec

from server.imports.reading.codes import gtin_in
from server.imports.reading.headers import HEADERS, header_key
from server.imports.reading.lines import FIELDS, Kind, Refused
from server.imports.reading.values import moment
from server.imports.reading.words import MOVEMENTS

# One of each group must have a column.
_NEEDED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "stores": (("code",), ("name", "name_en", "name_zh")),
    "people": (("username",), ("name",)),
    "items": (("sku", "barcodes"), ("name", "name_en", "name_zh")),
    "stock": (("store",), ("item",), ("counted",)),
    "movements": (("id",), ("store",), ("item",), ("quantity",), ("kind",), ("at",)),
}
# Where no header names one: what can be told from the cells themselves, the surest first.
_TOLD_BY_CONTENT: dict[Kind, tuple[str, ...]] = {
    "stores": (),
    "people": (),
    "items": ("barcodes", "name"),
    "stock": ("item", "counted", "store"),
    "movements": ("kind", "at", "item", "quantity"),
}
_SEVERAL = re.compile(r"\d+$")
# A column is what most of its cells are; the others are the dirt that an import is about to find.
_MOST = 0.6


class Columns(msgspec.Struct):
    """`fields` says what is read from a column, by its place from 0; other columns are passed over."""

    fields: dict[int, str]
    has_header: bool = True


def match_columns(kind: Kind, head: Sequence[Sequence[str]]) -> Columns:
    """A guess from the first rows, for a person to look at."""
    if not head:
        return Columns({})
    fields = _by_header(kind, head[0])
    has_header = bool(fields) or not _looks_like_data(head[0])
    cells = _cells_by_column(head[1:] if has_header else head, row_width(head, has_header))
    for field in _TOLD_BY_CONTENT[kind]:
        if field not in fields.values() and field in _wanted(kind, fields):
            place = _best(field, {place: column for place, column in cells.items() if place not in fields})
            if place is not None:
                fields[place] = field
    return Columns(dict(sorted(fields.items())), has_header)


def missing_fields(kind: Kind, columns: Columns) -> list[tuple[str, ...]]:
    """The groups of which no field has a column; without them no line can be read."""
    given = set(columns.fields.values())
    return [group for group in _NEEDED[kind] if not given.intersection(group)]


def row_width(head: Sequence[Sequence[str]], has_header: bool) -> int:
    """How many fields a row has: as many as the header, else as most of the first rows."""
    return len(head[0]) if has_header else mode(map(len, head))


def check_columns(kind: Kind, columns: Columns, width: int) -> None:
    """Raises `ValueError` for columns that no form of ours asks for: a place or a field that is not there, or twice."""
    fields = list(columns.fields.values())
    if not all(0 <= place < width for place in columns.fields) or not set(fields) <= set(FIELDS[kind]):
        raise ValueError(f"no such columns of {kind}: {columns.fields}")
    if any(fields.count(field) > 1 for field in fields if field != "barcodes"):
        raise ValueError(f"a field of {kind} has two columns: {columns.fields}")


def _by_header(kind: Kind, header: Sequence[str]) -> dict[int, str]:
    known = HEADERS[kind]
    fields: dict[int, str] = {}
    for place, cell in enumerate(header):
        key = header_key(cell)
        field = known.get(key) or known.get(_SEVERAL.sub("", key))
        # Goods have several barcodes, in several columns; of anything else the first column counts.
        if field is not None and (field not in fields.values() or (kind, field) == ("items", "barcodes")):
            fields[place] = field
    return fields


def _wanted(kind: Kind, fields: dict[int, str]) -> set[str]:
    return {field for group in missing_fields(kind, Columns(fields)) for field in group}


def _looks_like_data(row: Sequence[str]) -> bool:
    return any(gtin_in(cell.strip()) or _is_number(cell) for cell in row)


def _cells_by_column(rows: Sequence[Sequence[str]], width: int) -> dict[int, list[str]]:
    return {
        place: [row[place].strip() for row in rows if len(row) > place and row[place].strip()] for place in range(width)
    }


def _best(field: str, columns: dict[int, list[str]]) -> int | None:
    rated = {place: _RATED[field](cells) for place, cells in columns.items() if cells}
    place = max(rated, key=lambda each: rated[each], default=None)
    return place if place is not None and rated[place] > 0 else None


def _share(fits: Callable[[str], object], cells: list[str]) -> float:
    share = sum(bool(fits(cell)) for cell in cells) / len(cells)
    return share if share >= _MOST else 0.0


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,7}([.,]\d+)?", cell.strip()))


def _is_moment(cell: str) -> bool:
    try:
        moment(cell, "at")
    except Refused:
        return False
    return True


def _wordiness(cells: list[str]) -> float:
    """How much of a column is words: names have letters and blanks and are seldom the same."""
    letters = sum(character.isalpha() for cell in cells for character in cell) / len(cells)
    return letters * len(set(cells)) / len(cells) if letters > 2 else 0.0


def _sameness(cells: list[str]) -> float:
    """Short texts without blanks that come again, as the code of a store does in a file of stock."""
    is_short = all(len(cell) <= 16 and " " not in cell for cell in cells)
    return 1.1 - len(set(cells)) / len(cells) if is_short else 0.0


_RATED: dict[str, Callable[[list[str]], float]] = {
    "barcodes": lambda cells: _share(gtin_in, cells),
    "item": lambda cells: _share(gtin_in, cells),
    "name": _wordiness,
    "counted": lambda cells: _share(_is_number, cells),
    "quantity": lambda cells: _share(_is_number, cells),
    "store": _sameness,
    "kind": lambda cells: _share(lambda cell: cell.lower() in MOVEMENTS, cells),
    "at": lambda cells: _share(_is_moment, cells),
}
