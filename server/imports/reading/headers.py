"""The words that files of many languages put above their columns."""

import re

from server.imports.reading.lines import FIELDS, KINDS, Kind
from sync.formats import fold

_NOISE = re.compile(r"[\s_\-./:#*()\[\]（）：、]+")


def header_key(cell: str) -> str:
    """What the spellings of one header have in common: `Item_No.`, `item no` and `ITEM-NO` are one."""
    return _NOISE.sub("", fold(cell))


HEADERS: dict[Kind, dict[str, str]] = {
    kind: {header_key(field): field for field in FIELDS[kind]} | {"barcode": "barcodes"} for kind in KINDS
}
