"""A chain for phones: six stores that carry a customer's catalogue, each with stock, each everybody's neighbour."""

import asyncio
import random
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.spelling import search_text
from server.catalogue.tables import assortment_items, assortments, barcodes, items, store_assortments
from server.catalogue.version import move_goods
from server.clock import now_ms
from server.database import Database
from server.decisions import Entry
from server.demo import shop_rows
from server.demo.chain import demo_chain
from server.demo.history import HOUR_MS
from server.demo.story import opening_operation_id
from server.inbox.feed import Feed
from server.ledger.facts import Balances, entry_rows, write_entries
from server.ledger.tables import locations, shelves
from server.migrations.upgrade import upgrade
from server.people.tables import people, roles
from server.settings import Settings
from server.stores.tables import areas, neighbours, stores
from server.tour.tables import tours
from tests.bench.catalogue_file import write_catalogue
from tests.bench.goods import Row, goods
from tests.bench.hub import Hub
from tests.bench.imports import bring

ASSORTMENT = "city"
FAR_M = 20_000
# As in the demonstration: usual pieces on a shelf by what goods cost; of what a store carries a tenth has run out.
USUAL_PIECES = (20, 13, 7, 4, 2)
MOST_PIECES, RUN_OUT = 60, 0.1


@dataclass(frozen=True, slots=True)
class Goods:
    """An item to look for: `gtin` as a scanner types it."""

    id: int
    name: str
    gtin: str


def fill(settings: Settings, item_count: int, stocked: int) -> None:
    """`item_count` items of one language, and stock of the first `stocked` of them in each store."""
    asyncio.run(_open_stores(settings, goods(item_count)))
    asyncio.run(_stock_up(settings, stocked))


def fill_with_everything(settings: Settings, stocked: int) -> None:
    """All that the customer's file holds, in twelve scripts, by the command that brings files."""
    asyncio.run(_open_stores(settings, []))
    file = settings.data / "catalogue.csv"
    write_catalogue(file)
    bring(settings, file, "--assortment", ASSORTMENT)
    file.unlink()
    asyncio.run(_stock_up(settings, stocked))


async def _open_stores(settings: Settings, rows: list[Row]) -> None:
    await upgrade(settings)
    database = await Database.open(settings)
    try:
        async with database.writing() as connection:
            await _write_stores(connection)
            if rows:
                await _write_goods(connection, rows)
    finally:
        await database.close()


async def _write_stores(connection: AsyncConnection) -> None:
    chain, now = demo_chain(), now_ms()
    await connection.execute(insert(areas), shop_rows.area_rows(chain))
    area_ids = dict((await connection.execute(select(areas.c.name_en, areas.c.id))).tuples().all())
    await connection.execute(insert(stores), shop_rows.store_rows(chain, area_ids))
    store_ids = dict((await connection.execute(select(stores.c.code, stores.c.id))).tuples().all())
    ids = list(store_ids.values())
    near = [{"store_id": a, "neighbour_id": b, "distance_m": FAR_M * abs(a - b)} for a in ids for b in ids if a != b]
    await connection.execute(insert(neighbours), near)
    await connection.execute(insert(locations), shop_rows.location_rows(store_ids))
    await connection.execute(insert(people), shop_rows.person_rows(chain, store_ids))
    person_ids = dict((await connection.execute(select(people.c.username, people.c.id))).tuples().all())
    since_ms = now - HOUR_MS
    await connection.execute(insert(roles), shop_rows.role_rows(chain, person_ids, store_ids, area_ids, since_ms))
    await connection.execute(insert(tours), [{"person_id": one, "led_at": now} for one in person_ids.values()])
    await connection.execute(insert(assortments), [{"name": ASSORTMENT}])
    assortment = await connection.scalar(select(assortments.c.id))
    await connection.execute(insert(store_assortments), [{"store_id": one, "assortment_id": assortment} for one in ids])
    chain_keys = [*(f"area:{one}" for one in area_ids.values()), *(f"store:{one}" for one in ids), "policy"]
    told = {"chain": chain_keys, **{f"user:{one}": ["me"] for one in person_ids.values()}}
    await _tell(connection, told)


async def _write_goods(connection: AsyncConnection, rows: list[Row]) -> None:
    assortment = await connection.scalar(select(assortments.c.id))
    codes = [{"gtin": row.pop("gtin"), "item_id": row["id"]} for row in rows]
    for row in rows:
        row["folded"] = search_text(row["sku"], row["name_en"], row["name_zh"], row["brand"])
    await connection.execute(insert(items), rows)
    await connection.execute(insert(barcodes), codes)
    ranged = [{"assortment_id": assortment, "item_id": row["id"]} for row in rows]
    await connection.execute(insert(assortment_items), ranged)
    await move_goods(connection)
    await _tell(connection, {f"catalogue:{assortment}": [str(row["id"]) for row in rows]})


async def _stock_up(settings: Settings, stocked: int) -> None:
    database = await Database.open(settings)
    try:
        async with database.reading() as connection:
            query = select(items.c.id).order_by(items.c.id).limit(stocked)
            goods = list((await connection.execute(query)).scalars())
            shops = dict((await connection.execute(select(stores.c.code, stores.c.id))).tuples().all())
        for code, store in shops.items():
            async with database.writing() as connection:
                await _stock_store(connection, code, store, goods)
    finally:
        await database.close()


async def _stock_store(connection: AsyncConnection, code: str, store: int, goods: list[int]) -> None:
    dice, now = random.Random(code), now_ms()
    pieces = {item: pieces_on_shelf(dice) for item in goods}
    opening = [Entry(shelves(store), item, "", count, "opening") for item, count in pieces.items() if count]
    balances = Balances()
    balances.book(opening, [])
    await write_entries(connection, entry_rows(opening, opening_operation_id(code), None, now, now))
    await balances.write(connection)
    await _tell(connection, {f"stock:{store}": [str(entry.item) for entry in opening], f"work:{store}": []})


def pieces_on_shelf(dice: random.Random) -> int:
    """As the demonstration stocks its shops: many of what is cheap and sells, few of most."""
    run_out, fill, popularity = dice.random() < RUN_OUT, dice.gammavariate(4, 0.25), dice.random() ** 3
    if run_out:
        return 0
    return min(MOST_PIECES, round(dice.choice(USUAL_PIECES) * fill * (0.4 + 1.2 * popularity)))


async def _tell(connection: AsyncConnection, contents: dict[str, list[str]]) -> None:
    feed = Feed()
    await feed.lock(connection, contents)
    for bucket, keys in contents.items():
        for key in keys:
            feed.touch(bucket, key, fresh=True)
    await feed.write(connection)


def goods_of(hub: Hub, count: int) -> list[Goods]:
    """Some that are in the assortment, the same for the same chain."""
    coded = select(items.c.id, items.c.name_en, items.c.name_zh, barcodes.c.gtin).join(barcodes)
    rows = hub.read(coded.where(items.c.id % 97 == 1, items.c.archived_at.is_(None)).order_by(items.c.id).limit(count))
    return [Goods(row.id, row.name_en or row.name_zh, row.gtin.removeprefix("0")) for row in rows]
