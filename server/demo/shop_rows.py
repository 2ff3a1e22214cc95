"""The demonstration chain as rows: stores, people and goods. Pure; ids come from the database and are handed in."""

from collections.abc import Iterable, Mapping
from typing import Any

from argon2 import PasswordHasher

from server.catalogue.spelling import chinese_order, english_order, search_text
from server.demo.catalogue import DemoItem
from server.demo.chain import DemoChain
from server.demo.stock import is_ranged
from server.ledger.tables import road, shelves

Row = dict[str, Any]
Ids = Mapping[str, int]

# Everybody may read these passwords on the screen: a hash that takes long would only make the demo start late.
_QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1)


def area_rows(chain: DemoChain) -> list[Row]:
    return [{"name_en": area.name_en, "name_zh": area.name_zh} for area in chain.areas]


def store_rows(chain: DemoChain, areas: Ids) -> list[Row]:
    """`areas` gives the id of an area by its English name."""
    names = {area.key: area.name_en for area in chain.areas}
    return [
        {
            "code": store.code,
            "name_en": store.name_en,
            "name_zh": store.name_zh,
            "area_id": areas[names[store.area]],
            "latitude": store.latitude,
            "longitude": store.longitude,
            "time_zone": store.time_zone,
            "archived_at": None,
        }
        for store in chain.stores
    ]


def neighbour_rows(chain: DemoChain, stores: Ids) -> list[Row]:
    return [
        {"store_id": stores[near.store], "neighbour_id": stores[near.neighbour], "distance_m": near.distance_m}
        for near in chain.neighbours
    ]


def location_rows(stores: Ids) -> list[Row]:
    return [
        row
        for store in stores.values()
        for row in (
            {"id": shelves(store), "kind": "store", "store_id": store},
            {"id": road(store), "kind": "transit", "store_id": store},
        )
    ]


def person_rows(chain: DemoChain, stores: Ids) -> list[Row]:
    return [
        {
            "username": person.username,
            "name": person.name,
            "password_hash": _QUICK_HASH.hash(person.password),
            "locale": person.locale,
            "store_id": stores[person.store],
            "archived_at": None,
        }
        for person in chain.people
    ]


def role_rows(chain: DemoChain, people: Ids, stores: Ids, areas: Ids, since_ms: int) -> list[Row]:
    names = {area.key: area.name_en for area in chain.areas}
    return [
        {
            "person_id": people[person.username],
            "level": person.level,
            "store_id": stores[person.store] if person.level < 4 else None,
            "area_id": areas[names[person.area]] if person.area else None,
            "valid_from": since_ms,
            "valid_to": None,
        }
        for person in chain.people
    ]


def item_rows(items: Iterable[DemoItem], now_ms: int) -> list[Row]:
    return [
        {
            "sku": item.sku,
            "name_en": item.name_en,
            "name_zh": item.name_zh,
            "brand": item.brand,
            "unit": item.unit,
            "price_cents": item.price_cents,
            "tracks_lot": item.tracks_lot,
            "tracks_expiry": item.tracks_expiry,
            "folded": search_text(item.sku, item.name_en, item.name_zh, item.brand),
            "sort_en": english_order(item.name_en, item.name_zh),
            "sort_zh": chinese_order(item.name_en, item.name_zh),
            "archived_at": now_ms if item.archived else None,
        }
        for item in items
    ]


def barcode_rows(items: Iterable[DemoItem], ids: Ids) -> list[Row]:
    return [{"gtin": code.rjust(14, "0"), "item_id": ids[item.sku]} for item in items for code in item.barcodes]


def ranging_rows(items: list[DemoItem], chain: DemoChain, ids: Ids, assortments: Ids) -> list[Row]:
    """What each assortment holds; one store of an assortment stands for all of them."""
    examples = {store.assortment: store for store in chain.stores}
    return [
        {"assortment_id": assortments[name], "item_id": ids[item.sku]}
        for name, store in examples.items()
        for item in items
        if is_ranged(item, store)
    ]


def store_ranging_rows(chain: DemoChain, stores: Ids, assortments: Ids) -> list[Row]:
    return [{"store_id": stores[store.code], "assortment_id": assortments[store.assortment]} for store in chain.stores]
