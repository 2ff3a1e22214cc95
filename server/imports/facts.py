"""Files that came in, as the database knows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.imports.reading import Columns, Kind, Reject
from server.imports.tables import imports, rejects

UNFINISHED = ("waiting", "running")
REJECTS_AT_ONCE = 1000


class Stopped(Exception):  # noqa: N818 -- somebody said so
    """The import is no longer running: what was about to be written is not."""


@dataclass(frozen=True, slots=True)
class Import:
    """A row of `imports`, with its columns as the reader takes them."""

    id: int
    kind: Kind
    file_name: str
    sha256: str
    state: str
    columns: Columns
    options: Mapping[str, Any]
    person_id: int | None
    created_at: int
    lines: int
    added: int
    changed: int
    same: int
    rejected: int
    read_to: int
    ahead: int
    permille: int
    problem: str | None
    same_as: int | None


@dataclass(slots=True)
class Progress:
    """What one transaction adds to an import, and how far it is then: `ahead` lines of the stretch after `read_to`.

    `unsure` counts lines that might be answered otherwise once the whole file is in. `moved_to` is the version of the
    goods where the transaction changed them.
    """

    read_to: int
    ahead: int
    permille: int = 0
    lines: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    unsure: int = 0
    moved_to: int | None = None
    rejects: list[Reject] = field(default_factory=list)

    def passed(self, lines: int, permille: int, read_to: int | None) -> None:
        """One step more; `read_to` where it ends its stretch."""
        self.lines += lines
        self.permille = permille
        self.read_to, self.ahead = (self.read_to, self.ahead + lines) if read_to is None else (read_to, 0)


_LOOKED_AT = [imports.c[name] for name in Import.__slots__]


async def load_import(connection: AsyncConnection, number: int) -> Import | None:
    row = (await connection.execute(select(*_LOOKED_AT).where(imports.c.id == number))).first()
    return None if row is None else _import(row._asdict())


async def next_unfinished(connection: AsyncConnection, but: Sequence[int] = ()) -> Import | None:
    """The oldest that runs or waits."""
    query = select(*_LOOKED_AT).where(imports.c.state.in_(UNFINISHED), imports.c.id.not_in(but)).order_by(imports.c.id)
    row = (await connection.execute(query.limit(1))).first()
    return None if row is None else _import(row._asdict())


def _import(row: dict[str, Any]) -> Import:
    columns = msgspec.convert(row["columns"], Columns, str_keys=True, strict=False)
    return Import(**{**row, "columns": columns})


async def same_before(connection: AsyncConnection, kind: str, sha256: str, told: Mapping[str, Any]) -> int | None:
    """An import of the same file, told the same, that did not come to its end."""
    query = select(imports.c.id, imports.c.columns, imports.c.options).where(
        imports.c.sha256 == sha256, imports.c.kind == kind, imports.c.state != "done"
    )
    for row in await connection.execute(query.order_by(imports.c.id)):
        if {"columns": row.columns, "options": row.options} == told:
            return int(row.id)
    return None


async def write_import(connection: AsyncConnection, row: Mapping[str, Any]) -> int:
    number: int | None = await connection.scalar(insert(imports).values(state="waiting", **row).returning(imports.c.id))
    assert number is not None
    return number


async def set_state(connection: AsyncConnection, number: int, before: Sequence[str], **values: Any) -> bool:
    """Whether it was in one of the states `before`, and is changed."""
    statement = update(imports).where(imports.c.id == number, imports.c.state.in_(before)).values(**values)
    return (await connection.execute(statement)).rowcount == 1


async def write_progress(connection: AsyncConnection, one: Import, step: Progress) -> None:
    """In the transaction of the lines themselves. Raises Stopped."""
    mine = imports.c
    counted = {name: mine[name] + getattr(step, name) for name in ("lines", "added", "changed", "same", "unsure")}
    counted |= {"rejected": mine.rejected + len(step.rejects)}
    statement = update(imports).where(mine.id == one.id, mine.state == "running")
    far: dict[str, Any] = {"permille": step.permille, "ahead": step.ahead, "read_to": step.read_to}
    if step.moved_to is not None:
        # Somebody else's change in between is not of this file, and what it says of goods no longer certain.
        far["goods_version"] = case((mine.goods_version == step.moved_to - 1, step.moved_to), else_=None)
    written = await connection.execute(statement.values(**counted, **far))
    if written.rowcount != 1:
        raise Stopped
    if step.rejects:
        await _write_rejects(connection, one.id, step.rejects)


async def _write_rejects(connection: AsyncConnection, number: int, lost: Sequence[Reject]) -> None:
    highest = await connection.scalar(select(func.max(rejects.c.n)).where(rejects.c.import_id == number)) or 0
    rows = [
        {
            "import_id": number,
            "n": n,
            "line": one.line,
            "reason": one.code,
            "params": one.params,
            "raw": one.raw,
        }
        for n, one in enumerate(lost, start=highest + 1)
    ]
    await connection.execute(insert(rejects), rows)


def rejected_by(number: int) -> ColumnElement[bool]:
    """Of `import_rejects`, those of an import: its own, or those of the one that answered for it."""
    answered = select(imports.c.same_as).where(imports.c.id == number).scalar_subquery()
    return rejects.c.import_id == func.coalesce(answered, number)


async def some_rejects(connection: AsyncConnection, number: int, after: int) -> list[tuple[int, Reject]]:
    """Up to a thousand, in the order they were found, after the one numbered `after`."""
    query = select(rejects).where(rejected_by(number), rejects.c.n > after).order_by(rejects.c.n)
    found = await connection.execute(query.limit(REJECTS_AT_ONCE))
    return [(row.n, Reject(row.line, row.reason, row.params, row.raw)) for row in found]


def folder_of(data: Path, number: int) -> Path:
    """Where its file and its rejects lie."""
    return data / "imports" / str(number)


def file_of(data: Path, number: int) -> Path:
    return folder_of(data, number) / "file"
