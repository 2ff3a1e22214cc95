"""The demonstration in a database: whole, and true in the books."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import barcodes
from server.database import Database
from server.demo.chain import demo_chain
from server.demo.load import LoadedDemo, NotEmpty, load_demo
from server.inbox.tables import buckets, feed, outcomes
from server.ledger.tables import balances, ledger
from server.migrations.upgrade import upgrade
from server.people.passwords import is_right
from server.people.tables import people
from server.settings import Settings, database_url
from server.stores.tables import stores
from server.transfers.facts import load_transfers
from server.transfers.tables import transfers
from sync.checksum import row_sum
from sync.projection import on_road, reserved
from tests.postgres import execute, named

NOW_MS = 1_795_000_000_000


@dataclass(frozen=True)
class Shop:
    settings: Settings
    loaded: LoadedDemo


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        return database_url(f"sqlite:///{tmp_path_factory.mktemp('demo')}/shop.db")
    server = request.getfixturevalue("postgres_address")
    asyncio.run(execute(server, "CREATE DATABASE demo"))
    return named(server, "demo")


@pytest.fixture(scope="module")
def shop(address: str) -> Shop:
    """Loaded once for all tests here, which only read."""
    return asyncio.run(load_shop(Settings(address, Path())))


async def load_shop(settings: Settings) -> Shop:
    await upgrade(settings)
    database = await Database.open(settings)
    async with database.writing() as connection:
        loaded = await load_demo(connection, NOW_MS)
    await database.close()
    return Shop(settings, loaded)


@pytest.fixture
async def database(shop: Shop) -> AsyncIterator[Database]:
    opened = await Database.open(shop.settings)
    yield opened
    await opened.close()


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[AsyncConnection]:
    async with database.reading() as opened:
        yield opened


async def test_the_demo_loads_only_into_an_empty_database(shop: Shop, database: Database) -> None:
    assert shop.loaded.item_count == 2_400
    with pytest.raises(NotEmpty):
        async with database.writing() as connection:
            await load_demo(connection, NOW_MS)


async def test_every_balance_is_the_sum_of_its_entries_and_stock_begins_as_opening_entries(
    connection: AsyncConnection,
) -> None:
    place_of = (ledger.c.location_id, ledger.c.item_id, ledger.c.lot)
    booked = await connection.execute(select(*place_of, func.sum(ledger.c.delta)).group_by(*place_of))
    kept = await connection.execute(select(*[*balances.c][:4]))
    sums = {tuple(row)[:3]: int(row[3]) for row in booked if row[3]}
    assert sums == {tuple(row)[:3]: row[3] for row in kept if row[3]}
    assert min(sums.values()) > 0
    kinds = await connection.execute(select(ledger.c.kind).where(ledger.c.transfer_id.is_(None)).distinct())
    assert [row.kind for row in kinds] == ["opening"]


async def test_transfers_stand_in_several_states_and_the_books_agree_with_each(connection: AsyncConnection) -> None:
    ids = list(await connection.scalars(select(transfers.c.id)))
    documents = await load_transfers(connection, ids)
    states = {document["state"] for document in documents.values()}
    assert states >= {"requested", "approved", "dispatched", "short", "received", "closed", "rejected", "cancelled"}
    promised: dict[tuple[int, int], int] = {}
    roads: dict[tuple[int, int], int] = {}
    for document in documents.values():
        for line in document["lines"]:
            giver, taker = (document["from"] * 2, line["item"]), (document["to"] * 2 + 1, line["item"])
            promised[giver] = promised.get(giver, 0) + reserved(document["decision"], line)
            roads[taker] = roads.get(taker, 0) + on_road(line)
    held = (await connection.execute(select(balances))).all()
    assert {(row.location_id, row.item_id): row.reserved for row in held if row.reserved} == {
        key: quantity for key, quantity in promised.items() if quantity
    }
    assert {(row.location_id, row.item_id): row.on_hand for row in held if row.location_id % 2 and row.on_hand} == {
        key: quantity for key, quantity in roads.items() if quantity
    }


async def test_every_movement_of_a_transfer_has_its_operation(connection: AsyncConnection) -> None:
    moved = set(await connection.scalars(select(ledger.c.operation_id).where(ledger.c.transfer_id.is_not(None))))
    known = (await connection.execute(select(outcomes.c.operation_id, outcomes.c.n).order_by(outcomes.c.n))).all()
    assert moved <= {row.operation_id for row in known}
    assert [row.n for row in known] == list(range(1, len(known) + 1))


async def test_buckets_are_dense_and_their_sums_are_those_of_their_rows(connection: AsyncConnection) -> None:
    for bucket in (await connection.execute(select(buckets))).all():
        held = await connection.execute(select(feed).where(feed.c.bucket_id == bucket.id).order_by(feed.c.seq))
        entries = held.all()
        assert [entry.seq for entry in entries] == list(range(1, bucket.head + 1))
        sum_a = sum_b = 0
        for entry in entries:
            a, b = row_sum(entry.key, entry.version)
            sum_a, sum_b = sum_a ^ a, sum_b ^ b
        assert (sum_a, sum_b) == (bucket.sum_a, bucket.sum_b)


async def test_everybody_can_sign_in_with_the_printed_password(connection: AsyncConnection) -> None:
    found = await connection.execute(select(people.c.username, people.c.password_hash))
    hashes = {row.username: row.password_hash for row in found}
    for person in demo_chain().people:
        assert await is_right(hashes[person.username], person.password)


async def test_what_the_banner_proposes_can_be_done(shop: Shop, connection: AsyncConnection) -> None:
    ask, receive, damage = shop.loaded.to_try
    gtin = ask.split("scan ")[1].split(" ")[0].rjust(14, "0")
    held = await connection.execute(
        select(stores.c.code, balances.c.on_hand)
        .join(balances, balances.c.location_id == stores.c.id * 2)
        .join(barcodes, barcodes.c.item_id == balances.c.item_id)
        .where(barcodes.c.gtin == gtin, balances.c.on_hand > 0)
    )
    on_hand = {row.code: row.on_hand for row in held}
    assert "GNT" not in on_hand
    assert f"Antwerp has {on_hand['ANT']}." in ask
    assert on_hand["ANT"] > on_hand.get("LVN", 0)
    to_ghent = select(transfers.c.id).join(stores, stores.c.id == transfers.c.to_store_id)
    on_its_way = to_ghent.where(transfers.c.state == "dispatched", stores.c.code == "GNT")
    assert len((await connection.execute(on_its_way)).all()) == 1
    assert "on the road" in receive
    assert "flight mode" in damage
