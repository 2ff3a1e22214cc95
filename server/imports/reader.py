"""The process that reads: `python -m server.imports.reader`, told on standard input, giving steps on standard output.

It leaves to the hub only what must be written. A catalogue is given in stretches, each in the order of its numbers:
the books keep their goods in that order, and lines that come as they were typed would write every page of them anew
for a handful of rows. It also looks, read-only, at what stands already, so that a line that says nothing new costs
the hub nothing at all.
"""

import asyncio
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from sqlalchemy import select

from server.catalogue.tables import items
from server.database import Database
from server.imports.frames import End, Step, framed
from server.imports.goods import spell_lines
from server.imports.matching import RawLine, match
from server.imports.reading import (
    Batch,
    Columns,
    ItemLine,
    Kind,
    Reject,
    Table,
    Unreadable,
    match_columns,
    open_table,
    read_lines,
)
from server.imports.standing import what_stands
from server.settings import Settings

LINES_A_STRETCH = 49_152
LINES_A_STEP = 500
# Where phones wait, a step is so short that they hardly notice, and they go first.
LINES_A_SHORT_STEP, NICE = 25, 10


class Task(msgspec.Struct):
    """What to read, and from where on: `ahead` lines of the stretch after line `read_to` were booked before."""

    database: str
    data: str
    path: str
    kind: Kind
    columns: Columns
    ranging: list[str]
    read_to: int
    ahead: int
    is_alone: bool


async def read(task: Task, out: BinaryIO) -> None:
    end = End(None, {})
    try:
        table = open_table(Path(task.path))
        columns = task.columns if task.columns.fields else match_columns(task.kind, table.head)
        batches = read_lines(task.kind, table, columns, after=task.read_to, spelt=False)
        if task.kind == "items":
            await _give_goods(task, table, columns, batches, out)
        else:
            _give_as_they_come(task, table, batches, out)
    except Unreadable as reason:
        end = End(reason.code, reason.params)
    out.write(framed(end))
    out.flush()


async def _give_goods(
    task: Task, table: Table, columns: Columns, batches: Iterator[Batch[ItemLine]], out: BinaryIO
) -> None:
    database = await Database.open(Settings(task.database, Path(task.data)))
    look = Look(database, task.ranging, RawLine(columns.fields, len(table.head[0])))
    size = LINES_A_STEP if task.is_alone else LINES_A_SHORT_STEP
    ahead, begins = task.ahead, 0
    try:
        await look.open()
        for lines, rejects, read_to, ends in _stretches(table, batches):
            whole, given = len(lines) + len(rejects), ahead
            for lost, found in _batched(rejects, lines, ahead, size):
                given += len(lost) + len(found)
                permille = begins + (ends - begins) * given // whole
                out.write(framed(await look.at(found, lost, permille, read_to if given == whole else None)))
            ahead, begins = 0, ends
            gc.collect()
    finally:
        await database.close()


def _stretches(
    table: Table, batches: Iterator[Batch[ItemLine]]
) -> Iterator[tuple[list[ItemLine], list[Reject], int, int]]:
    """Lines in the order of their SKUs, their rejects, the last line of the stretch, and how far that is."""
    lines: list[ItemLine] = []
    rejects: list[Reject] = []
    last: Batch[ItemLine] | None = None
    for batch in batches:
        lines += batch.lines
        rejects += batch.rejects
        last = batch
        if len(lines) + len(rejects) >= LINES_A_STRETCH:
            lines.sort(key=_by_number)
            yield lines, rejects, batch.read_to, _permille(batch, table)
            lines, rejects, last = [], [], None
    if last is not None:
        lines.sort(key=_by_number)
        yield lines, rejects, last.read_to, _permille(last, table)


def _by_number(line: ItemLine) -> str:
    # Barcodes of any length stand in one order in the books.
    return line.gtins[0] if line.gtins else line.sku


def _batched(
    rejects: Sequence[Reject], lines: list[ItemLine], ahead: int, size: int
) -> Iterator[tuple[list[Reject], list[ItemLine]]]:
    """What comes after the first `ahead`, rejects first. Takes the lines away as it goes, for they grow when they are
    spelt.
    """
    for start in range(ahead, len(rejects), size):
        yield list(rejects[start : start + size]), []
    lines.reverse()
    if ahead > len(rejects):
        del lines[len(lines) - (ahead - len(rejects)) :]
    while lines:
        some = lines[: -size - 1 : -1]
        del lines[-size:]
        yield [], some


class Look:
    """Looks, read-only, at what stands. In an empty catalogue nothing does, and nobody need look again and again:
    where somebody else brings goods meanwhile, the writer finds their numbers taken.
    """

    def __init__(self, database: Database, ranging: list[str], raw: RawLine) -> None:
        self._database = database
        self._ranging = ranging
        self._raw = raw
        self._is_empty = False

    async def open(self) -> None:
        async with self._database.reading() as connection:
            self._is_empty = (await connection.execute(select(items.c.id).limit(1))).first() is None

    async def at(self, lines: list[ItemLine], lost: list[Reject], permille: int, read_to: int | None) -> Step[ItemLine]:
        size = len(lines) + len(lost)
        if self._is_empty:
            spell_lines(lines)
            return Step(size, lines, [], 0, lost, permille, read_to)
        async with self._database.reading() as connection:
            standing = await what_stands(connection, lines, self._ranging)
        matched = match(lines, standing, self._ranging, self._raw)
        # Only what nobody knew is spelt here; what changes is spelt with what stays of it, where it is written.
        spell_lines(matched.fresh)
        # What seems refused now may be free when it is written; the writer has the last word.
        doubtful = {reject.line for reject in matched.rejects}
        known = [change.line for change in matched.changes] + [line for line in lines if line.line in doubtful]
        return Step(size, matched.fresh, known, matched.same, lost, permille, read_to, matched.unsure)


def _give_as_they_come(task: Task, table: Table, batches: Iterator[Batch[Any]], out: BinaryIO) -> None:
    for batch in batches:
        size = len(batch.lines) + len(batch.rejects)
        out.write(framed(Step(size, [], batch.lines, 0, batch.rejects, _permille(batch, table), batch.read_to)))


def _permille(batch: Batch[Any], table: Table) -> int:
    return min(1000, batch.read_bytes * 1000 // max(1, table.size_bytes))


def main() -> None:
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    # Lines hold no circles, and a collector that looks for some in a whole stretch of them costs a tenth.
    gc.disable()
    if not task.is_alone:
        os.nice(NICE)
    try:
        asyncio.run(read(task, sys.stdout.buffer))
    except BrokenPipeError:
        # Nobody listens any more: the import was stopped.
        sys.stderr.close()


if __name__ == "__main__":
    main()
