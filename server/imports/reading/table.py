"""A file as rows of text, whatever it is written in."""

from collections.abc import Iterator
from itertools import islice, takewhile
from pathlib import Path
from statistics import median
from typing import Literal

import msgspec

from server.imports.reading.delimited import delimiter_of, first_lines, text_chunks
from server.imports.reading.encodings import detect_encoding
from server.imports.reading.lines import Unreadable
from server.imports.reading.rows import Chunk
from server.imports.reading.workbook import is_workbook, workbook_chunks

ROWS_OF_THE_HEAD = 30
# How files begin that people pick by mistake: PDF, pictures, packed files, programs, a database.
_OTHER_FILES: tuple[bytes, ...] = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
)
_OTHER_FILES += (b"\x7fELF", b"MZ\x90", b"SQLite format 3", b"<!DOCTYPE", b"<html", b"<?xml", b"{\\rtf")


class Table(msgspec.Struct):
    """`head` are the first rows with the header, if there is one; `encoding` and `delimiter` are "" of a workbook.

    `numbers_lose_zeros`: its cells may be numbers, and a barcode among them has no leading zeros. `above` rows stand
    over the table like a title, and are left out everywhere.
    """

    path: Path
    form: Literal["text", "workbook"]
    encoding: str
    delimiter: str
    head: list[list[str]]
    size_bytes: int
    numbers_lose_zeros: bool
    above: int = 0

    def chunks(self) -> Iterator[Chunk]:
        """All rows from the first on, the header too. Reads the file anew each time; may raise `Unreadable`."""
        above = self.above
        for chunk in self._all_chunks():
            if above:
                skipped = min(above, len(chunk.rows))
                del chunk.rows[:skipped], chunk.numbers[:skipped]
                above -= skipped
            yield chunk

    def _all_chunks(self) -> Iterator[Chunk]:
        if self.form == "workbook":
            return workbook_chunks(self.path)
        return text_chunks(self.path, self.encoding, self.delimiter)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line numbers and rows, for whoever wants them one by one."""
        for chunk in self.chunks():
            yield from zip(chunk.numbers, chunk.rows, strict=True)


def open_table(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Finds out how the file is written, unless it is told. Raises `Unreadable`."""
    with path.open("rb") as handle:
        head = handle.read(1024)
    if not head:
        raise Unreadable("file_empty")
    size_bytes = path.stat().st_size
    if is_workbook(head):
        table = Table(path, "workbook", "", "", [], size_bytes, numbers_lose_zeros=True)
    elif head.startswith(_OTHER_FILES):
        raise Unreadable("file_not_a_table")
    else:
        encoding = encoding or detect_encoding(path)
        delimiter = delimiter or delimiter_of(first_lines(path, encoding))
        table = Table(path, "text", encoding, delimiter, [], size_bytes, numbers_lose_zeros=False)
    table.head = [row for _number, row in islice(table.rows(), ROWS_OF_THE_HEAD)]
    if not table.head:
        raise Unreadable("file_empty")
    table.above = _rows_above(table.head)
    del table.head[: table.above]
    return table


def _rows_above(head: list[list[str]]) -> int:
    """How many rows at the top say a single thing, a title or a date, over a table that says several a row."""
    filled = [[cell for cell in row if cell.strip()] for row in head]
    if median(map(len, filled)) < 2:
        return 0
    titles = takewhile(lambda cells: len(cells) < 2 and not any(cell.strip().isdigit() for cell in cells), filled)
    return sum(1 for _ in titles)
