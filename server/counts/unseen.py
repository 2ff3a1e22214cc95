"""What the book says is in a store and a count of all of it did not come upon."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import items
from server.counts.tables import anchors
from server.ledger.tables import balances, shelves


class Unseen(NamedTuple):
    """An item with `on_hand` by the book."""

    item: int
    on_hand: int


async def unseen(
    connection: AsyncConnection, store: int, session: Any, told: Collection[int], most: int
) -> tuple[int, list[Unseen]]:
    """How many items have stock and nobody counted them since the session began, and the dearest of them.

    `told` are items that the session spoke of although they are not counted yet: they wait for a word or for a shelf.
    """
    location = shelves(store)
    held = func.sum(balances.c.on_hand)
    later = select(anchors.c.item_id).where(
        anchors.c.location_id == location,
        anchors.c.item_id == balances.c.item_id,
        anchors.c.effective_at >= session.opened_at,
    )
    rows = (
        select(balances.c.item_id, held.label("on_hand"))
        .where(balances.c.location_id == location, ~later.exists())
        .group_by(balances.c.item_id)
        .having(held != 0)
        .subquery()
    )
    left = rows.c.item_id.not_in(sorted(told))
    total = await connection.scalar(select(func.count()).select_from(rows).where(left)) or 0
    worth = func.abs(rows.c.on_hand) * items.c.price_cents
    query = (
        select(rows.c.item_id, rows.c.on_hand)
        .join(items, items.c.id == rows.c.item_id)
        .where(left)
        .order_by(worth.desc(), rows.c.item_id)
        .limit(most)
    )
    found = await connection.execute(query)
    return total, [Unseen(row.item_id, int(row.on_hand)) for row in found]
