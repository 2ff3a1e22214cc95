from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import items
from server.statements import Asked

_ITEMS = Asked(
    select(
        *(items.c[name] for name in ("id", "sku", "name_en", "name_zh", "unit", "price_cents")),
        *(items.c[name] for name in ("archived_at", "merged_into")),
    ),
    items.c.id,
)


async def load_items(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What rules ask of items, by id: `{sku, name_en, name_zh, unit, price_cents, archived, merged_into}`."""
    return {
        row.id: {
            "sku": row.sku,
            "name_en": row.name_en,
            "name_zh": row.name_zh,
            "unit": row.unit,
            "price_cents": row.price_cents,
            "archived": row.archived_at is not None,
            "merged_into": row.merged_into,
        }
        for row in await _ITEMS.rows(connection, set(ids))
    }
