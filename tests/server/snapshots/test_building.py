"""A snapshot is what a pull would have brought, row by row, and is made once."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update

from server.catalogue.tables import barcodes, items
from server.database import Database
from server.inbox.feed import Feed
from server.inbox.rows import rows_of
from server.inbox.tables import buckets, feed
from server.ledger.tables import balances
from server.settings import Settings
from server.snapshots.building import build
from server.snapshots.facts import Whole
from server.snapshots.jobs import Snapshots, out_of_date
from server.snapshots.numbers import Unpackable
from server.snapshots.pieces import Piece, cut
from server.snapshots.shelf import Manifest, Shelf
from tests import shop
from tests.server.snapshots.pieces import Phone, Put

CATALOGUE, STOCK = "catalogue:1", "stock:1"


@pytest.fixture(scope="module")
def phone() -> Iterator[Phone]:
    phone = Phone()
    yield phone
    phone.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "snapshots")


def read(shelf: Shelf, manifest: Manifest, phone: Phone) -> list[Put]:
    version = f"{manifest.epoch}-{manifest.seq}"
    files = [shelf.file(manifest.bucket, version, piece.name, "gzip") for piece in manifest.pieces]
    return sorted(phone.puts_of_files([file for file in files if file]))


async def pulled(database: Database, bucket: str) -> list[Put]:
    query = select(feed).join(buckets, buckets.c.id == feed.c.bucket_id)
    async with database.reading() as connection:
        listed = (await connection.execute(query.where(buckets.c.name == bucket, ~feed.c.gone))).all()
        rows = await rows_of(connection, bucket, [row.key for row in listed])
    return sorted([row.key, row.version, rows[row.key]] for row in listed)


async def change(database: Database, bucket: str, *keys: int, gone: bool = False) -> None:
    async with database.writing() as connection:
        told = Feed()
        await told.lock(connection, [bucket])
        for key in keys:
            told.touch(bucket, str(key), gone)
        await told.write(connection)


async def odd_goods(database: Database) -> None:
    """An item with three barcodes, one that leads to another, one that is archived, one known by its barcode."""
    more = [{"gtin": gtin, "item_id": shop.TEA} for gtin in ("00400000000053", "10400000000012")]
    async with database.writing() as connection:
        await connection.execute(insert(barcodes), more)
        await connection.execute(update(items).where(items.c.id == shop.LAMP).values(merged_into=shop.SOAP))
        await connection.execute(update(items).where(items.c.id == shop.SOAP).values(archived_at=5, name_zh=""))
        known = {"sku": "0400000000039", "tracks_lot": True, "tracks_expiry": True}
        await connection.execute(update(items).where(items.c.id == shop.CHEESE).values(known))
        lot = {"location_id": shop.GHENT * 2, "item_id": shop.CHEESE, "lot": "L2", "on_hand": -300}
        none = {"reserved": 0, "in_transit_in": 0, "in_transit_out": 0}
        await connection.execute(insert(balances), [{**lot, **none}])
    await change(database, CATALOGUE, shop.TEA, shop.CHEESE)
    await change(database, CATALOGUE, shop.TEA)
    await change(database, STOCK, shop.CHEESE)


@pytest.mark.parametrize("bucket", [CATALOGUE, STOCK])
async def test_a_snapshot_holds_what_a_pull_would_bring(
    database: Database, shelf: Shelf, phone: Phone, bucket: str
) -> None:
    await shop.open_shop(database)
    await odd_goods(database)
    manifest = await build(database, shelf, bucket)
    assert manifest
    puts = await pulled(database, bucket)
    assert read(shelf, manifest, phone) == puts
    assert manifest.rows == len(puts) > 2


async def test_what_has_left_the_bucket_is_not_in_it(database: Database, shelf: Shelf, phone: Phone) -> None:
    await shop.open_shop(database)
    await change(database, CATALOGUE, shop.SOAP, gone=True)
    manifest = await build(database, shelf, CATALOGUE)
    assert manifest
    assert str(shop.SOAP) not in {key for key, _version, _row in read(shelf, manifest, phone)}


async def test_several_processes_make_one_between_them(settings: Settings, database: Database, shelf: Shelf) -> None:
    await shop.open_shop(database)
    made = await asyncio.gather(*(asyncio.to_thread(asyncio.run, _alone(settings, shelf)) for _ in range(3)))
    assert sorted(made) == [False, False, True]


async def _alone(settings: Settings, shelf: Shelf) -> bool:
    database = await Database.open(settings)
    try:
        return await build(database, shelf, CATALOGUE) is not None
    finally:
        await database.close()


async def test_it_is_made_again_when_a_fifth_has_changed_and_two_are_kept(database: Database, shelf: Shelf) -> None:
    await shop.open_shop(database)
    for _ in range(3):
        assert await build(database, shelf, CATALOGUE)
        await change(database, CATALOGUE, shop.TEA)
    kept = sorted(int(one.name.rpartition("-")[2]) for one in (shelf.folder / "catalogue-1").glob("*-*-*-*-*-*"))
    async with database.reading() as connection:
        head = await connection.scalar(select(buckets.c.head).where(buckets.c.name == CATALOGUE))
    assert head
    assert kept == [head - 2, head - 1]


async def test_a_new_epoch_leaves_nothing_of_the_old_one(database: Database, shelf: Shelf) -> None:
    await shop.open_shop(database)
    old = await build(database, shelf, CATALOGUE)
    epoch = str(uuid4())
    async with database.writing() as connection:
        await connection.execute(update(buckets).values(epoch=epoch))
    assert shelf.newest(CATALOGUE, epoch) is None
    new = await build(database, shelf, CATALOGUE)
    assert old
    assert new
    assert shelf.newest(CATALOGUE, old.epoch) is None
    assert shelf.newest(CATALOGUE, epoch) == new


async def test_what_no_bucket_can_use_is_let_go(database: Database, shelf: Shelf) -> None:
    await shop.open_shop(database)
    goods, stock = await build(database, shelf, CATALOGUE), await build(database, shelf, STOCK)
    assert goods
    assert stock
    shelf.let_go({CATALOGUE: goods.epoch, "stock:2": stock.epoch})
    assert shelf.newest(CATALOGUE, goods.epoch) == goods
    shelf.let_go({CATALOGUE: str(uuid4())})
    assert not list(shelf.folder.glob("*/*-*"))


async def test_a_feed_that_says_something_else_than_its_rows_is_no_snapshot(database: Database, shelf: Shelf) -> None:
    await shop.open_shop(database)
    async with database.writing() as connection:
        await connection.execute(update(buckets).values(sum_a=buckets.c.sum_a + 1))
    with pytest.raises(Unpackable):
        await build(database, shelf, CATALOGUE)
    assert not list(shelf.folder.glob("*/*-*"))


async def test_what_was_cut_short_is_never_read(database: Database, shelf: Shelf) -> None:
    await shop.open_shop(database)
    manifest = await build(database, shelf, CATALOGUE)
    assert manifest
    folder = shelf.folder / "catalogue-1" / f"{manifest.epoch}-{manifest.seq}"
    half = folder.with_name(f"{manifest.epoch}-{manifest.seq + 1}")
    shutil.copytree(folder, half)
    (half / "manifest.json").write_bytes(b'{"format":1,"buck')
    assert shelf.newest(CATALOGUE, manifest.epoch) == manifest
    for wrong in (("catalogue:1", "../../..", "0"), ("catalogue:1", folder.name, "../0"), ("../x", folder.name, "0")):
        assert shelf.file(*wrong, "zstd") is None


async def test_large_buckets_are_made_before_a_phone_asks(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.open_shop(database)
    monkeypatch.setattr("server.snapshots.jobs.WORTH_WAITING_ROWS", 3)
    snapshots = Snapshots(settings, database, lambda: shop.NOW)
    async with database.reading() as connection:
        assert await out_of_date(connection, snapshots.shelf) == [CATALOGUE, STOCK, "stock:2", "stock:3"]
    snapshots.open()
    try:
        async with asyncio.timeout(60):
            while len(list(snapshots.shelf.folder.glob("*/*/manifest.json"))) < 4:
                await asyncio.sleep(0.05)
    finally:
        await snapshots.close()
    async with database.reading() as connection:
        assert await out_of_date(connection, snapshots.shelf) == []


async def test_a_process_that_hangs_is_ended_and_phones_go_by_rows(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.open_shop(database)
    plain = asyncio.create_subprocess_exec
    begun: list[asyncio.subprocess.Process] = []

    async def hangs(*_words: str, **pipes: Any) -> asyncio.subprocess.Process:
        begun.append(await plain("sleep", "60", **pipes))
        return begun[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", hangs)
    monkeypatch.setattr("server.snapshots.jobs.PACKED_WITHIN_S", 0.1)
    snapshots = Snapshots(settings, database, lambda: shop.NOW)
    snapshots.open()
    try:
        assert snapshots.want(CATALOGUE)
        async with asyncio.timeout(5):
            while snapshots.want(CATALOGUE):
                await asyncio.sleep(0.02)
        assert begun[0].returncode is not None
    finally:
        await snapshots.close()


async def test_the_database_is_let_go_before_anything_is_packed(
    settings: Settings, database: Database, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.open_shop(database)
    in_use = []

    def cut_meanwhile(whole: Whole) -> list[Piece]:
        if settings.database_file:
            with closing(sqlite3.connect(settings.database_file)) as other:
                # The first figure is 1 where a reader keeps the log from being folded in whole.
                in_use.append(other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        return cut(whole)

    monkeypatch.setattr("server.snapshots.building.cut", cut_meanwhile)
    assert await build(database, shelf, CATALOGUE)
    assert in_use == ([0] if settings.on_sqlite else [])
