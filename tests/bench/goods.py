"""A hundred thousand goods of one language as a chain has them, and what one of its stores holds of them."""

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortment_items, assortments, barcodes, items
from server.inbox.tables import buckets, feed
from server.ledger.tables import balances, locations
from server.snapshots.packing import Figures
from server.stores.tables import areas, stores
from sync.checksum import row_sum
from sync.formats import sort_key
from sync.gs1 import check_digit
from sync.shelf import printed_gtin
from tests.bench import catalogue_file

COUNT = 100_000
# Of what a chain sells, a store has this share on its shelves.
SHELF_SHARE = 0.35
CENTS, CENTS_SHARES = (99, 49, 95, 0, 50, 79, 29, 19, 89, 69), (40, 12, 8, 6, 6, 7, 6, 5, 5, 5)
# Digits of a maker's own number, and how wide apart its goods lie: some were never made, some are sold elsewhere.
MAKER_DIGITS, APART = (7, 8, 8, 9, 9, 9), 12
MOST_OF_A_MAKER = 3_000
Row = dict[str, Any]


def goods(count: int = COUNT, seed: int = 818) -> list[Row]:
    """Rows of the table `items`, with `gtin`: names of the large catalogue's first script, in no order."""
    dice = random.Random(seed)
    [latin, *_others] = catalogue_file.SCRIPTS
    names, gtins = catalogue_file.names_of(dice, [latin]), _gtins(dice, count)
    return [_row(dice, place, names().replace("&amp;", "&"), gtin) for place, gtin in enumerate(gtins, start=1)]


def _row(dice: random.Random, item: int, name: str, gtin: str) -> Row:
    cents = dice.choices(CENTS, CENTS_SHARES)[0]
    price_cents = int(dice.lognormvariate(1.4, 0.9)) * 100 + cents
    names = {"sku": printed_gtin(gtin), "name_en": name, "name_zh": "", "brand": "", "folded": name}
    flags = {"tracks_lot": False, "tracks_expiry": False, "archived_at": None, "merged_into": None}
    key = sort_key(name)
    row = {"id": item, **names, "unit": "each", "price_cents": price_cents, "sort_en": key, "sort_zh": key}
    return {**row, **flags, "gtin": gtin}


def _gtins(dice: random.Random, count: int) -> list[str]:
    """A few makers of thousands of goods, thousands of makers of a few; numbers given away in turn, with gaps."""
    found: dict[str, None] = {}
    while len(found) < count:
        digits = dice.choice(MAKER_DIGITS)
        maker = f"{dice.choice(('0', '3', '40', '50', '69', '76', '87'))}{dice.randrange(10**9):09d}"[:digits]
        room = 10 ** (12 - digits)
        number = dice.randrange(room // 4 + 1)
        for _ in range(min(int(dice.paretovariate(0.9) * 4), room // 2, MOST_OF_A_MAKER)):
            number += int(dice.expovariate(1 / APART)) + 1
            if number < room:
                body = f"0{maker}{number:0{12 - digits}d}"
                found[body + check_digit(body)] = None
    listed = list(islice(found, count))
    dice.shuffle(listed)
    return listed


def stock(rows: list[Row], seed: int = 819) -> Iterator[Figures]:
    """Few pieces of most, many of some, sold and delivered as often as they are cheap; little is on the road."""
    dice = random.Random(seed)
    for row in rows:
        if dice.random() >= SHELF_SHARE:
            continue
        usual = 20 if row["price_cents"] < 200 else 13 if row["price_cents"] < 500 else 5
        on_hand = min(60, round(usual * dice.gammavariate(4, 0.25) * (0.4 + 1.2 * dice.random() ** 2)))
        moved = int(dice.expovariate(1 / 8)) + 1
        reserved, coming, going = (dice.choices((0, dice.randint(1, 6)), (99, 1))[0] for _ in range(3))
        yield Figures(row["id"], moved, on_hand, reserved, coming, going)


async def write_shop(connection: AsyncConnection, rows: list[Row], figures: list[Figures]) -> None:
    """One store with one assortment of all of it: buckets `catalogue:1` and `stock:1`."""
    place = {"name_en": "Ghent", "name_zh": "", "code": "GH", "time_zone": "Europe/Brussels"}
    await connection.execute(insert(areas), [{"id": 1, "name_en": "Flanders", "name_zh": ""}])
    await connection.execute(insert(stores), [{"id": 1, "area_id": 1, "latitude": 51.0, "longitude": 3.7, **place}])
    await connection.execute(insert(locations), [{"id": 2, "kind": "shelf", "store_id": 1}])
    await connection.execute(insert(assortments), [{"id": 1, "name": "all"}])
    bare = [{name: value for name, value in row.items() if name != "gtin"} for row in rows]
    await connection.execute(insert(items), bare)
    await connection.execute(insert(barcodes), [{"gtin": row["gtin"], "item_id": row["id"]} for row in rows])
    await connection.execute(insert(assortment_items), [{"assortment_id": 1, "item_id": row["id"]} for row in rows])
    held = [{**one._asdict(), "location_id": 2, "item_id": one.id} for one in figures]
    for each in held:
        del each["id"], each["version"]
    await connection.execute(insert(balances), held)
    await _tell(connection, 1, "catalogue:1", [(row["id"], 1) for row in rows])
    await _tell(connection, 2, "stock:1", [(one.id, one.version) for one in figures])


async def _tell(connection: AsyncConnection, bucket: int, name: str, keys: list[tuple[int, int]]) -> None:
    a = b = 0
    for key, version in keys:
        one, other = row_sum(str(key), version)
        a, b = a ^ one, b ^ other
    told = {"id": bucket, "name": name, "epoch": str(uuid4()), "head": len(keys), "floor": 0, "sum_a": a, "sum_b": b}
    await connection.execute(insert(buckets), [told])
    rows = [
        {"bucket_id": bucket, "key": str(key), "seq": seq, "version": version, "gone": False}
        for seq, (key, version) in enumerate(keys, start=1)
    ]
    await connection.execute(insert(feed), rows)
