"""Reads a file of one kind, batch by batch."""

from collections.abc import Iterator
from typing import Any

from server.imports.reading.columns import Columns, missing_fields, row_width
from server.imports.reading.items import ItemReader
from server.imports.reading.kinds import READERS
from server.imports.reading.lines import Batch, Kind, Reject, Unreadable
from server.imports.reading.rows import Chunk
from server.imports.reading.table import Table


def read_lines(
    kind: Kind, table: Table, columns: Columns, *, after: int = 0, spelt: bool = True
) -> Iterator[Batch[Any]]:
    """Batches of lines of that kind, those up to line `after` left out; where not `spelt`, goods come without their
    `folded` and sort keys, for whoever needs them of a few. Raises `Unreadable` before the first one when a field that
    must be there has no column, and in between when the file breaks off.
    """
    absent = missing_fields(kind, columns)
    if absent:
        raise Unreadable("columns_missing", fields=", ".join("/".join(group) for group in absent))
    reader = READERS[kind](columns.fields, table.numbers_lose_zeros)
    if isinstance(reader, ItemReader):
        reader.spells = spelt
    width = max(row_width(table.head, columns.has_header), *(place + 1 for place in columns.fields))
    header_waits = columns.has_header
    for chunk in table.chunks():
        if header_waits and chunk.rows:
            del chunk.rows[0], chunk.numbers[0]
            header_waits = False
        rejects = chunk.broken + _of_another_width(chunk, width)
        lines, wrong = reader.read(chunk.numbers, chunk.rows)
        rejects = sorted(rejects + wrong, key=lambda reject: reject.line)
        if chunk.read_to > after:
            lines = [line for line in lines if line.line > after]
            rejects = [reject for reject in rejects if reject.line > after]
            yield Batch(lines, rejects, chunk.read_to, chunk.read_bytes)


def _of_another_width(chunk: Chunk, width: int) -> list[Reject]:
    """Takes out the rows whose fields would stand under a wrong header; empty ones at the end do no harm."""
    if set(map(len, chunk.rows)) <= {width}:
        return []
    rejects, numbers, rows = [], [], []
    for number, row in zip(chunk.numbers, chunk.rows, strict=True):
        if len(row) == width or (len(row) > width and not any(row[width:])):
            numbers.append(number)
            rows.append(row)
        else:
            rejects.append(Reject(number, "columns_wrong", {"have": len(row), "want": width}, row))
    chunk.numbers, chunk.rows = numbers, rows
    return rejects
