"""The file of an import on the disk, beside what was not taken of it."""

import asyncio
import os
import shutil
from collections.abc import Iterator, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any

import msgspec

from server.database import Database
from server.imports.facts import (
    Import,
    file_of,
    folder_of,
    same_before,
    set_state,
    some_rejects,
    write_import,
)
from server.imports.reading import Columns, Reject, Unreadable, match_columns, missing_fields, open_table, rejects_csv

REJECTS = "rejects.csv"


async def adopt(
    database: Database, data: Path, path: Path, columns: Columns | None, row: Mapping[str, Any], now: int
) -> int:
    """Takes the file over and writes its import down, or lets an earlier one of the same file go on. Raises
    `Unreadable`. The file at `path` may go afterwards.
    """
    matched = columns or await asyncio.to_thread(_matched, row["kind"], path)
    sha256, size_bytes = await asyncio.to_thread(_fingerprint, path)
    told = {"columns": msgspec.to_builtins(matched, str_keys=True), "options": row["options"]}
    async with database.writing() as connection:
        number = await same_before(connection, row["kind"], sha256, told)
        if number is not None and file_of(data, number).is_file():
            ended = {"ended_at": None, "problem": None}
            await set_state(connection, number, ("stopped", "failed"), state="waiting", **ended)
            return number
        brought = {"sha256": sha256, "bytes": size_bytes, "created_at": now}
        number = await write_import(connection, {**row, **told, **brought})
        # Before the row is committed: an import that is written down has its file.
        await asyncio.to_thread(_take, path, file_of(data, number))
    return number


def _matched(kind: Any, path: Path) -> Columns:
    table = open_table(path)
    columns = match_columns(kind, table.head)
    if absent := missing_fields(kind, columns):
        raise Unreadable("columns_missing", fields=", ".join("/".join(group) for group in absent))
    return columns


def _fingerprint(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest(), path.stat().st_size


def _take(path: Path, kept: Path) -> None:
    """A copy, for the file is somebody's who may write it anew while it is read."""
    shutil.rmtree(kept.parent, ignore_errors=True)
    kept.parent.mkdir(parents=True)
    shutil.copyfile(path, kept)
    with kept.open("rb") as file:
        os.fsync(file.fileno())


async def header_of(data: Path, one: Import) -> list[str]:
    """The first row of the file as it came."""
    table = await asyncio.to_thread(open_table, file_of(data, one.id))
    return table.head[0]


async def write_rejects(database: Database, data: Path, one: Import) -> Path | None:
    """`rejects.csv` beside the file, from what the database keeps; None where everything came in."""
    loop = asyncio.get_running_loop()

    async def some(after: int) -> list[tuple[int, Reject]]:
        async with database.reading() as connection:
            return await some_rejects(connection, one.id, after)

    def every() -> Iterator[Reject]:
        last = 0
        while found := asyncio.run_coroutine_threadsafe(some(last), loop).result():
            last = found[-1][0]
            yield from (reject for _number, reject in found)

    path = folder_of(data, one.id) / REJECTS
    if not await some(0):
        path.unlink(missing_ok=True)
        return None
    header = await header_of(data, one) if one.columns.has_header else []
    await asyncio.to_thread(_write, path, rejects_csv(header, every(), "en"))
    return path


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
