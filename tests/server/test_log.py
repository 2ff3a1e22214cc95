"""SQLite's write-ahead log: folded into the file in turns of its own, and never left to grow."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from server.database import Database
from server.sqlite import FOLD_BYTES

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

ROW = "x" * 4000
ROWS = 100


async def write(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(text("CREATE TABLE IF NOT EXISTS rows_of_a_test (what TEXT)"))
        for _ in range(ROWS):
            await connection.execute(text("INSERT INTO rows_of_a_test VALUES (:what)"), {"what": ROW})


def log_bytes(tmp_path: Path) -> int:
    return (tmp_path / "stockhand.db-wal").stat().st_size


async def test_the_log_stays_small_however_much_is_written(database: Database, tmp_path: Path) -> None:
    longest = 0
    for _ in range(60):
        await write(database)
        longest = max(longest, log_bytes(tmp_path))
        # As a hub lets go between two groups.
        await asyncio.sleep(0.01)
    assert 60 * ROWS * len(ROW) > 5 * FOLD_BYTES
    assert longest < 2 * FOLD_BYTES
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM rows_of_a_test")) == 60 * ROWS


async def test_who_closes_in_the_middle_leaves_no_log(database: Database, tmp_path: Path) -> None:
    for _ in range(5):
        await write(database)
    await database.close()
    assert not (tmp_path / "stockhand.db-wal").exists()
