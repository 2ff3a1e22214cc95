"""Reads what the rules on goods ask for, once everybody who will hear of the change is locked."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.rules import Goods, Item
from server.catalogue.spelling import chinese_order, english_order, search_text
from server.catalogue.tables import assortment_items, assortments, barcodes, items
from server.database import chunks
from server.decisions import Happened
from server.inbox.feed import Feed
from server.ledger.tables import balances, locations, lots
from server.lots.tables import blocked_lots
from server.stores.tables import stores
from server.transfers.tables import transfer_lines, transfers
from server.unknown_codes.facts import rows_with_code
from sync.gs1 import gtin_of

Row = dict[str, Any]


async def load_goods(connection: AsyncConnection, op: Happened) -> Goods:
    named = _named(op)
    buckets = await _who_hears(connection, op, named)
    # Locked here already, for all that is read now must still be so when it is written.
    await Feed().lock(connection, buckets)
    if connection.dialect.name == "postgresql":
        # Nobody else gives an id or a code away meanwhile; SQLite has one writer at all times.
        await connection.execute(text("LOCK TABLE items, barcodes, assortment_items IN SHARE ROW EXCLUSIVE MODE"))
    goods = Goods(await whole_items(connection, named), buckets=buckets)
    goods.assortments = frozenset(await connection.scalars(select(assortments.c.id)))
    await _whose_codes(connection, op, goods)
    if op.kind == "barcode.teach":
        goods.unknown = await rows_with_code(connection, op.args["code"])
    if op.kind == "item.add":
        goods.next_id = (await connection.scalar(select(func.max(items.c.id))) or 0) + 1
    if op.kind in ("item.add", "item.edit"):
        goods.spelled = _spelled(op, goods)
    if op.kind == "item.edit":
        goods.moved = await _was_moved(connection, op.args["item"])
    if op.kind == "item.merge":
        await _of_the_merged(connection, op, goods)
    return goods


async def whole_items(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, Row]:
    """Every column of items by id, with their `gtins` and `assortments` ascending; unknown ids are missing."""
    found: dict[int, Row] = {}
    for some in chunks(sorted(set(ids))):
        for row in await connection.execute(select(items).where(items.c.id.in_(some))):
            found[row.id] = {**row._asdict(), "gtins": [], "assortments": []}
        coded = select(barcodes).where(barcodes.c.item_id.in_(some)).order_by(barcodes.c.gtin)
        for row in await connection.execute(coded):
            found[row.item_id]["gtins"].append(row.gtin)
        ranged = select(assortment_items).where(assortment_items.c.item_id.in_(some))
        for row in await connection.execute(ranged.order_by(assortment_items.c.assortment_id)):
            found[row.item_id]["assortments"].append(row.assortment_id)
    return found


async def open_transfers_with(connection: AsyncConnection, item: int) -> int:
    """How many transfers that have not come to rest name the item."""
    joined = transfer_lines.join(transfers)
    query = select(func.count(transfers.c.id.distinct())).select_from(joined)
    return await connection.scalar(query.where(transfer_lines.c.item_id == item, transfers.c.ended_at.is_(None))) or 0


def _named(op: Happened) -> list[int]:
    args = op.args
    if op.kind == "assortment.range":
        return list(args["items"])
    return [args[name] for name in ("item", "into") if name in args]


async def _who_hears(connection: AsyncConnection, op: Happened, named: list[int]) -> set[str]:
    """The catalogues that carry the items; for a merge the stock and the work of every store, wherever goods stand."""
    carrying = set(op.args.get("assortments") or ()) | ({op.args["assortment"]} if "assortment" in op.args else set())
    lead_here = items.c.merged_into.in_(named)
    for some in chunks(named):
        query = select(assortment_items.c.assortment_id).distinct().where(assortment_items.c.item_id.in_(some))
        carrying |= set(await connection.scalars(query))
    if op.kind == "item.merge":
        earlier = select(assortment_items.c.assortment_id).distinct().join(items).where(lead_here)
        carrying |= set(await connection.scalars(earlier))
    known = set(await connection.scalars(select(assortments.c.id)))
    names = {f"catalogue:{assortment}" for assortment in carrying & known}
    if op.kind == "barcode.teach":
        names |= {f"unknown_codes:{row['store']}" for row in await rows_with_code(connection, op.args["code"])}
    if op.kind == "item.merge":
        ids = await connection.scalars(select(stores.c.id))
        names |= {f"{noun}:{store}" for store in ids for noun in ("stock", "work")} | {"lots:0"}
    return names


async def _whose_codes(connection: AsyncConnection, op: Happened, goods: Goods) -> None:
    sku = op.args["fields"].get("sku", ["", ""])[1] if op.kind == "item.edit" else op.args.get("sku", "")
    named = [op.args[name] for name in ("gtin", "code") if name in op.args]
    codes = named or op.args.get("barcodes") or []
    if sku:
        rows = await connection.execute(select(items.c.sku, items.c.id).where(items.c.sku == sku))
        goods.skus = {row.sku: row.id for row in rows}
    gtins = [gtin for code in codes if (gtin := gtin_of(code))]
    if gtins:
        taken = await connection.execute(select(barcodes).where(barcodes.c.gtin.in_(gtins)))
        goods.gtins = {row.gtin: row.item_id for row in taken}


def _spelled(op: Happened, goods: Goods) -> dict[str, str]:
    if op.kind == "item.add":
        row: Item = op.args
    else:
        changes = {name: change[1] for name, change in op.args["fields"].items()}
        row = {**goods.items.get(op.args["item"], {}), **changes}
    sku, name_en, name_zh, brand = (row.get(name) or "" for name in ("sku", "name_en", "name_zh", "brand"))
    return {
        "folded": search_text(sku, name_en, name_zh, brand),
        "sort_en": english_order(name_en, name_zh),
        "sort_zh": chinese_order(name_en, name_zh),
    }


async def _was_moved(connection: AsyncConnection, item: int) -> bool:
    return await connection.scalar(select(balances.c.item_id).where(balances.c.item_id == item).limit(1)) is not None


async def _of_the_merged(connection: AsyncConnection, op: Happened, goods: Goods) -> None:
    old, into = op.args["item"], op.args["into"]
    goods.under_way = await open_transfers_with(connection, old)
    query = select(balances, locations.c.kind).join(locations).where(balances.c.item_id == old)
    for row in await connection.execute(query.order_by(balances.c.location_id, balances.c.lot)):
        if row.reserved or row.in_transit_in or row.in_transit_out or (row.kind == "transit" and row.on_hand):
            goods.under_way = max(goods.under_way, 1)
        elif row.kind == "store" and row.on_hand:
            goods.stock.append((row.location_id, row.lot, row.on_hand))
    goods.figures = {(location // 2, item) for location, _lot, _units in goods.stock for item in (old, into)}
    blocked = await connection.execute(select(blocked_lots).where(blocked_lots.c.item_id == old))
    goods.blocked = [row._asdict() for row in blocked]
    already = select(blocked_lots.c.lot).where(blocked_lots.c.item_id == into)
    goods.blocked_already = frozenset(await connection.scalars(already))
    known = await connection.execute(select(lots).where(lots.c.item_id == old).order_by(lots.c.code))
    goods.last_days = [(row.code, day) for row in known for day in (row.expires_on, row.expires_also) if day]
    earlier = await connection.scalars(select(items.c.id).where(items.c.merged_into == old))
    goods.earlier = list((await whole_items(connection, earlier)).values())
