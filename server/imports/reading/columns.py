"""Which column of a file is which field: by its header in any of six languages, else by what stands in it."""

from collections.abc import Sequence

import msgspec

from server.imports.reading.codes import gtin_in
from server.imports.reading.headers import HEADERS, header_key
from server.imports.reading.lines import Kind

# One of each group must have a column.
_NEEDED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "stores": (("code",), ("name", "name_en", "name_zh")),
    "people": (("username",), ("name",)),
    "items": (("sku", "barcodes"), ("name", "name_en", "name_zh")),
    "stock": (("store",), ("item",), ("counted",)),
    "movements": (("id",), ("store",), ("item",), ("quantity",), ("kind",), ("at",)),
}


class Columns(msgspec.Struct):
    """`fields` says what is read from a column, by its place from 0; other columns are passed over."""

    fields: dict[int, str]
    has_header: bool = True


def match_columns(kind: Kind, head: Sequence[Sequence[str]]) -> Columns:
    """A guess from the first rows, for a person to look at."""
    if not head:
        return Columns({})
    known = HEADERS[kind]
    fields: dict[int, str] = {}
    for place, cell in enumerate(head[0]):
        field = known.get(header_key(cell))
        if field is not None and field not in fields.values():
            fields[place] = field
    return Columns(fields)


def missing_fields(kind: Kind, columns: Columns) -> list[tuple[str, ...]]:
    """The groups of which no field has a column; without them no line can be read."""
    given = set(columns.fields.values())
    return [group for group in _NEEDED[kind] if not given.intersection(group)]
