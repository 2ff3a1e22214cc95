from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortment_items, barcodes, store_assortments
from server.database import Database, chunks
from server.decisions import Happened
from server.inbox.feed import Feed
from server.stores.tables import stores
from server.unknown_codes.rules import MOST_KEPT, Kept
from server.unknown_codes.tables import is_open, unknown_codes
from sync.unknown_codes import kept_code

Row = dict[str, Any]


async def load_kept(connection: AsyncConnection, op: Happened) -> Kept:
    """What the store keeps of the operation's code, behind the lock of its bucket."""
    store, code = op.args["store"], kept_code(op.args["code"])
    if await connection.scalar(select(stores.c.id).where(stores.c.id == store)) is None:
        return Kept()
    kept = Kept(buckets={f"unknown_codes:{store}"})
    await Feed().lock(connection, kept.buckets)
    here = unknown_codes.c.store_id == store
    kept.row = next(
        iter(await _rows(connection, select(unknown_codes).where(here, unknown_codes.c.code == code))), None
    )
    kept.known = bool(await known_codes(connection, store, [code]))
    if kept.row is None and (await connection.scalar(_count(store)) or 0) >= MOST_KEPT:
        oldest = select(unknown_codes).where(here).order_by(unknown_codes.c.last_at, unknown_codes.c.code).limit(1)
        [kept.oldest] = await _rows(connection, oldest)
    return kept


def _count(store: int) -> Select[int]:
    return select(func.count()).select_from(unknown_codes).where(unknown_codes.c.store_id == store)


async def known_codes(connection: AsyncConnection, store: int, codes: Sequence[str]) -> set[str]:
    """Those of the codes that an item has which the store carries."""
    carried = select(assortment_items.c.item_id).join(
        store_assortments, store_assortments.c.assortment_id == assortment_items.c.assortment_id
    )
    carried = carried.where(store_assortments.c.store_id == store)
    found: set[str] = set()
    for some in chunks(codes):
        query = select(barcodes.c.gtin).where(barcodes.c.gtin.in_(some), barcodes.c.item_id.in_(carried))
        found |= set(await connection.scalars(query))
    return found


async def rows_with_code(connection: AsyncConnection, code: str) -> list[Row]:
    """What any store keeps of a code."""
    return await _rows(connection, select(unknown_codes).where(unknown_codes.c.code == kept_code(code)))


async def open_rows(connection: AsyncConnection, store: int, ids: Sequence[str] | None = None) -> list[Row]:
    """What phones hold of a store's unknown codes, in no order; those of the ids where some are given."""
    query = select(unknown_codes).where(unknown_codes.c.store_id == store, is_open)
    if ids is None:
        return await _rows(connection, query)
    found = []
    for some in chunks(ids):
        found += await _rows(connection, query.where(unknown_codes.c.id.in_(some)))
    return found


async def old_buckets(database: Database, until: int) -> list[str]:
    """Buckets of the stores that keep a code which nobody scanned since that moment."""
    query = select(unknown_codes.c.store_id).distinct().where(unknown_codes.c.last_at <= until)
    async with database.reading() as connection:
        return [f"unknown_codes:{store}" for store in sorted(await connection.scalars(query))]


async def forget_until(connection: AsyncConnection, store: int, until: int) -> list[str]:
    """Takes away what the store keeps of them, behind the lock of its bucket; the keys that phones knew them by."""
    old = (unknown_codes.c.store_id == store) & (unknown_codes.c.last_at <= until)
    ids = list(await connection.scalars(select(unknown_codes.c.id).where(old)))
    await connection.execute(delete(unknown_codes).where(old))
    return [f"code:{one}" for one in ids]


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[Row]:
    names = ("id", "code", "times", "first_at", "last_at", "dismissed_at", "seen")
    rows = await connection.execute(query)
    return [{"store": row.store_id, **{name: getattr(row, name) for name in names}} for row in rows]
