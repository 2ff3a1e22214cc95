"""Rows of a text file, separated by commas, semicolons, tabs or bars, with quotes and line breaks inside fields."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import TextIO, cast

from server.imports.reading.encodings import BROKEN, ERRORS
from server.imports.reading.lines import Reject
from server.imports.reading.rows import ROWS_AT_ONCE, Chunk

DELIMITERS = (",", ";", "\t", "|")
# A line of goods is some hundred signs long; whatever is longer is another kind of file, or a quote nobody closed.
LONGEST_LINE = 16_384
MOST_LINES_OF_A_ROW = 100
# How much of a row that cannot be read stands in its reject.
_SHOWN = 200
# Ends a line that was cut; a lone surrogate, which no file can say.
_CUT = "\udcfe"
_FAULTS = {"\0": "nul", BROKEN: "not_text", _CUT: "line_too_long"}
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)


def first_lines(path: Path, encoding: str, most: int = 60) -> list[str]:
    with path.open(encoding=encoding, errors=ERRORS, newline="") as handle:
        return list(islice(_lines(handle), most))


def delimiter_of(lines: Sequence[str]) -> str:
    """The one that cuts most of these lines into equally many fields, and into most."""
    if lines and (named := _SEPARATOR_LINE.fullmatch(lines[0])):
        return named[1]
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in _sample_rows(lines, delimiter) if row)
        width, count = max(widths.items(), key=lambda pair: pair[1], default=(0, 0))
        score = (round(count / max(1, widths.total()), 1), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def text_chunks(path: Path, encoding: str, delimiter: str) -> Iterator[Chunk]:
    """Every row with the number of its first line; the memory it takes does not depend on the file."""
    with path.open(encoding=encoding, errors=ERRORS, newline="") as handle:
        source = _lines(handle)
        lines = fresh = list(islice(source, ROWS_AT_ONCE))
        read_to = 0
        while lines:
            chunk, used = _Cutter(delimiter, read_to, not fresh).cut(lines)
            if not read_to and _SEPARATOR_LINE.fullmatch(lines[0]):
                del chunk.rows[:1], chunk.numbers[:1]
            read_to, chunk.read_bytes = chunk.read_to, cast(BufferedReader, handle.buffer).tell()
            yield chunk
            fresh = list(islice(source, ROWS_AT_ONCE))
            lines = lines[used:] + fresh


def _lines(handle: TextIO) -> Iterator[str]:
    """Lines with their ends; of one that is too long the first part, with a mark."""
    while line := handle.readline(LONGEST_LINE):
        if len(line) < LONGEST_LINE or line[-1] in "\r\n":
            yield line
            continue
        rest = line
        while rest and rest[-1] not in "\r\n":
            rest = handle.readline(LONGEST_LINE)
        yield line[:_SHOWN] + _CUT


class _Cutter:
    """Cuts lines into rows, and says how many it used: a row may go on in the lines that come next."""

    def __init__(self, delimiter: str, read_to: int, at_end: bool) -> None:
        self._delimiter = delimiter
        self._at_end = at_end
        self._chunk = Chunk([], [], [], read_to, 0)

    def cut(self, lines: list[str]) -> tuple[Chunk, int]:
        together = "".join(lines)
        if not _fault(together) and (rows := self._rows_of_a_line(lines, '"' in together)):
            self._take(rows)
            return self._chunk, len(lines)
        place = 0
        while place < len(lines):
            used = self._cut_one(lines, place)
            if not used:
                break
            self._chunk.read_to += used
            place += used
        return self._chunk, place

    def _rows_of_a_line(self, lines: list[str], has_quotes: bool) -> list[list[str]] | None:
        """A row a line, as nearly always; None where that is not so."""
        if not has_quotes:
            delimiter = self._delimiter
            return [line.rstrip("\r\n").split(delimiter) for line in lines]
        try:
            # The empty line at the end is a row of its own unless a quote is still open.
            rows = list(csv.reader([*lines, ""], delimiter=self._delimiter))
        except csv.Error:
            return None
        return rows[:-1] if len(rows) > len(lines) else None

    def _take(self, rows: list[list[str]]) -> None:
        chunk = self._chunk
        numbers = list(range(chunk.read_to + 1, chunk.read_to + 1 + len(rows)))
        chunk.read_to += len(rows)
        if not all(map(any, rows)):
            numbers = [number for number, row in zip(numbers, rows, strict=True) if any(row)]
            rows = [row for row in rows if any(row)]
        chunk.rows, chunk.numbers = rows, numbers

    def _cut_one(self, lines: list[str], place: int) -> int:
        """How many lines the row has that begins at `place`; 0 while its end has not been read."""
        if fault := _fault(lines[place]):
            self._reject(fault, lines[place])
            return 1
        if '"' in lines[place]:
            row, used = self._cut_quoted(lines, place)
        else:
            row, used = lines[place].rstrip("\r\n").split(self._delimiter), 1
        if fault := _fault("".join(row)):
            self._reject(fault, "".join(lines[place : place + used]))
        elif any(row):
            self._chunk.rows.append(row)
            self._chunk.numbers.append(self._chunk.read_to + 1)
        return used

    def _cut_quoted(self, lines: list[str], place: int) -> tuple[list[str], int]:
        for most in (1, MOST_LINES_OF_A_ROW):
            some = lines[place : place + most]
            # A line more than there are: it is asked for exactly when a quote is still open.
            reader = csv.reader([*some, ""], delimiter=self._delimiter)
            try:
                row = next(reader)
            except csv.Error:
                break
            if reader.line_num <= len(some):
                return row, reader.line_num
        else:
            if len(some) < MOST_LINES_OF_A_ROW and not self._at_end:
                return [], 0
        self._reject("quote_open", lines[place])
        return [], 1

    def _reject(self, code: str, line: str) -> None:
        params: dict[str, int | str] = {"limit": LONGEST_LINE} if code == "line_too_long" else {}
        shown = line[:_SHOWN].rstrip("\r\n").translate(_UNREADABLE)
        self._chunk.broken.append(Reject(self._chunk.read_to + 1, code, params, [shown]))


def _fault(text: str) -> str | None:
    return next((code for mark, code in _FAULTS.items() if mark in text), None)


_UNREADABLE = {ord(mark): "\ufffd" for mark in _FAULTS}


def _sample_rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []
