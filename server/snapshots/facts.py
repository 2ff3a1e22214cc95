"""A bucket of goods or stock as it is now: all its rows in a few reads, in one snapshot of the database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import barcodes, items
from server.inbox.tables import buckets, feed
from server.ledger.tables import balances
from server.snapshots.numbers import Unpackable
from server.snapshots.packing import Figures, Goods
from sync.checksum import row_sum, shown

# Of all buckets these grow with the assortment; the others are small, or one person's own.
NOUNS = ("catalogue", "stock")


@dataclass(frozen=True, slots=True)
class Whole:
    """`rows` are all that live in the bucket at `seq`."""

    name: str
    epoch: str
    seq: int
    sum: str
    rows: list[Goods] | list[Figures]


async def read_whole(connection: AsyncConnection, name: str) -> Whole | None:
    """None for a bucket that does not exist; raises `Unpackable` for one whose feed and books say different things."""
    bucket = (await connection.execute(select(buckets).where(buckets.c.name == name))).one_or_none()
    noun, _, what = name.partition(":")
    if bucket is None or noun not in NOUNS:
        return None
    live = select(func.count()).select_from(feed).where(feed.c.bucket_id == bucket.id, ~feed.c.gone)
    count = await connection.scalar(live)
    rows = await (_goods(connection, bucket.id) if noun == "catalogue" else _figures(connection, bucket.id, int(what)))
    if len(rows) != count:
        raise Unpackable(f"{count} rows in the feed, {len(rows)} in the books")
    return Whole(name, bucket.epoch, bucket.head, shown(bucket.sum_a, bucket.sum_b), rows)


def checksum(whole: Whole) -> str:
    """What a phone makes of these rows."""
    a = b = 0
    for row in whole.rows:
        one, other = row_sum(str(row.id), row.version)
        a ^= one
        b ^= other
    return shown(a, b)


def _in_feed(query: Any, bucket: int) -> Any:
    return query.where(feed.c.bucket_id == bucket, ~feed.c.gone)


async def _goods(connection: AsyncConnection, bucket: int) -> list[Goods]:
    item = cast(feed.c.key, Integer)
    # `sort_en` is the sort key of the English name where there is one.
    is_derived = (items.c.name_zh == "") & (items.c.name_en != "") & (items.c.sort_zh == items.c.sort_en)
    names = ("sku", "name_en", "name_zh", "brand", "unit", "price_cents")
    columns: list[Any] = [items.c[name] for name in names]
    columns += [case((is_derived, None), else_=items.c.sort_zh), items.c.tracks_lot, items.c.tracks_expiry]
    columns += [items.c.archived_at.is_not(None), items.c.merged_into]
    listed = select(items.c.id, feed.c.version, *columns).join(items, items.c.id == item)
    coded = select(barcodes.c.item_id, barcodes.c.gtin).join(barcodes, barcodes.c.item_id == item)
    rows = (await connection.execute(_in_feed(listed, bucket))).all()
    gtins: dict[int, list[str]] = {}
    for one, gtin in await connection.execute(_in_feed(coded, bucket)):
        gtins.setdefault(one, []).append(gtin)
    return [Goods(*row, gtins=sorted(gtins.get(row[0], ()))) for row in rows]


async def _figures(connection: AsyncConnection, bucket: int, store: int) -> list[Figures]:
    names = ("on_hand", "reserved", "in_transit_in", "in_transit_out")
    sums = [func.sum(balances.c[name]) for name in names]
    summed = select(balances.c.item_id, *sums).where(balances.c.location_id == store * 2).group_by(balances.c.item_id)
    found = {row[0]: row[1:] for row in await connection.execute(summed)}
    listed = _in_feed(select(feed.c.key, feed.c.version), bucket)
    keys = [(int(key), version) for key, version in await connection.execute(listed)]
    # PostgreSQL sums to its decimal type; quantities are whole.
    return sorted(Figures(item, version, *map(int, found[item])) for item, version in keys if item in found)
