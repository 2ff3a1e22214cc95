"""A file as rows of text, whatever it is written in."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from server.imports.reading.lines import Reject, Unreadable

ROWS_AT_ONCE = 2_000


class Chunk(msgspec.Struct):
    """Some rows on: `numbers` are their lines, `broken` is what cannot be told apart into fields."""

    numbers: list[int]
    rows: list[list[str]]
    broken: list[Reject]
    read_to: int
    read_bytes: int


class Table(msgspec.Struct):
    """`head` are the first rows with the header, if there is one; `encoding` and `delimiter` are "" of a workbook.

    `numbers_lose_zeros`: its cells may be numbers, and a barcode among them has no leading zeros.
    """

    path: Path
    form: Literal["text", "workbook"]
    encoding: str
    delimiter: str
    head: list[list[str]]
    size_bytes: int
    numbers_lose_zeros: bool = False

    def chunks(self) -> Iterator[Chunk]:
        """All rows from the first on, the header too; blank ones are left out. Opens the file anew each time."""
        with self.path.open(encoding=self.encoding, newline="") as handle:
            numbers: list[int] = []
            rows: list[list[str]] = []
            reader = csv.reader(handle, delimiter=self.delimiter)
            for row in reader:
                numbers.append(reader.line_num)
                rows.append(row)
                if len(rows) == ROWS_AT_ONCE:
                    yield Chunk(numbers, rows, [], numbers[-1], handle.buffer.tell())
                    numbers, rows = [], []
            if rows:
                yield Chunk(numbers, rows, [], numbers[-1], self.size_bytes)


def open_table(path: Path) -> Table:
    """Finds out how the file is written. Raises `Unreadable`."""
    size_bytes = path.stat().st_size
    if not size_bytes:
        raise Unreadable("file_empty")
    table = Table(path, "text", "utf-8-sig", ",", [], size_bytes)
    table.head = next(table.chunks()).rows[:30]
    return table
