from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import items
from server.database import chunks


async def load_items(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What rules ask of items, by id: `{sku, name_en, name_zh, unit, archived}`; unknown ids are missing."""
    columns = (items.c.id, items.c.sku, items.c.name_en, items.c.name_zh, items.c.unit, items.c.archived_at)
    found: dict[int, dict[str, Any]] = {}
    for some in chunks(sorted(set(ids))):
        for row in await connection.execute(select(*columns).where(items.c.id.in_(some))):
            named = {"sku": row.sku, "name_en": row.name_en, "name_zh": row.name_zh, "unit": row.unit}
            found[row.id] = {**named, "archived": row.archived_at is not None}
    return found
