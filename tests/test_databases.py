"""What one test leaves in a PostgreSQL database, the next one does not find."""

from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from server.database import Database
from server.migrations.upgrade import every_table
from server.settings import Settings
from server.stores.tables import areas
from tests import shop
from tests.postgres import EmptyDatabases, execute

pytestmark = pytest.mark.postgres


async def test_a_database_that_comes_back_is_as_good_as_new(postgres_databases: EmptyDatabases, tmp_path: Path) -> None:
    first = await postgres_databases.lend()
    database = await Database.open(Settings(first, tmp_path))
    await shop.open_shop(database)
    await postgres_databases.take_back(first)
    await database.close()
    again = await postgres_databases.lend()
    assert again == first
    assert await found_in(Settings(again, tmp_path)) == (0, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE areas ALTER COLUMN name_zh DROP NOT NULL",
        "ALTER TABLE areas DROP CONSTRAINT uq_areas_name_en",
        "CREATE TABLE left_here (id integer)",
        "DROP TABLE alembic_version",
        "UPDATE alembic_version SET version_num = '0001'",
        "ANALYZE alembic_version",
    ],
)
async def test_one_that_was_altered_is_not_lent_again(postgres_databases: EmptyDatabases, statement: str) -> None:
    first = await postgres_databases.lend()
    await execute(first, statement)
    await postgres_databases.take_back(first)
    assert await postgres_databases.lend() != first


async def found_in(settings: Settings) -> tuple[int, int]:
    """The rows of all tables together; and the number that the next area is given."""
    database = await Database.open(settings)
    async with database.writing() as connection:
        tables = every_table().sorted_tables
        counts = [await connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
        number = await connection.scalar(insert(areas).values(name_en="N", name_zh="N").returning(areas.c.id))
    await database.close()
    return sum(counts), number or 0
