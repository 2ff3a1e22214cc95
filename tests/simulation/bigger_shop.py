"""The small shop of every test, with more goods, names that are hard on a page, and people whose roles come and go."""

import time
from typing import Any

from sqlalchemy import insert, update

from server.catalogue.spelling import chinese_order, english_order, search_text
from server.catalogue.tables import assortment_items, barcodes, items
from server.database import Database
from server.inbox.feed import Feed
from server.ledger.tables import balances, ledger
from server.people.tables import people, roles
from server.stores.tables import neighbours
from tests import shop

GUS, INES, JO = 7, 8, 9
FIRST_ITEM = 101
OPENING_UNITS = 40
HARD_NAMES = (
    ("Café crème <b>&amp; Co</b>", "咖啡奶油"),
    ("CAFÉ CRÈME", ""),
    ("cafe creme", "咖啡"),
    ("Straße 5 “classic”", "街道"),
    ("İstanbul ǅungla", "伊斯坦布尔"),
    ("ﬁne ﬂour ①", "精制面粉"),
    ("Tee 'tea' \"thé\"", "茶"),
    ("", "只有中文名"),
    ("Zażółć gęślą jaźń", "波兰茶"),
    ("Åland öl", "奥兰啤酒"),
    ("ΑΒΓ Ωmega", "欧米茄"),
    ("🍵 matcha 🍵", "抹茶🍵"),
    ("100% _cotton_ \\ back", "纯棉100%"),
    ("米线 rice noodle", "米线"),
    ("米粉 rice flour", "米粉"),
    ("a\u00a0b\u2009c \u200d d", "空 格"),
)
USERS = {name: person for person, name, *_ in shop.STAFF} | {"gus": GUS, "ines": INES, "jo": JO}


def names() -> dict[int, tuple[str, str]]:
    """Names of all further goods by item: more than one page of them."""
    plain = [(f"Item {number}", f"商品{number}") for number in range(1, 60)]
    return dict(enumerate([*HARD_NAMES, *plain], start=FIRST_ITEM))


def gtin_of(item: int) -> str:
    """A GTIN-13 with its check digit, filled to fourteen."""
    digits = f"400638{item:06}"
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return f"0{digits}{-(odd + 3 * even) % 10}"


async def open_bigger_shop(database: Database, password_hash: str, jo_leaves_at: int) -> None:
    """Jo's last day ends at that moment without anybody writing anything."""
    await shop.open_shop(database, password_hash)
    feed = Feed()
    async with database.writing() as connection:

        async def put(table: Any, rows: list[dict[str, Any]]) -> None:
            await connection.execute(insert(table), rows)

        await put(items, [_item(item, *named) for item, named in names().items()])
        await put(barcodes, [{"gtin": gtin_of(item), "item_id": item} for item in names()])
        await put(assortment_items, [{"assortment_id": a, "item_id": i} for a, i in _ranged()])
        await put(people, [_person(person, name, password_hash) for name, person in USERS.items() if person >= GUS])
        await put(roles, _roles(jo_leaves_at))
        await put(neighbours, [{"store_id": shop.LEIDEN, "neighbour_id": shop.ANTWERP, "distance_m": 110_000}])
        await put(ledger, _opening_entries())
        await put(balances, _opening_balances())
        touched = {(f"user:{person}", "me") for person in (GUS, INES, JO)} | {("chain", f"store:{shop.LEIDEN}")}
        touched |= {(f"catalogue:{assortment}", str(item)) for assortment, item in _ranged()}
        touched |= {(f"stock:{store}", str(item)) for store, item in _stocked()}
        await feed.lock(connection, {bucket for bucket, _key in touched})
        for bucket, key in sorted(touched):
            feed.touch(bucket, key)
        await feed.write(connection)


async def change_roles(database: Database, quarter: int) -> None:
    """Ines loses Antwerp; Gus moves from Leiden to Ghent; Fay is trusted with Leiden."""
    now = time.time_ns() // 1_000_000
    feed = Feed()
    who = (INES, GUS, shop.FAY)[(quarter - 1) % 3]
    ended = roles.c.person_id == who, roles.c.valid_to.is_(None)
    async with database.writing() as connection:
        await feed.lock(connection, [f"user:{who}"])
        if who == INES:
            await connection.execute(update(roles).where(*ended, roles.c.level == 3).values(valid_to=now))
        else:
            await connection.execute(update(roles).where(*ended).values(valid_to=now))
            place = _role(who, 3, shop.GHENT if who == GUS else shop.LEIDEN)
            await connection.execute(insert(roles).values({**place, "valid_from": now}))
        feed.touch(f"user:{who}", "me")
        await feed.write(connection)


def _ranged() -> list[tuple[int, int]]:
    """(assortment, item); some goods are in both, some in the corner shops alone."""
    return [(1, item) for item in names() if item % 10 != 7] + [(2, item) for item in names() if item % 3 == 0]


def _stocked() -> list[tuple[int, int]]:
    return [(store, item) for store in (shop.GHENT, shop.ANTWERP, shop.LEIDEN) for item in names() if item % 4]


def _item(item: int, name_en: str, name_zh: str) -> dict[str, Any]:
    sku, brand = f"S-{item:03}", "Ola & Søn" if item % 5 == 0 else ""
    return {
        "id": item,
        "sku": sku,
        "name_en": name_en,
        "name_zh": name_zh,
        "brand": brand,
        "unit": ("each", "g", "ml")[item % 3],
        "price_cents": item * 37,
        "tracks_lot": False,
        "tracks_expiry": False,
        "folded": search_text(sku, name_en, name_zh, brand),
        "sort_en": english_order(name_en, name_zh),
        "sort_zh": chinese_order(name_en, name_zh),
        "archived_at": shop.NOW if item % 29 == 0 else None,
    }


def _person(person: int, username: str, password_hash: str) -> dict[str, Any]:
    home = shop.GHENT if person == INES else shop.LEIDEN
    named = {"id": person, "username": username, "name": username.title(), "password_hash": password_hash}
    return {**named, "locale": "zh" if person == GUS else "en", "store_id": home}


def _role(person: int, level: int, store: int, valid_to: int | None = None) -> dict[str, Any]:
    place = {"store_id": store, "area_id": None}
    return {"person_id": person, "level": level, **place, "valid_from": 0, "valid_to": valid_to}


def _roles(jo_leaves_at: int) -> list[dict[str, Any]]:
    return [
        _role(GUS, 3, shop.LEIDEN),
        _role(INES, 2, shop.GHENT),
        _role(INES, 3, shop.ANTWERP),
        _role(JO, 2, shop.LEIDEN, jo_leaves_at),
    ]


def _opening_entries() -> list[dict[str, Any]]:
    about = {"lot": "", "kind": "opening", "operation_id": "opening of more", "effective_at": 0, "booked_at": 0}
    return [
        {**about, "location_id": store * 2, "item_id": item, "delta": OPENING_UNITS, "line": line, "person_id": None}
        for line, (store, item) in enumerate(_stocked(), start=1)
    ]


def _opening_balances() -> list[dict[str, Any]]:
    nothing = {"lot": "", "reserved": 0, "in_transit_in": 0, "in_transit_out": 0}
    return [
        {**nothing, "location_id": store * 2, "item_id": item, "on_hand": OPENING_UNITS} for store, item in _stocked()
    ]
