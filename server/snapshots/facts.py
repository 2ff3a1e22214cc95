"""A bucket of goods or stock as it is now: all its rows in a few reads, in one snapshot of the database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Integer, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import barcodes, items
from server.inbox.tables import buckets, feed
from server.ledger.tables import balances
from server.lots.tables import blocked_units
from server.snapshots.numbers import Unpackable
from server.snapshots.packing import Figures, Goods
from sync.checksum import row_sum, shown

# Of all buckets these grow with the assortment; the others are small, or one person's own.
NOUNS = ("catalogue", "stock")


# What has moved since by more than one row in five is as long as a new one.
FIFTH = 5


class Made(Protocol):
    """A snapshot that was made of a bucket."""

    @property
    def seq(self) -> int: ...

    @property
    def rows(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Whole:
    """`rows` are all that live in the bucket at `seq`."""

    name: str
    epoch: str
    seq: int
    sum: str
    rows: list[Goods] | list[Figures]


async def is_current(connection: AsyncConnection, bucket: int, head: int, floor: int, made: Made) -> bool:
    """Whether a phone that begins with it has little left to pull, and misses no tombstone."""
    if not floor <= made.seq <= head:
        return False
    return not await moved_much(connection, bucket, head, made.seq, made.rows)


async def moved_much(connection: AsyncConnection, bucket: int, head: int, since: int, rows: int) -> bool:
    """Whether more than a fifth of `rows` has changed; a row that changed often is one."""
    if (head - since) * FIFTH <= rows:
        return False
    changed = select(func.count()).select_from(feed).where(feed.c.bucket_id == bucket, feed.c.seq > since)
    return (await connection.scalar(changed) or 0) * FIFTH > rows


async def live_rows(connection: AsyncConnection, bucket: int) -> int:
    live = select(func.count()).select_from(feed).where(feed.c.bucket_id == bucket, ~feed.c.gone)
    return await connection.scalar(live) or 0


async def read_whole(connection: AsyncConnection, name: str, newest: Callable[[str], Made | None]) -> Whole | None:
    """None for a bucket that does not exist, or whose newest snapshot, by its epoch, is as good as another.

    Raises `Unpackable` for one whose feed and books say different things.
    """
    bucket = (await connection.execute(select(buckets).where(buckets.c.name == name))).one_or_none()
    noun, _, what = name.partition(":")
    if bucket is None or noun not in NOUNS:
        return None
    made = newest(bucket.epoch)
    if made and await is_current(connection, bucket.id, bucket.head, bucket.floor, made):
        return None
    count = await live_rows(connection, bucket.id)
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
    return [Goods._make((*row, sorted(gtins.get(row[0], ())))) for row in rows]


async def _figures(connection: AsyncConnection, bucket: int, store: int) -> list[Figures]:
    names = ("on_hand", "reserved", "in_transit_in", "in_transit_out")
    sums = [func.sum(balances.c[name] + (blocked_units if name == "reserved" else 0)) for name in names]
    summed = select(balances.c.item_id, *sums).where(balances.c.location_id == store * 2).group_by(balances.c.item_id)
    found = {row[0]: row[1:] for row in await connection.execute(summed)}
    listed = _in_feed(select(feed.c.key, feed.c.version), bucket)
    keys = [(int(key), version) for key, version in await connection.execute(listed)]
    # PostgreSQL sums to its decimal type; quantities are whole.
    return sorted(Figures(item, version, *map(int, found[item])) for item, version in keys if item in found)
