"""Writes a backup beside a hub that goes on working."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from server.migrations.upgrade import every_table, upgrade
from server.refusals import NotPossible
from server.settings import Settings

ROWS_AT_ONCE = 2000


async def write_backup(settings: Settings, database: Database, file: Path) -> int:
    """Its size in bytes. Whoever reads `file` sees nothing or all of it; NotPossible where it is there already."""
    part = await asyncio.to_thread(_begin, file)
    try:
        if settings.database_file:
            await asyncio.to_thread(_copy_pages, settings.database_file, part)
        else:
            await _copy_rows(database, part)
        return await asyncio.to_thread(_settle, part, file)
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)


def _begin(file: Path) -> Path:
    """What is in it opens every phone's signature: nobody else may read it, not even while it is written."""
    if file.exists():
        raise NotPossible(f"The file {file} is there already; choose another name.")
    part = file.with_name(f"{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise NotPossible(f"The file {part} cannot be written: {error.strerror}.") from error
    return part


def _copy_pages(source: Path, part: Path) -> None:
    """In one step, so of one moment; whoever writes meanwhile does not wait."""
    held, made = sqlite3.connect(f"file:{source}?mode=ro", uri=True), sqlite3.connect(part)
    try:
        held.backup(made)
    finally:
        made.close()
        held.close()


async def _copy_rows(database: Database, part: Path) -> None:
    async with opened_file(part) as made, database.reading() as held, made.writing() as target:
        for table in every_table().sorted_tables:
            await copy_table(held, target, table)


@asynccontextmanager
async def opened_file(file: Path) -> AsyncIterator[Database]:
    """A backup as a database of its own, brought to this release."""
    settings = Settings(f"sqlite+aiosqlite:///{file}", file.parent)
    await upgrade(settings)
    made = await Database.open(settings)
    try:
        yield made
    finally:
        await made.close()


async def copy_table(held: AsyncConnection, target: AsyncConnection, table: Table) -> None:
    """Rows that refer to rows of their own table come behind those; none of these refers to another."""
    own = [column for column in table.c if any(key.column.table is table for key in column.foreign_keys)]
    result = await held.stream(select(table).order_by(*(column.is_not(None) for column in own)))
    async for rows in result.mappings().partitions(ROWS_AT_ONCE):
        await target.execute(insert(table), [dict(row) for row in rows])


def _settle(part: Path, file: Path) -> int:
    fold(part)
    put_in_place(part, file)
    return file.stat().st_size


def fold(file: Path) -> None:
    """One file without a log beside it, and sound. NotPossible where somebody has it open, or it is damaged."""
    held = sqlite3.connect(file)
    try:
        [way] = held.execute("PRAGMA journal_mode=DELETE").fetchone()
        [verdict] = held.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise NotPossible(f"The backup did not come out whole: {error}.") from error
    finally:
        held.close()
    if way != "delete":
        raise NotPossible("The backup did not come out whole: a part of it is in a log beside it.")
    if verdict != "ok":
        raise NotPossible(f"The backup did not come out whole: {verdict}.")


def put_in_place(part: Path, file: Path) -> None:
    """By one renaming, once it is on the disk; the renaming is there too when this returns."""
    with part.open("rb") as written:
        os.fsync(written.fileno())
    os.replace(part, file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
