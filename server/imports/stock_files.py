"""Counts and movements of a file, booked through the door: who may, what the names mean, what is known already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import Clock
from server.database import Database, chunks
from server.imports.reading import Batch, Columns, MovementLine, Reject, StockLine
from server.imports.stock_names import Line, Names, load_names
from server.imports.stock_operations import CLIENTS, Made, Placed, counts, movements
from server.inbox.accept import Door
from server.inbox.messages import Operation
from server.inbox.outboxes import Arrival
from server.inbox.tables import booked_first, outcomes
from server.inbox.verdicts import content_hash

# As many as one push of a phone brings: whoever comes meanwhile waits no longer than behind another phone.
OPERATIONS_A_PUSH = 200
# A document that never ends is a wrong column.
LINES_A_DOCUMENT = 5000


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
        """The last document stays open: its other lines may come with the next batch."""
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

    async def _book(self, lines: Sequence[Line], wrong: Iterable[Reject], taken: Taken) -> Taken:
        async with self._database.reading() as connection:
            source, now = self._source, self._clock()
            names = await load_names(connection, lines, source.by, source.as_of, now)
            placed = [one for line in lines if (one := self._place(line, names, taken)) is not None]
            # A document that lost a line is kept out whole, so that it can be mended and come again as one.
            lost = {named for one in [*wrong, *taken.rejects] if (named := self._document_of(one))}
            made = list(self._made(self._whole(placed, self._incomplete | lost, taken)))
            known = await _known(connection, [one.op.id for one in made])
        self._incomplete = lost
        new = [one for one in made if self._is_new(one, known, taken)]
        for start in range(0, len(new), OPERATIONS_A_PUSH):
            await self._push(new[start : start + OPERATIONS_A_PUSH], taken)
        taken.rejects.sort(key=lambda one: one.line)
        return taken

    def _made(self, placed: Iterable[Placed]) -> Iterable[Made]:
        placed = list(placed)
        if placed and isinstance(placed[0].line, StockLine):
            return counts(placed, self._source.name, self._source.as_of, self._source.by)
        return movements(placed, self._source.by)

    def _place(self, line: Line, names: Names, taken: Taken) -> Placed | None:
        store, item = names.stores.get(line.store), names.item(line)
        if store is None:
            self._reject(taken, [line], "store_unknown", store=line.store)
        elif store not in names.theirs:
            self._reject(taken, [line], "not_allowed", store=line.store)
        elif item is None:
            self._reject(taken, [line], "item_unknown", item=line.item)
        else:
            return Placed(line, store, item, names.zones[store])
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
        elif wrong := made.op.problems():
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
        kind = "stock" if made[0].op.kind == "stock.count" else "movements"
        ops = [one.op for one in made]
        answer = await self._door.push(Arrival(CLIENTS[kind], None, ops, trusted=self._source.by, placed=True))
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


def _last_document(lines: Sequence[Line]) -> list[Line]:
    """The movements of one document at the end of the lines."""
    last = lines[-1] if lines else None
    if not isinstance(last, MovementLine):
        return []
    start = len(lines)
    while start and getattr(lines[start - 1], "id", None) == last.id:
        start -= 1
    return list(lines[start:]) if len(lines) - start <= LINES_A_DOCUMENT else []


async def _known(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Known]:
    """Operations of these ids that came before: nothing is sent to the door to be told the same again."""
    what = (outcomes.c.operation_id, outcomes.c.content_hash, outcomes.c.status, outcomes.c.code)
    found: dict[str, Known] = {}
    for some in chunks(ids):
        query = select(*what).where(outcomes.c.operation_id.in_(some), booked_first)
        found.update({row[0]: Known(*row[1:]) for row in await connection.execute(query)})
    return found


def _hash(op: Operation) -> str:
    """As the door takes it of an operation that it vouches for."""
    return content_hash(replace(op, at=0).signed_text().encode())


def _time_text(line: MovementLine) -> str:
    moment = datetime.fromtimestamp(line.at / 1000, UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S" if line.is_local else "%Y-%m-%dT%H:%M:%SZ")
