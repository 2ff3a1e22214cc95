"""Fills an empty database with the demonstration chain, table by table."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortment_items, assortments, barcodes, items, store_assortments
from server.catalogue.version import move_goods
from server.demo import shop_rows
from server.demo.book_rows import Books, demo_books
from server.demo.bucket_contents import bucket_contents
from server.demo.catalogue import DemoItem, demo_items
from server.demo.chain import DemoChain, demo_chain
from server.demo.history import HOUR_MS, OPENED_HOURS_AGO, Register, opening_facts, play
from server.demo.stock import opening_stock
from server.demo.story import things_to_try, told_tales
from server.inbox.feed import Feed
from server.inbox.tables import clients, outcomes
from server.ledger.facts import write_entries
from server.ledger.tables import locations
from server.people.tables import people, roles
from server.stores.tables import areas, neighbours, stores
from server.tour.tables import tours

Row = dict[str, Any]


class NotEmpty(Exception):  # noqa: N818 - its text is the sentence a command prints
    """Somebody's shop is already in this database."""


@dataclass(frozen=True, slots=True)
class LoadedDemo:
    """What was written, for the banner; `to_try` are three English sentences."""

    chain: DemoChain
    item_count: int
    transfer_count: int
    to_try: tuple[str, str, str]


async def load_demo(connection: AsyncConnection, now_ms: int) -> LoadedDemo:
    """Writes everything in the transaction the caller has begun and will commit.

    Raises NotEmpty, before writing, when there is a store or a person.
    """
    if await _has_rows(connection, stores) or await _has_rows(connection, people):
        raise NotEmpty("There is a shop in this database already; the demo starts in an empty one.")
    chain, goods = demo_chain(), demo_items()
    stocks = {store.code: opening_stock(goods, store) for store in chain.stores}
    register = await _write_chain(connection, chain, now_ms)
    register = await _write_goods(connection, register, goods, now_ms)
    ranging = await _write_ranging(connection, chain, goods, register)
    await move_goods(connection)
    facts = opening_facts(goods, stocks, chain, register, now_ms)
    played = play(told_tales(goods, stocks), facts, chain, register, now_ms)
    books = demo_books(stocks, played, facts, register, now_ms)
    await _write_books(connection, books)
    await _write_feed(connection, register, ranging, books)
    return LoadedDemo(chain, len(goods), len(books.documents), things_to_try(goods, stocks))


async def _write_chain(connection: AsyncConnection, chain: DemoChain, now_ms: int) -> Register:
    await _write(connection, areas, shop_rows.area_rows(chain))
    area_ids = await _ids(connection, areas.c.name_en, areas.c.id)
    await _write(connection, stores, shop_rows.store_rows(chain, area_ids))
    store_ids = await _ids(connection, stores.c.code, stores.c.id)
    await _write(connection, neighbours, shop_rows.neighbour_rows(chain, store_ids))
    await _write(connection, locations, shop_rows.location_rows(store_ids))
    await _write(connection, people, shop_rows.person_rows(chain, store_ids))
    person_ids = await _ids(connection, people.c.username, people.c.id)
    since_ms = now_ms - OPENED_HOURS_AGO * HOUR_MS
    await _write(connection, roles, shop_rows.role_rows(chain, person_ids, store_ids, area_ids, since_ms))
    # The demo has three things to try of its own.
    await _write(connection, tours, [{"person_id": person, "led_at": now_ms} for person in person_ids.values()])
    return Register(areas=area_ids, stores=store_ids, people=person_ids, items={})


async def _write_goods(connection: AsyncConnection, register: Register, goods: list[DemoItem], now_ms: int) -> Register:
    await _write(connection, items, shop_rows.item_rows(goods, now_ms))
    item_ids = await _ids(connection, items.c.sku, items.c.id)
    await _write(connection, barcodes, shop_rows.barcode_rows(goods, item_ids))
    return replace(register, items=item_ids)


async def _write_ranging(
    connection: AsyncConnection, chain: DemoChain, goods: list[DemoItem], register: Register
) -> list[Row]:
    await _write(connection, assortments, [{"name": name} for name in sorted({s.assortment for s in chain.stores})])
    assortment_ids = await _ids(connection, assortments.c.name, assortments.c.id)
    ranging = shop_rows.ranging_rows(goods, chain, register.items, assortment_ids)
    await _write(connection, assortment_items, ranging)
    await _write(connection, store_assortments, shop_rows.store_ranging_rows(chain, register.stores, assortment_ids))
    return ranging


async def _write_books(connection: AsyncConnection, books: Books) -> None:
    await _write(connection, clients, [books.client])
    await _write(connection, outcomes, books.outcomes)
    await books.transfers.write(connection)
    await write_entries(connection, books.ledger)
    await books.balances.write(connection)


async def _write_feed(connection: AsyncConnection, register: Register, ranging: list[Row], books: Books) -> None:
    contents = bucket_contents(register, ranging, books)
    feed = Feed()
    await feed.lock(connection, contents)
    for bucket, keys in contents.items():
        for key in keys:
            feed.touch(bucket, key, fresh=True)
    await feed.write(connection)


async def _write(connection: AsyncConnection, table: Table, rows: list[Row]) -> None:
    await connection.execute(insert(table), rows)


async def _ids(connection: AsyncConnection, called: Column[str], number: Column[int]) -> dict[str, int]:
    """Ids by name, in the order of the ids."""
    found = await connection.execute(select(called, number).order_by(number))
    return {row[0]: row[1] for row in found}


async def _has_rows(connection: AsyncConnection, table: Table) -> bool:
    return (await connection.execute(select(table).limit(1))).first() is not None
