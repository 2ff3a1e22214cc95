"""Puts a backup in the place of a database that no hub works with."""

import asyncio
import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from alembic.script import ScriptDirectory
from sqlalchemy import Integer, delete, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

import server.migrations
from server.backups.writing import copy_table, fold, opened_file, put_in_place
from server.control import make_folder, sole_writer
from server.database import Database, wait_for_locks
from server.inbox.tables import buckets, outcomes
from server.invitations.tables import invitations
from server.migrations.upgrade import every_table, upgrade
from server.people.passwords import NO_PASSWORD
from server.people.tables import people, sessions
from server.refusals import NotPossible
from server.settings import Settings
from server.setup.tables import setup_codes

LEAVING_TRIES, LEAVING_S = 5, 0.2


@dataclass(frozen=True, slots=True)
class Restored:
    """`newest_at` is when the last operation of the backup was booked, 0 where there is none; `aside` is where the
    database that was there before lies now.
    """

    newest_at: int
    aside: Path | None = None


async def restore(settings: Settings, file: Path, replaces: bool, now: int) -> Restored:
    """NotPossible where `file` is no backup, a hub is at work, or a shop is there that nobody said to replace."""
    _look_into(file)
    make_folder(settings.data)
    with sole_writer(settings), TemporaryDirectory(dir=settings.data, prefix="restoring-") as folder:
        copy = Path(folder) / "stockhand.db"
        await asyncio.to_thread(shutil.copyfile, file, copy)
        async with opened_file(copy) as backup:
            newest_at = await _made_new(backup, now)
            if not settings.database_file:
                await _into_postgresql(settings, backup, replaces)
                return Restored(newest_at)
        aside = await asyncio.to_thread(_into_sqlite, settings.database_file, copy, replaces, now)
        return Restored(newest_at, aside)


def _look_into(file: Path) -> None:
    try:
        held = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
        try:
            [verdict] = held.execute("PRAGMA quick_check").fetchone()
            [revision] = held.execute("SELECT version_num FROM alembic_version").fetchone()
            held.execute("SELECT epoch FROM buckets LIMIT 1")
        finally:
            held.close()
    except (sqlite3.DatabaseError, TypeError) as error:
        raise NotPossible(f"The file {file} is no backup of Stockhand.") from error
    if verdict != "ok":
        raise NotPossible(f"The backup {file} is damaged: {verdict}.")
    known = ScriptDirectory(str(Path(server.migrations.__file__).parent)).walk_revisions()
    if revision not in {one.revision for one in known}:
        raise NotPossible(
            f"The backup {file} comes from a newer release (revision {revision}); update Stockhand first."
        )


async def _made_new(backup: Database, now: int) -> int:
    """What phones hold may be younger than this: with new epochs they forget it, and push their journals. Who was
    signed in then need not be any more, and what lets somebody in once may have done so since, or have been taken back:
    none of it opens the door again. When its newest operation was booked.
    """
    once = people.c.password_expires_at.is_not(None)
    async with backup.writing() as connection:
        for bucket in (await connection.scalars(select(buckets.c.id))).all():
            await connection.execute(update(buckets).where(buckets.c.id == bucket).values(epoch=str(uuid4())))
        await connection.execute(delete(sessions))
        await connection.execute(delete(setup_codes))
        await connection.execute(update(invitations).where(invitations.c.ended_at.is_(None)).values(ended_at=now))
        await connection.execute(update(people).where(once).values(password_hash=NO_PASSWORD, password_expires_at=None))
        return int(await connection.scalar(select(func.max(outcomes.c.booked_at))) or 0)


def _into_sqlite(place: Path, copy: Path, replaces: bool, now: int) -> Path | None:
    """By one renaming; what was there lies beside it afterwards."""
    # Only the file itself is copied: what is still in its log would be lost.
    fold(copy)
    make_folder(place.parent)
    aside = None
    if place.exists():
        _check_replaceable(_fold_and_look(place), replaces, str(place))
        aside = place.with_name(f"{place.name}.replaced-{now}")
        os.link(place, aside)
        for log in ("-wal", "-shm"):
            # Left only beside a file that cannot be read; it would spoil the new one.
            beside = place.with_name(place.name + log)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + log))
    moved = place.with_name(f"{place.name}.restored")
    shutil.copyfile(copy, moved)
    moved.chmod(0o600)
    put_in_place(moved, place)
    return aside


def _fold_and_look(place: Path) -> bool:
    """Whether a shop is in it; its log is folded in, for beside another file it would spoil that one."""
    held = sqlite3.connect(place)
    try:
        held.execute("PRAGMA journal_mode=DELETE")
        tables = {name for (name,) in held.execute("SELECT name FROM sqlite_master")}
        return "people" in tables and held.execute("SELECT 1 FROM people LIMIT 1").fetchone() is not None
    except sqlite3.DatabaseError as error:
        # Often why a backup is wanted: it stays, under its other name.
        if "malformed" in str(error) or "not a database" in str(error):
            return True
        raise NotPossible(f"The database {place} cannot be opened: {error}.") from error
    finally:
        held.close()


def _check_replaceable(has_shop: bool, replaces: bool, where: str) -> None:
    if has_shop and not replaces:
        raise NotPossible(f"A shop is in {where} already; say --replace to put the backup in its place.")


async def _into_postgresql(settings: Settings, backup: Database, replaces: bool) -> None:
    """In one transaction: it is there as a whole, or what was there stays."""
    await upgrade(settings)
    database = await Database.open(settings)
    tables = every_table().sorted_tables
    try:
        await _require_nobody_else(database)
        async with database.writing() as connection:
            await wait_for_locks(connection)
            has_shop = bool(await connection.scalar(select(exists(select(people.c.id)))))
            _check_replaceable(has_shop, replaces, "this database")
            # The ledger refuses to be emptied, also by us; for this moment it is no ledger.
            await connection.execute(text("ALTER TABLE ledger DISABLE TRIGGER ledger_refuses_changes"))
            await connection.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)}"))
            async with backup.reading() as held:
                for table in tables:
                    await copy_table(held, connection, table)
            await _count_on(connection)
            await connection.execute(text("ALTER TABLE ledger ENABLE TRIGGER ledger_refuses_changes"))
    finally:
        await database.close()


async def _require_nobody_else(database: Database) -> None:
    """Hubs keep what they know of the stores in memory, by numbers that the backup counts otherwise."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    for _attempt in range(LEAVING_TRIES):
        async with database.writing() as connection:
            count = await connection.scalar(others)
        if not count:
            return
        # Who has just left is still seen for a moment.
        await asyncio.sleep(LEAVING_S)
    raise NotPossible(f"{count} connections work with this database; stop every `stockhand serve` on it first.")


async def _count_on(connection: AsyncConnection) -> None:
    """Ids that the database gives go on after the highest there is."""
    for table in every_table().sorted_tables:
        for column in table.primary_key.columns:
            named = {"table": table.name, "column": column.name}
            serial = text("SELECT pg_get_serial_sequence(:table, :column)")
            if isinstance(column.type, Integer) and (sequence := await connection.scalar(serial, named)):
                highest = await connection.scalar(select(func.max(column)))
                await connection.execute(
                    text("SELECT setval(:sequence, :next, false)"), {"sequence": sequence, "next": (highest or 0) + 1}
                )
