"""Counts and movements of a file, booked through the door: who may, what the names mean, what is known already."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import Clock
from server.database import Database
from server.imports.reading import Batch, Columns, MovementLine, Reject, StockLine
from server.imports.stock_names import Goods, Line, Places, load_goods, load_places
from server.imports.stock_operations import Made, Placed, counts, moment_of, movements
from server.inbox.accept import Door
from server.inbox.messages import Operation
from server.inbox.outboxes import Arrival
from server.inbox.tables import FILE_CLIENTS, booked_first, outcomes
from server.inbox.verdicts import content_hash
from server.statements import Asked
from sync.operations import LIMITS

# What a group of the door holds; where phones come meanwhile, what a phone brings, so that nobody waits longer for it.
LINES_A_STEP, LINES_BESIDE_PHONES = 400, 100
# One in so many is looked up to learn whether the file came before.
SAMPLED = 16
# Another machine's clock may be a little ahead of ours.
AHEAD_MS = 5 * 60_000
# A document that never ends is a wrong column.
LINES_A_DOCUMENT = 5000

_BEFORE = Asked(
    select(outcomes.c.operation_id, outcomes.c.content_hash, outcomes.c.status, outcomes.c.code).where(booked_first),
    outcomes.c.operation_id,
)


class Known(NamedTuple):
    """What became of an operation when it came before."""

    content_hash: str
    status: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A file and who answers for it. `name` is one for one file: its SHA-256, and where somebody said so, the moment.

    `as_of` is the moment of all its counts, ms; movements have their own.
    """

    name: str
    columns: Columns
    by: int
    as_of: int = 0


@dataclass(slots=True)
class Taken:
    """Lines that were booked now, that were known already, and that cannot be; all lines up to `read_to` are told."""

    read_to: int
    added: int = 0
    same: int = 0
    rejects: list[Reject] = field(default_factory=list)


class StockFile:
    """Books batch after batch. What is killed in between is taken again from `read_to`: ids make that harmless."""

    def __init__(self, database: Database, door: Door, clock: Clock, source: Source) -> None:
        self._database = database
        self._door = door
        self._clock = clock
        self._source = source
        self._held: list[Line] = []
        self._held_rejects: list[Reject] = []
        self._incomplete: set[str] = set()

    async def take(self, batch: Batch[Line]) -> Taken:
        """The last document stays open: its other lines may come with the next batch.

        A document that lost a line is kept out whole, so that it can be mended and come again as one.
        """
        lines = [*self._held, *batch.lines]
        rejects = [*self._held_rejects, *batch.rejects]
        self._held = _last_document(lines)
        lines = lines[: len(lines) - len(self._held)]
        read_to = self._held[0].line - 1 if self._held else batch.read_to
        self._held_rejects = [one for one in rejects if one.line > read_to]
        told = [one for one in rejects if one.line <= read_to]
        return await self._book(lines, rejects, Taken(read_to, rejects=told))

    async def finish(self, read_to: int) -> Taken:
        """What the end of the file completes."""
        lines, rejects, self._held = self._held, self._held_rejects, []
        return await self._book(lines, rejects, Taken(read_to, rejects=list(rejects)))

    async def _book(self, lines: Sequence[Line], wrong: Sequence[Reject], taken: Taken) -> Taken:
        """Step by step, so that the hub answers phones in between; one step is made ready while the last is booked."""
        source, last = self._source, asyncio.create_task(asyncio.sleep(0))
        async with self._database.reading() as connection:
            places = await load_places(connection, lines, source.by, source.as_of, self._clock())
        lost = self._incomplete | {named for one in wrong if (named := self._document_of(one))}
        for some in self._steps(lines):
            made = await self._made_of(some, places, lost, taken)
            await last
            last = asyncio.create_task(self._push(made, taken))
        await last
        self._incomplete = lost
        taken.rejects.sort(key=lambda one: one.line)
        return taken

    async def _made_of(self, lines: Sequence[Line], places: Places, lost: set[str], taken: Taken) -> list[Made]:
        """What of the lines has to go through the door; `lost` grows by documents that lost a line."""
        async with self._database.reading() as connection:
            goods = await load_goods(connection, lines)
            placed = []
            for line in lines:
                if one := self._place(line, places, goods, taken):
                    placed.append(one)
                elif isinstance(line, MovementLine):
                    lost.add(line.id)
            made = list(self._made(self._whole(placed, lost, taken)))
            known = await _known(connection, [one.op.id for one in made])
        return [one for one in made if self._is_new(one, known, taken)]

    def _steps(self, lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
        """Some lines at a time; no document is torn."""
        start = 0
        while start < len(lines):
            end = min(start + (LINES_BESIDE_PHONES if self._door.has_phones() else LINES_A_STEP), len(lines))
            while end < len(lines) and _is_one_document(lines[end - 1], lines[end]):
                end += 1
            yield lines[start:end]
            start = end

    def _made(self, placed: Iterable[Placed]) -> Iterable[Made]:
        placed = list(placed)
        if placed and isinstance(placed[0].line, StockLine):
            return counts(placed, self._source.name, self._source.as_of, self._source.by)
        return movements(placed, self._source.by)

    def _place(self, line: Line, places: Places, goods: Goods, taken: Taken) -> Placed | None:
        store, item = places.stores.get(line.store), goods.item(line)
        if store is None:
            self._reject(taken, [line], "store_unknown", store=line.store)
        elif store not in places.theirs:
            self._reject(taken, [line], "not_allowed", store=line.store)
        elif item is None:
            self._reject(taken, [line], "item_unknown", item=line.item)
        else:
            placed = Placed(line, store, item, places.zones[store])
            if isinstance(line, StockLine) or moment_of(placed) <= self._clock() + AHEAD_MS:
                return placed
            self._reject(taken, [line], "time_ahead")
        return None

    def _whole(self, placed: Iterable[Placed], lost: set[str], taken: Taken) -> Iterable[Placed]:
        for one in placed:
            if isinstance(one.line, MovementLine) and one.line.id in lost:
                self._reject(taken, [one.line], "document_incomplete", id=one.line.id)
            else:
                yield one

    def _is_new(self, made: Made, known: Mapping[str, Known], taken: Taken) -> bool:
        """Whether it has to go through the door; the others are told what became of them there before."""
        if not made.op.args.get("lines", True):
            taken.same += len(made.lines)
        elif is_odd(made) and (wrong := made.op.problems()):
            self._reject(taken, made.lines, wrong[0]["code"], **wrong[0]["params"])
        elif made.op.id not in known:
            return True
        else:
            before = known[made.op.id]
            if before.content_hash != _hash(made.op):
                self._reject(taken, made.lines, "id_taken")
            else:
                self._tell(taken, made, "already" if before.status == "applied" else before.status, before.code)
        return False

    async def _push(self, made: Sequence[Made], taken: Taken) -> None:
        if not made:
            return
        kind = "stock" if made[0].op.kind == "stock.count" else "movements"
        ops = [one.op for one in made]
        answer = await self._door.push(Arrival(FILE_CLIENTS[kind], None, ops, trusted=self._source.by, placed=True))
        for one, verdict in zip(made, answer.verdicts, strict=True):
            result = verdict.result()
            self._tell(taken, one, result["status"], result.get("code"))

    def _tell(self, taken: Taken, made: Made, status: str, code: str | None) -> None:
        if status == "applied":
            taken.added += len(made.lines)
        elif status == "already":
            taken.same += len(made.lines)
        else:
            self._reject(taken, made.lines, code or "unexpected")

    def _reject(self, taken: Taken, lines: Iterable[Line], code: str, **params: int | str) -> None:
        for line in lines:
            taken.rejects.append(Reject(line.line, code, params, self._laid_out(line)))

    def _laid_out(self, line: Line) -> list[str]:
        """The line under the header of its file, as far as it was understood."""
        fields = self._source.columns.fields
        row = [""] * (max(fields, default=-1) + 1)
        for place, name in fields.items():
            value = getattr(line, name, "")
            row[place] = _time_text(line) if isinstance(line, MovementLine) and name == "at" else str(value)
        return row

    def _document_of(self, reject: Reject) -> str | None:
        """The id that a rejected line of movements bears."""
        place = next((at for at, name in self._source.columns.fields.items() if name == "id"), None)
        return reject.raw[place].strip() if place is not None and place < len(reject.raw) else None


def _is_one_document(one: Line, other: Line) -> bool:
    return isinstance(one, MovementLine) and isinstance(other, MovementLine) and one.id == other.id


def _last_document(lines: Sequence[Line]) -> list[Line]:
    """The movements of one document at the end of the lines."""
    start = len(lines) - 1
    if start < 0 or not isinstance(lines[start], MovementLine):
        return []
    while start and _is_one_document(lines[start - 1], lines[start]):
        start -= 1
    return list(lines[start:]) if len(lines) - start <= LINES_A_DOCUMENT else []


async def _known(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Known]:
    """Operations of these ids that came before: nothing is sent to the door to be told the same again.

    Where a few of them are new, all are taken for new: the door knows the others again.
    """
    for some in (ids[::SAMPLED], ids):
        found = {row[0]: Known(*row[1:]) for row in await _BEFORE.rows(connection, some)}
        if not found:
            break
    return found


def is_odd(made: Made) -> bool:
    """Whether its shape may be wrong; most lines are so plain that nobody needs to look twice."""
    for line in made.lines:
        if len(line.lot) > 20 or not line.lot.isprintable():
            return True
    first = made.lines[0]
    if isinstance(first, StockLine):
        return first.counted > LIMITS["quantity"]
    if len(first.id) > 80 or not first.id.isprintable():
        return True
    return any(abs(line["delta"]) > LIMITS["quantity"] for line in made.op.args["lines"])


def _hash(op: Operation) -> str:
    """As the door takes it of an operation that it vouches for."""
    return content_hash(replace(op, at=0).signed_text())


def _time_text(line: MovementLine) -> str:
    moment = datetime.fromtimestamp(line.at / 1000, UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S" if line.is_local else "%Y-%m-%dT%H:%M:%SZ")
