"""Rows to the bytes of a file that any spreadsheet opens: UTF-8 with its mark, commas, CRLF."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

_PIECE = 64 * 1024


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Some dozen kilobytes a piece."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow(header)
    for row in rows:
        writer.writerow(row)
        if text.tell() > _PIECE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
