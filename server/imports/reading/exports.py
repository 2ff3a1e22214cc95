"""Our own lists as files that any spreadsheet opens and that are read back the same."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from server.imports.reading.cells import guarded
from server.imports.reading.codes import printed
from server.imports.reading.lines import Kind
from server.imports.reading.writing import csv_bytes

# What the columns of an export are; a row is a mapping with the values that lines have: `barcodes` GTINs of 14 digits,
# `assortments` names, `price` in cents, times in ms UTC, `role` a level, truth values, None for nothing.
EXPORTED: dict[Kind, tuple[str, ...]] = {
    "stores": ("code", "name_en", "name_zh", "area", "latitude", "longitude", "time_zone"),
    "people": ("username", "name", "role", "store", "area", "locale", "from", "to"),
    "items": (
        *("sku", "barcodes", "name_en", "name_zh", "brand", "unit", "price"),
        *("tracks_lot", "tracks_expiry", "assortments"),
    ),
    "stock": ("store", "item", "counted", "lot", "expires"),
    "movements": ("id", "store", "item", "quantity", "kind", "at", "lot", "expires"),
}
_LEVELS = ("", "viewer", "associate", "store-manager", "area-manager", "administrator")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def export_csv(kind: Kind, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The file of these rows, piece by piece; nothing is held back."""
    writers = [(field, _WRITERS.get(field, _text)) for field in EXPORTED[kind]]
    cells = ([write(row[field]) for field, write in writers] for row in rows)
    yield from csv_bytes(EXPORTED[kind], cells)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else guarded(value) if isinstance(value, str) else str(value)


def _price(value: int | None) -> str:
    return "" if value is None else f"{value // 100}.{value % 100:02d}"


def _moment(at: int | None) -> str:
    return "" if at is None else (_EPOCH + timedelta(milliseconds=at)).isoformat().replace("+00:00", "Z")


def _barcodes(gtins: Sequence[str]) -> str:
    return " ".join(map(printed, gtins))


def _assortments(names: Sequence[str]) -> str:
    return guarded("|".join(name.replace("\\", "\\\\").replace("|", "\\|") for name in names))


_WRITERS: dict[str, Callable[[Any], str]] = {
    "price": _price,
    "from": _moment,
    "to": _moment,
    "at": _moment,
    "barcodes": _barcodes,
    "assortments": _assortments,
    "role": lambda level: _LEVELS[level or 0],
    # Shortest text that is read back as the same number.
    "latitude": lambda degrees: "" if degrees is None else repr(float(degrees)),
    "longitude": lambda degrees: "" if degrees is None else repr(float(degrees)),
}
