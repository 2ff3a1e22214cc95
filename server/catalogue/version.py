"""The version of the books of goods, moved on by every transaction that changes them.

Who has seen something of all goods knows by it whether that still holds, without looking again.
"""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortment_items, assortments, barcodes, goods_version, items

GOODS = frozenset(table.name for table in (items, barcodes, assortments, assortment_items))


async def version_of_goods(connection: AsyncConnection) -> int:
    """0 where there never were any."""
    return await connection.scalar(select(goods_version.c.version)) or 0


async def move_goods(connection: AsyncConnection) -> int:
    """The version that holds once this transaction is committed; others who change goods wait for that."""
    fresh = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    moved = (
        fresh(goods_version)
        .values(id=1, version=1)
        .on_conflict_do_update(index_elements=["id"], set_={"version": goods_version.c.version + 1})
        .returning(goods_version.c.version)
    )
    version: int | None = await connection.scalar(moved)
    assert version is not None
    return version
