"""The steps that make the shop: its first store and who works there."""

import re
import zoneinfo
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortments
from server.devices.tables import device_keys
from server.page_frame import Locale
from server.people.sign_in import folded
from server.people.tables import people, roles
from server.refusals import Refusal
from server.setup.pages import Colleague, NamedStore, PeopleStepPage, StoreStepPage, ZoneGroup
from server.setup.step_forms import Booking, Sheet
from server.stores.tables import areas, stores
from sync.forms import Fields, one
from sync.shelf import name_in

REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# Every store carries something: until somebody minds assortments, all goods are in this one.
ALL_GOODS = {"en": "All goods", "zh": "全部商品"}
ALL_STORES = {"en": "All stores", "zh": "所有门店"}
DEGREES = re.compile(r"[+-]?[0-9]{1,3}([.,][0-9]{1,8})?")


@cache
def zone_groups() -> list[ZoneGroup]:
    """The zones with a place's name, by region; "UTC" stands alone at the end."""
    known = sorted(zoneinfo.available_timezones())
    groups = [
        ZoneGroup(region=region, zones=[zone for zone in known if zone.startswith(f"{region}/")]) for region in REGIONS
    ]
    return [*groups, ZoneGroup(region="UTC", zones=["UTC"])]


async def fill_store(connection: AsyncConnection, sheet: Sheet) -> StoreStepPage:
    named = await connection.execute(select(stores).where(stores.c.archived_at.is_(None)).order_by(stores.c.id))
    return StoreStepPage(
        locale=sheet.locale,
        steps=sheet.steps,
        operation_id=sheet.operation_id,
        stores=[name_in(sheet.locale, row._asdict()) for row in named],
        name_en=one(sheet.typed, "name_en"),
        name_zh=one(sheet.typed, "name_zh"),
        code=one(sheet.typed, "code"),
        area=one(sheet.typed, "area") if sheet.typed else ALL_STORES[sheet.locale],
        zone=one(sheet.typed, "zone"),
        zones=zone_groups(),
        latitude=one(sheet.typed, "latitude"),
        longitude=one(sheet.typed, "longitude"),
        problem=sheet.problem,
    )


async def open_store(booking: Booking, typed: Fields) -> None:
    """The area if it is new, the store, and the assortment of all goods with the store in it."""
    names = {name: one(typed, name).strip() for name in ("name_en", "name_zh")}
    if not any(names.values()):
        raise Refusal("field_missing", field="name")
    zone = one(typed, "zone")
    if zone not in zoneinfo.available_timezones():
        raise Refusal("zone_missing")
    # A store that is nowhere yet lies where the map begins, until somebody says more.
    place = {f"{name}_microdegrees": microdegrees(one(typed, name)) for name in ("latitude", "longitude")}
    area = await _area(booking, one(typed, "area").strip())
    code = one(typed, "code").strip()
    both = {name: text or names["name_en"] or names["name_zh"] for name, text in names.items()}
    await booking.book("store", "store.save", {**both, **place, "code": code, "area": area, "time_zone": zone})
    async with booking.database.reading() as connection:
        store = await connection.scalar(select(stores.c.id).where(func.lower(stores.c.code) == code.lower()))
        carried = await connection.scalar(select(assortments.c.id).order_by(assortments.c.id).limit(1))
    name = {"assortment": carried} if carried else {"name": ALL_GOODS[booking.who.locale]}
    await booking.book("assortment", "assortment.save", {**name, "added": [store]})


async def _area(booking: Booking, name: str) -> int:
    if not name:
        raise Refusal("field_missing", field="area")
    named = (areas.c.name_en == name) | (areas.c.name_zh == name)
    async with booking.database.reading() as connection:
        area = await connection.scalar(select(areas.c.id).where(named))
    if area is None:
        both = ALL_STORES if name in ALL_STORES.values() else {"en": name, "zh": name}
        await booking.book("area", "area.save", {"name_en": both["en"], "name_zh": both["zh"]})
        async with booking.database.reading() as connection:
            area = await connection.scalar(select(areas.c.id).where(areas.c.name_en == both["en"]))
    return int(area or 0)


def microdegrees(typed: str) -> int:
    """What a map says, "51.0543"; 0 where nothing was typed, Refusal `place_wrong` for what is no number."""
    text = typed.strip()
    if not text:
        return 0
    if not DEGREES.fullmatch(text):
        raise Refusal("place_wrong")
    return round(float(text.replace(",", ".")) * 1_000_000)


async def fill_people(connection: AsyncConnection, sheet: Sheet) -> PeopleStepPage:
    named = await connection.execute(select(stores).where(stores.c.archived_at.is_(None)).order_by(stores.c.id))
    rows = [row._asdict() for row in named]
    colleagues = await read_colleagues(connection, sheet.locale)
    chosen = one(sheet.typed, "store") or (str(rows[0]["id"]) if rows else "")
    return PeopleStepPage(
        locale=sheet.locale,
        steps=sheet.steps,
        operation_id=sheet.operation_id,
        people=colleagues,
        stores=[
            NamedStore(id=row["id"], name=name_in(sheet.locale, row), chosen=str(row["id"]) == chosen) for row in rows
        ],
        name=one(sheet.typed, "name"),
        username=one(sheet.typed, "username"),
        # A store without anybody begins with who leads it.
        level=one(sheet.typed, "level") or ("2" if any(each["level"] == 3 for each in colleagues) else "3"),
        speaks="zh" if one(sheet.typed, "speaks") == "zh" or (not sheet.typed and sheet.locale == "zh") else "en",
        problem=sheet.problem,
    )


def _named(locale: Locale, row: Mapping[str, Any], chosen: str) -> NamedStore:
    return NamedStore(id=row["id"], name=name_in(locale, row), chosen=str(row["id"]) == chosen)


async def add_colleague(booking: Booking, typed: Fields) -> None:
    """A person and their role in one store; they cannot sign in until they are invited or given a password."""
    username, name = folded(one(typed, "username")), one(typed, "name").strip()
    level, store = one(typed, "level"), one(typed, "store")
    if not name:
        raise Refusal("field_missing", field="name")
    if level not in ("1", "2", "3"):
        raise Refusal("field_wrong", field="level")
    if not (store.isascii() and store.isdigit()):
        raise Refusal("store_unknown")
    locale = "zh" if one(typed, "speaks") == "zh" else "en"
    person = {"username": username, "name": name, "locale": locale, "store": int(store)}
    await booking.book("person", "person.save", person)
    async with booking.database.reading() as connection:
        person_id = await connection.scalar(select(people.c.id).where(people.c.username == username))
    await booking.book("role", "role.grant", {"person": person_id, "level": int(level), "store": int(store)})


async def read_colleagues(connection: AsyncConnection, locale: Locale) -> list[Colleague]:
    """Who works in a store or over an area, those who lead first; a few, as on a first day."""
    came = exists().where(device_keys.c.person_id == people.c.id)
    held = (roles.c.store_id.is_not(None) | roles.c.area_id.is_not(None)) & roles.c.valid_to.is_(None)
    place = [func.coalesce(stores.c[name], areas.c[name]).label(name) for name in ("name_en", "name_zh")]
    query = (
        select(people.c.id, people.c.name, people.c.username, roles.c.level, came.label("came"), *place)
        .join_from(people, roles, roles.c.person_id == people.c.id)
        .outerjoin(stores, stores.c.id == roles.c.store_id)
        .outerjoin(areas, areas.c.id == roles.c.area_id)
        .where(people.c.archived_at.is_(None), held)
        .order_by(roles.c.level.desc(), people.c.id)
        .limit(50)
    )
    told: dict[int, Colleague] = {}
    for row in await connection.execute(query):
        if row.id not in told:
            named = {"name_en": row.name_en, "name_zh": row.name_zh}
            told[row.id] = Colleague(
                id=row.id,
                name=row.name,
                username=row.username,
                level=row.level,
                store=name_in(locale, named),
                came=bool(row.came),
            )
    return list(told.values())
