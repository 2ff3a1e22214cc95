"""Our own lists, to be read back the same: batch after batch in the order of a key, each in a snapshot of its own.

rows = rows_out(loop, database, "items", None)     # in a thread, while `loop` reads
for piece in export_csv("items", rows): …
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortment_items, assortments, barcodes, items
from server.database import Database
from server.imports.reading import Kind
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import balances, ledger, locations, lots
from server.people.operator import OPERATOR
from server.people.tables import people, roles
from server.stores.tables import areas, stores

ROWS_A_BATCH = 1_000
MOVEMENTS = ("sale", "return", "delivery")
Stores = Collection[int] | None
# Each row with its key; the batch after a key, the first one after None.
Batch = Sequence[tuple[Any, Mapping[str, Any]]]
Loader = Callable[[AsyncConnection, Any, Stores], Awaitable[Batch]]


def rows_out(
    loop: asyncio.AbstractEventLoop, database: Database, kind: Kind, only: Stores
) -> Iterator[Mapping[str, Any]]:
    """Rows as `export_csv` takes them, for a thread; of stock and movements those of the stores `only`, if it is not
    None. What is archived stays here.
    """

    async def batch(after: Any) -> Batch:
        async with database.reading() as connection:
            return await LOADERS[kind](connection, after, only)

    after: Any = None
    while found := asyncio.run_coroutine_threadsafe(batch(after), loop).result():
        after = found[-1][0]
        for _, row in found:
            yield row


async def _stores(connection: AsyncConnection, after: Any, _only: Stores) -> Batch:
    columns = [stores.c[name] for name in ("id", "code", "name_en", "name_zh", "latitude", "longitude", "time_zone")]
    query = select(*columns, areas.c.name_en.label("area")).join(areas, areas.c.id == stores.c.area_id)
    found = query.where(stores.c.archived_at.is_(None), stores.c.id > (after or 0)).order_by(stores.c.id)
    return [(row.id, row._asdict()) for row in await connection.execute(found.limit(ROWS_A_BATCH))]


async def _people(connection: AsyncConnection, after: Any, _only: Stores) -> Batch:
    """A row for each role, and one for somebody who has none."""
    role = roles.outerjoin(stores, stores.c.id == roles.c.store_id).outerjoin(areas, areas.c.id == roles.c.area_id)
    told = (roles.c.valid_from.label("from"), roles.c.valid_to.label("to"), roles.c.level.label("role"))
    held = select(roles.c.person_id, *told, stores.c.code.label("store"), areas.c.name_en.label("area"))
    columns = (people.c.id, people.c.username, people.c.name, people.c.locale)
    here = and_(people.c.archived_at.is_(None), people.c.username != OPERATOR, people.c.id > (after or 0))
    found = list(await connection.execute(select(*columns).where(here).order_by(people.c.id).limit(ROWS_A_BATCH)))
    theirs: dict[int, list[dict[str, Any]]] = {row.id: [] for row in found}
    query = held.select_from(role).where(roles.c.person_id.in_(theirs)).order_by(roles.c.id)
    for one in await connection.execute(query):
        # From the beginning of time is said by saying nothing.
        theirs[one.person_id].append({**one._asdict(), "from": getattr(one, "from") or None})
    nothing = dict.fromkeys(("from", "to", "role", "store", "area"))
    return [(row.id, {**row._asdict(), **held}) for row in found for held in (theirs[row.id] or [nothing])]


async def _items(connection: AsyncConnection, after: Any, _only: Stores) -> Batch:
    columns = [items.c[name] for name in ("id", "sku", "name_en", "name_zh", "brand", "unit", "tracks_lot")]
    query = select(*columns, items.c.tracks_expiry, items.c.price_cents.label("price"))
    query = query.where(items.c.archived_at.is_(None), items.c.id > (after or 0)).order_by(items.c.id)
    found = list(await connection.execute(query.limit(ROWS_A_BATCH)))
    ids = [row.id for row in found]
    coded = select(barcodes.c.item_id, barcodes.c.gtin).where(barcodes.c.item_id.in_(ids)).order_by(barcodes.c.gtin)
    ranged = select(assortment_items.c.item_id, assortments.c.name).join(assortments).order_by(assortments.c.name)
    gtins = await _lists(connection, coded)
    names = await _lists(connection, ranged.where(assortment_items.c.item_id.in_(ids)))
    return [
        (row.id, {**row._asdict(), "barcodes": gtins.get(row.id, []), "assortments": names.get(row.id, [])})
        for row in found
    ]


async def _lists(connection: AsyncConnection, query: Select[Any]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for key, text in await connection.execute(query):
        found.setdefault(key, []).append(text)
    return found


async def _stock(connection: AsyncConnection, after: Any, only: Stores) -> Batch:
    """What the book says lies on the shelves, as a count would say it."""
    key = (balances.c.location_id, balances.c.item_id, balances.c.lot)
    told = (stores.c.code.label("store"), items.c.sku.label("item"), balances.c.on_hand.label("counted"))
    on_shelves = and_(locations.c.id == balances.c.location_id, locations.c.kind == "store")
    query = select(*key, *told).join(locations, on_shelves).join(stores, stores.c.id == locations.c.store_id)
    query = query.join(items, items.c.id == balances.c.item_id).where(stores.c.archived_at.is_(None))
    of_lot = and_(lots.c.item_id == balances.c.item_id, lots.c.code == balances.c.lot)
    query = query.add_columns(lots.c.expires_on.label("expires")).outerjoin(lots, of_lot)
    if only is not None:
        query = query.where(stores.c.id.in_(only))
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after))
    found = await connection.execute(query.order_by(*key).limit(ROWS_A_BATCH))
    return [((row.location_id, row.item_id, row.lot), row._asdict()) for row in found]


async def _movements(connection: AsyncConnection, after: Any, only: Stores) -> Batch:
    """Under the number of the system that told it, or of the operation where there was none."""
    told = (
        ledger.c.id.label("key"),
        ledger.c.operation_id,
        ledger.c.kind,
        ledger.c.lot,
        ledger.c.effective_at,
        ledger.c.item_id,
    )
    query = select(*told, ledger.c.delta, stores.c.code.label("store"), items.c.sku.label("item"), outcomes.c.args)
    query = query.join(locations, locations.c.id == ledger.c.location_id).join(items, items.c.id == ledger.c.item_id)
    query = query.join(stores, stores.c.id == locations.c.store_id)
    query = query.outerjoin(outcomes, and_(outcomes.c.operation_id == ledger.c.operation_id, booked_first))
    if only is not None:
        query = query.where(stores.c.id.in_(only))
    moved = query.where(ledger.c.kind.in_(MOVEMENTS), ledger.c.id > (after or 0)).order_by(ledger.c.id)
    return [(row.key, _movement(row)) for row in await connection.execute(moved.limit(ROWS_A_BATCH))]


def _movement(row: Any) -> dict[str, Any]:
    # A sale is told as how many were sold; a delivery below zero went back to the supplier.
    quantity = row.delta if row.kind == "delivery" else abs(row.delta)
    number = (row.args or {}).get("ref") or row.operation_id
    told = {"id": number, "store": row.store, "item": row.item, "kind": row.kind, "lot": row.lot}
    lines = [line for line in (row.args or {}).get("lines", ()) if line["item"] == row.item_id]
    told["expires"] = lines[0].get("expires") if lines else None
    return {**told, "quantity": quantity, "at": row.effective_at}


LOADERS: Mapping[Kind, Loader] = {
    "stores": _stores,
    "people": _people,
    "items": _items,
    "stock": _stock,
    "movements": _movements,
}
