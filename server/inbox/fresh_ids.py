from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection


async def next_id(connection: AsyncConnection, table: Table) -> int:
    """An id for a row that a rule is about to make; `table` counts its rows in a column `id`.

    PostgreSQL counts on beyond it too, so that who leaves the id to the database does not meet it.
    """
    free = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
    counter = func.pg_get_serial_sequence(table.name, "id")
    counted = free if connection.dialect.name == "sqlite" else _count_on(counter, free)
    return int(await connection.scalar(select(counted)) or 1)


def _count_on(counter: ColumnElement[str], free: ColumnElement[int]) -> ColumnElement[int]:
    return func.setval(counter, func.greatest(func.nextval(counter), free))
