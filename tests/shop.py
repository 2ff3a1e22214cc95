"""One small shop with names, shared by every test: three stores, six people, a handful of goods."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Table, insert

from server.catalogue.spelling import chinese_order, english_order, search_text
from server.catalogue.tables import assortment_items, assortments, barcodes, items, store_assortments
from server.database import Database
from server.devices.tables import device_keys, devices
from server.inbox.feed import Feed
from server.ledger.tables import balances, ledger, locations
from server.people.tables import people, roles
from server.stores.tables import areas, neighbours, stores

Rows = tuple[Table, list[dict[str, Any]]]
NOW = 1_790_000_000_000
GHENT, ANTWERP, LEIDEN = 1, 2, 3
ADA, BO, CLEO, DEV, EVE, FAY = 1, 2, 3, 4, 5, 6
TEA, SOAP, CHEESE, LAMP = 1, 2, 3, 4
GTINS = {TEA: "00400000000015", SOAP: "00400000000022", CHEESE: "00400000000039", LAMP: "00400000000046"}
NAMES = {
    TEA: ("Green tea 20 bags", "绿茶 20包", "each", 349),
    SOAP: ("Olive soap", "橄榄皂", "each", 225),
    CHEESE: ("Old cheese", "陈年奶酪", "g", 1890),
    LAMP: ("Desk lamp", "台灯", "each", 2400),
}
# (person, username, level, store, area)
STAFF = (
    (ADA, "ada", 2, GHENT, None),
    (BO, "bo", 3, ANTWERP, None),
    (CLEO, "cleo", 3, GHENT, None),
    (DEV, "dev", 4, None, 1),
    (EVE, "eve", 5, None, None),
    (FAY, "fay", 1, LEIDEN, None),
)
HOMES = {ADA: GHENT, BO: ANTWERP, CLEO: GHENT, DEV: GHENT, EVE: GHENT, FAY: LEIDEN}
# On hand in Ghent, Antwerp and Leiden.
OPENING = {TEA: (5, 40, 12), SOAP: (0, 100, 3), CHEESE: (2500, 800, 0)}


def device_of(person: int) -> str:
    """The id of the one device on which this person has a key."""
    return str(uuid5(NAMESPACE_URL, f"device {person}"))


def secret_of(person: int) -> bytes:
    return bytes([person]) * 32


async def open_shop(database: Database, password_hash: str = "!") -> None:
    """Fills an empty database with the shop; everybody has the same password."""
    feed = Feed()
    async with database.writing() as connection:
        for table, rows in [*_places(), *_goods(), *_staff(password_hash), *_stock()]:
            await connection.execute(insert(table), rows)
        await feed.lock(connection, _touch(None))
        _touch(feed)
        await feed.write(connection)


def _places() -> list[Rows]:
    near = ((GHENT, ANTWERP, 51_000), (GHENT, LEIDEN, 140_000), (ANTWERP, GHENT, 51_000), (ANTWERP, LEIDEN, 110_000))
    kinds = [("store", 0), ("transit", 1)]
    ids = (GHENT, ANTWERP, LEIDEN)
    return [
        (areas, [_area(1, "Flanders", "佛兰德"), _area(2, "Holland", "荷兰")]),
        (
            stores,
            [
                _store(GHENT, "Ghent", "根特", 1),
                _store(ANTWERP, "Antwerp", "安特卫普", 1),
                _store(LEIDEN, "Leiden", "莱顿", 2),
            ],
        ),
        (neighbours, [{"store_id": a, "neighbour_id": b, "distance_m": d} for a, b, d in near]),
        (locations, [{"id": s * 2 + i, "kind": k, "store_id": s} for s in ids for k, i in kinds]),
    ]


def _goods() -> list[Rows]:
    ranged = ((1, TEA), (1, SOAP), (1, CHEESE), (1, LAMP), (2, TEA))
    carried = ((GHENT, 1), (ANTWERP, 1), (LEIDEN, 2))
    return [
        (assortments, [{"id": 1, "name": "city"}, {"id": 2, "name": "corner"}]),
        (items, [_item(item, *named) for item, named in NAMES.items()]),
        (barcodes, [{"gtin": gtin, "item_id": item} for item, gtin in GTINS.items()]),
        (assortment_items, [{"assortment_id": a, "item_id": i} for a, i in ranged]),
        (store_assortments, [{"store_id": s, "assortment_id": a} for s, a in carried]),
    ]


def _staff(password_hash: str) -> list[Rows]:
    seen = {"name": "phone", "created_at": 0, "last_seen_at": 0}
    key = {"created_at": 0}
    return [
        (people, [_person(person, name, password_hash) for person, name, *_ in STAFF]),
        (roles, [_role(person, level, store, area) for person, _, level, store, area in STAFF]),
        (devices, [{"id": device_of(p), "token_hash": f"device {p}", **seen} for p in HOMES]),
        (device_keys, [{"device_id": device_of(p), "person_id": p, "secret": secret_of(p), **key} for p in HOMES]),
    ]


def _stock() -> list[Rows]:
    return [(ledger, _opening_entries()), (balances, _opening_balances())]


def _touch(feed: Feed | None) -> set[str]:
    """Every row of the shop in its bucket; answers with the buckets' names."""
    rows = {("chain", f"store:{store}") for store in (GHENT, ANTWERP, LEIDEN)} | {
        ("chain", "area:1"),
        ("chain", "area:2"),
        ("chain", "policy"),
    }
    rows |= {(f"user:{person}", "me") for person in HOMES}
    rows |= {("catalogue:1", str(item)) for item in NAMES} | {("catalogue:2", str(TEA))}
    rows |= {(f"stock:{store}", str(item)) for item in OPENING for store in (GHENT, ANTWERP, LEIDEN)}
    names = {bucket for bucket, _key in rows} | {f"work:{store}" for store in (GHENT, ANTWERP, LEIDEN)}
    if feed:
        for bucket, key in sorted(rows):
            feed.touch(bucket, key)
    return names


def _area(area: int, name_en: str, name_zh: str) -> dict[str, Any]:
    return {"id": area, "name_en": name_en, "name_zh": name_zh}


def _store(store: int, name_en: str, name_zh: str, area: int) -> dict[str, Any]:
    place = {"latitude": 51.0 + store / 10, "longitude": 3.7 + store / 10, "time_zone": "Europe/Brussels"}
    return {"id": store, "code": name_en[:3].upper(), "name_en": name_en, "name_zh": name_zh, "area_id": area, **place}


def _item(item: int, name_en: str, name_zh: str, unit: str, price_cents: int) -> dict[str, Any]:
    sku = f"S-{item:03}"
    return {
        "id": item,
        "sku": sku,
        "name_en": name_en,
        "name_zh": name_zh,
        "brand": "Lys",
        "unit": unit,
        "price_cents": price_cents,
        "tracks_lot": False,
        "tracks_expiry": False,
        "folded": search_text(sku, name_en, name_zh, "Lys"),
        "sort_en": english_order(name_en, name_zh),
        "sort_zh": chinese_order(name_en, name_zh),
        "archived_at": NOW - 1 if item == LAMP else None,
    }


def _person(person: int, username: str, password_hash: str) -> dict[str, Any]:
    named = {"id": person, "username": username, "name": username.title(), "password_hash": password_hash}
    return {**named, "locale": "zh" if person == BO else "en", "store_id": HOMES[person]}


def _role(person: int, level: int, store: int | None, area: int | None) -> dict[str, Any]:
    return {"person_id": person, "level": level, "store_id": store, "area_id": area, "valid_from": 0, "valid_to": None}


def _opening_entries() -> list[dict[str, Any]]:
    rows = [(store, item, units) for item, row in OPENING.items() for store, units in enumerate(row, start=1) if units]
    about = {
        "lot": "",
        "kind": "opening",
        "operation_id": "opening",
        "effective_at": 0,
        "booked_at": 0,
        "person_id": None,
    }
    return [
        {**about, "location_id": store * 2, "item_id": item, "delta": units, "line": line}
        for line, (store, item, units) in enumerate(rows, start=1)
    ]


def _opening_balances() -> list[dict[str, Any]]:
    nothing = {"lot": "", "reserved": 0, "in_transit_in": 0, "in_transit_out": 0}
    return [
        {**nothing, "location_id": store * 2, "item_id": item, "on_hand": units}
        for item, row in OPENING.items()
        for store, units in enumerate(row, start=1)
    ]
