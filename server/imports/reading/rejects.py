"""The file of what was not taken, to be mended and imported again."""

from collections.abc import Iterable, Iterator, Sequence

from server.imports.reading.cells import guarded, unguarded
from server.imports.reading.lines import Reject
from server.imports.reading.sentences import field_name, reason
from server.imports.reading.writing import csv_bytes


def rejects_csv(header: Sequence[str], rejects: Iterable[Reject], locale: str) -> Iterator[bytes]:
    """The line, the reason in the reader's language, and the fields as they stood below their header ([] if none).

    Safe to open in a spreadsheet; mended and imported again, the first two columns are passed over.
    """
    names = [field_name(field, locale) for field in ("reject_line", "reject_reason")]
    yield from csv_bytes([*names, *map(_cell, header)], (_row(reject, locale) for reject in rejects))


def _row(reject: Reject, locale: str) -> list[str]:
    why = reason(reject.code, reject.params, locale)
    return [str(reject.line), guarded(why), *map(_cell, reject.raw)]


def _cell(text: str) -> str:
    # A plain negative number is no formula, and stays one.
    return text if text[:1] == "-" and text[1:].isdigit() else guarded(unguarded(text))
