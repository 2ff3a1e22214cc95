"""A list as a file for a spreadsheet, written while it is read."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence

from litestar.response import Stream

Cell = str | int | float | None
# Spreadsheets take a text that begins so for a formula, and run it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS_A_PIECE = 200


def csv_answer(name: str, header: Sequence[str], rows: AsyncIterator[Sequence[Cell]]) -> Stream:
    """The file `name.csv`: UTF-8 with a mark, so that spreadsheets read Chinese as Chinese."""
    headers = {"content-disposition": f'attachment; filename="{name}.csv"', "cache-control": "no-store"}
    return Stream(_pieces(header, rows), media_type="text/csv", headers=headers)


async def _pieces(header: Sequence[str], rows: AsyncIterator[Sequence[Cell]]) -> AsyncIterator[bytes]:
    yield b"\xef\xbb\xbf" + _lines([header])
    waiting: list[Sequence[Cell]] = []
    async for row in rows:
        waiting.append([_harmless(cell) for cell in row])
        if len(waiting) == ROWS_A_PIECE:
            yield _lines(waiting)
            waiting = []
    if waiting:
        yield _lines(waiting)


def _lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
