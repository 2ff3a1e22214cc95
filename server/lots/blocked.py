from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import items
from server.database import chunks
from server.decisions import Happened
from server.inbox.feed import Feed
from server.ledger.tables import balances, shelves
from server.lots.rules import BLOCKED, OneLot
from server.lots.tables import blocked_lots
from server.people.tables import people
from server.statements import Asked
from server.stores.tables import stores

_OF_ITEMS = Asked(select(blocked_lots.c.item_id, blocked_lots.c.lot), blocked_lots.c.item_id)


async def load_lot(connection: AsyncConnection, op: Happened) -> OneLot:
    """The lot of the operation, and who hears of it: every store, for what it holds can no longer be promised."""
    everywhere = list(await connection.scalars(select(stores.c.id)))
    one = OneLot(buckets={f"user:{op.by}", *(f"stock:{store}" for store in everywhere)})
    # Nobody books goods of it anywhere until this is decided. The turn comes last, as for who books goods by lot.
    for names in (one.buckets, {BLOCKED}):
        await Feed().lock(connection, names)
    one.buckets |= {BLOCKED}
    row = (await connection.execute(select(items).where(items.c.id == op.args["item"]))).one_or_none()
    if row is None:
        return one
    one.item = row.merged_into or row.id
    same = (blocked_lots.c.item_id == one.item) & (blocked_lots.c.lot == op.args["lot"])
    block = (await connection.execute(select(blocked_lots).where(same))).one_or_none()
    one.row = block._asdict() if block else None
    held = select(balances.c.location_id).where(balances.c.item_id == one.item, balances.c.lot == op.args["lot"])
    places = set(await connection.scalars(held))
    one.stores = [store for store in everywhere if shelves(store) in places]
    return one


async def blocked_of(connection: AsyncConnection, ids: Iterable[int]) -> set[tuple[int, str]]:
    """(item, lot) of the items that are blocked."""
    return {(row.item_id, row.lot) for row in await _OF_ITEMS.rows(connection, sorted(set(ids)))}


async def blocked_rows(connection: AsyncConnection, ids: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """What phones hold of blocked lots, by item and lot; of the items given, or of all."""
    query = select(blocked_lots, people.c.name).join(people, people.c.id == blocked_lots.c.person_id)
    asked = [query] if ids is None else [query.where(blocked_lots.c.item_id.in_(some)) for some in chunks(ids)]
    told = [
        {
            "id": row.operation_id,
            "item": row.item_id,
            **{name: getattr(row, name) for name in ("lot", "reason", "at", "name")},
        }
        for one in asked
        for row in await connection.execute(one)
    ]
    return sorted(told, key=lambda one: (one["item"], one["lot"]))
