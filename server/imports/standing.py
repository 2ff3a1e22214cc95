"""Reads set-wise what lines of a catalogue may mean; the statements are prepared by the driver, for there are many."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import padded
from server.imports.matching import COLUMNS, Standing, ranged
from server.imports.reading import ItemLine


async def what_stands(connection: AsyncConnection, lines: Sequence[ItemLine], ranging: Sequence[str]) -> Standing:
    """The items that the lines name, and whose their barcodes are."""
    standing = Standing()
    named = f"SELECT {', '.join(COLUMNS)} FROM items WHERE"  # noqa: S608 -- made of names of ours alone
    for row in await rows_among(connection, f"{named} sku", [line.sku for line in lines]):
        standing.items[row[0]] = tuple(row)
        standing.skus[row[1]] = row[0]
    coded = "SELECT gtin, item_id FROM barcodes WHERE gtin"
    for gtin, item in await rows_among(connection, coded, [gtin for line in lines for gtin in line.gtins]):
        standing.owners[gtin] = item
    others = {item for item in standing.owners.values() if item not in standing.items}
    for row in await rows_among(connection, f"{named} id", others):
        standing.items[row[0]] = tuple(row)
    if standing.items and any(ranged(line, ranging) for line in lines):
        query = "SELECT name, item_id FROM assortment_items JOIN assortments ON id = assortment_id WHERE item_id"
        for name, item in await rows_among(connection, query, standing.items):
            standing.ranges.add((name, item))
    return standing


async def rows_among(connection: AsyncConnection, query: str, keys: Iterable[Any]) -> Sequence[Sequence[Any]]:
    """The rows of `query`, which ends with a column, where that column is one of the keys."""
    wanted = sorted(set(keys))
    if not wanted:
        return []
    if connection.dialect.name == "sqlite":
        listed = padded(wanted)
        marks = ", ".join("?" * len(listed))
        return (await connection.exec_driver_sql(f"{query} IN ({marks})", tuple(listed))).all()
    return (await connection.exec_driver_sql(f"{query} = ANY($1)", (wanted,))).all()
