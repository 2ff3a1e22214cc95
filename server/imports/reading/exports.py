"""Our own lists as files that any spreadsheet opens and that are read back the same."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from server.imports.reading.lines import Kind

# What the columns of an export are; a row is a mapping with the values that lines have: `barcodes` and `assortments`
# sequences of text, `price` in cents, times in ms UTC, `role` a level, truth values, None for nothing.
EXPORTED: dict[Kind, tuple[str, ...]] = {
    "stores": ("code", "name_en", "name_zh", "area", "latitude", "longitude", "time_zone"),
    "people": ("username", "name", "role", "store", "area", "locale", "from", "to"),
    "items": (
        *("sku", "barcodes", "name_en", "name_zh", "brand", "unit", "price"),
        *("tracks_lot", "tracks_expiry", "assortments"),
    ),
    "stock": ("store", "item", "counted", "lot"),
    "movements": ("id", "store", "item", "quantity", "kind", "at", "lot"),
}


def export_csv(kind: Kind, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """UTF-8 with a mark, commas, CRLF; some hundred rows a piece."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(EXPORTED[kind])
    for row in rows:
        writer.writerow([row[field] for field in EXPORTED[kind]])
    yield text.getvalue().encode("utf-8-sig")
