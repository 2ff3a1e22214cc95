from typing import Any, TypedDict

from sqlalchemy import ColumnElement, Select, func, select

from server.admin.listing import Listing, ListingView, in_any
from server.admin.pages import AdminFrame, admin_frame
from server.catalogue.tables import assortments, store_assortments
from server.imports.local_time import local_text
from server.page_frame import Problem
from server.people.tables import roles
from server.stores.forms import StoreForm, shown_degrees, typed_store
from server.stores.rules import distance_m
from server.stores.tables import areas, neighbours, stores
from server.stores.zones import ZoneGroup, zone_groups
from server.visits import Visit
from sync.forms import one
from sync.shelf import name_in, other_name_in

# Shops that lie further away are seldom asked; who wants one all the same chooses it from the list.
PROPOSED_AT_MOST = 8


class Choice(TypedDict):
    id: int
    name: str


class StoreRow(TypedDict):
    id: int
    code: str
    name: str
    other_name: str
    area: str
    neighbours: int
    assortments: int
    closed: bool


class StoreListPage(TypedDict):
    """`/admin/stores`."""

    admin: AdminFrame
    listing: ListingView
    rows: list[StoreRow]
    areas: list[Choice]


class Neighbour(TypedDict):
    """`sees` and `seen_by` say in which directions the two are neighbours: whose stock is on whose phones."""

    id: int
    name: str
    code: str
    distance_m: int
    sees: bool
    seen_by: bool


class StorePage(TypedDict):
    """`/admin/stores/<id>` and `/admin/stores/new`, where `id` is 0.

    `closed_on` is a day, "" while it is open; `near` are neighbours in either direction, `proposed` the nearest other
    stores, `others` all stores that are left.
    """

    admin: AdminFrame
    operation_id: str
    id: int
    title: str
    closed_on: str
    form: StoreForm
    areas: list[Choice]
    zones: list[ZoneGroup]
    near: list[Neighbour]
    proposed: list[Neighbour]
    others: list[Choice]
    carried: list[Choice]
    people: int
    problem: Problem | None


def store_listing(locale: str) -> Listing:
    name, other = (stores.c.name_zh, stores.c.name_en) if locale == "zh" else (stores.c.name_en, stores.c.name_zh)
    area, other_area = (areas.c.name_zh, areas.c.name_en) if locale == "zh" else (areas.c.name_en, areas.c.name_zh)
    return Listing(
        path="/admin/stores",
        unique=stores.c.id,
        sorts={
            "name": func.coalesce(func.nullif(name, ""), other),
            "code": stores.c.code,
            "area": func.coalesce(func.nullif(area, ""), other_area),
            "neighbours": _count(neighbours.c.store_id),
        },
        search=in_any(stores.c.name_en, stores.c.name_zh, stores.c.code, areas.c.name_en, areas.c.name_zh),
        filters={"area": _in_area, "closed": _closed},
        falling=frozenset({"neighbours"}),
    )


def listed_stores() -> Select[Any]:
    """Each store with its area's names and how many neighbours and assortments it has."""
    return select(
        stores,
        areas.c.name_en.label("area_en"),
        areas.c.name_zh.label("area_zh"),
        _count(neighbours.c.store_id).label("near"),
        _count(store_assortments.c.store_id).label("carried"),
    ).join(areas, areas.c.id == stores.c.area_id)


def _count(column: ColumnElement[int]) -> ColumnElement[int]:
    counted = select(func.count()).select_from(column.table).where(column == stores.c.id)
    return counted.correlate(stores).scalar_subquery()


def _in_area(text: str) -> ColumnElement[bool] | None:
    return stores.c.area_id == int(text) if text.isdecimal() and len(text) < 10 else None


def _closed(text: str) -> ColumnElement[bool] | None:
    """Open stores unless closed ones, or all, are asked for."""
    if text == "yes":
        return stores.c.archived_at.is_not(None)
    return stores.c.archived_at.is_(None) if text == "no" else None


async def store_list_page(visit: Visit) -> StoreListPage | None:
    admin = await admin_frame(visit, "stores")
    if admin is None:
        return None
    found, listing = await store_listing(visit.locale).page(visit.connection, listed_stores(), visit.fields)
    return StoreListPage(
        admin=admin,
        listing=listing,
        rows=[store_line(visit.locale, row) for row in found],
        areas=area_choices(visit),
    )


def store_line(locale: str, row: Any) -> StoreRow:
    named = {"name_en": row.name_en, "name_zh": row.name_zh}
    return StoreRow(
        id=row.id,
        code=row.code,
        name=name_in(locale, named),
        other_name=other_name_in(locale, named),
        area=name_in(locale, {"name_en": row.area_en, "name_zh": row.area_zh}),
        neighbours=row.near,
        assortments=row.carried,
        closed=row.archived_at is not None,
    )


def area_choices(visit: Visit) -> list[Choice]:
    rows = visit.chain.area_rows.items()
    return sorted((Choice(id=area, name=name_in(visit.locale, row)) for area, row in rows), key=lambda one: one["name"])


async def store_new_page(visit: Visit) -> StorePage | None:
    admin = await admin_frame(visit, "stores")
    return None if admin is None else await _page(visit, admin, 0, {})


async def store_page(visit: Visit, store: int) -> StorePage | None:
    admin, row = await admin_frame(visit, "stores"), visit.chain.stores.get(store)
    return None if admin is None or row is None else await _page(visit, admin, store, dict(row))


async def _page(visit: Visit, admin: AdminFrame, store: int, row: dict[str, Any]) -> StorePage:
    near = _neighbours(visit, store)
    beside = {one["id"] for one in near}
    away = _stores_by_distance(visit, store, row, beside)
    carried = select(assortments).join(store_assortments).where(store_assortments.c.store_id == store)
    held = select(func.count(roles.c.person_id.distinct())).where(
        roles.c.store_id == store, (roles.c.valid_to.is_(None)) | (roles.c.valid_to > visit.now)
    )
    return StorePage(
        admin=admin,
        operation_id=visit.mint(),
        id=store,
        title=name_in(visit.locale, row) if row else "",
        closed_on=local_text(row["archived_at"], admin["zone"])[:10] if row.get("archived_at") else "",
        form=_form(visit, row),
        areas=area_choices(visit),
        zones=zone_groups(),
        near=near,
        proposed=away[:PROPOSED_AT_MOST],
        others=[Choice(id=one["id"], name=f"{one['name']} ({one['code']})") for one in away[PROPOSED_AT_MOST:]],
        carried=[Choice(id=one.id, name=one.name) for one in await visit.connection.execute(carried.order_by("name"))],
        people=await visit.connection.scalar(held) or 0,
        problem=visit.problem,
    )


def _form(visit: Visit, row: dict[str, Any]) -> StoreForm:
    """What was typed where it was refused, else what the store has."""
    if visit.form is not None and one(visit.form, "action") == "save":
        return typed_store(visit.form)
    home = visit.chain.stores.get(visit.store, {})
    return StoreForm(
        code=row.get("code", ""),
        name_en=row.get("name_en", ""),
        name_zh=row.get("name_zh", ""),
        area=str(row.get("area_id", "")),
        latitude=shown_degrees(row.get("latitude")),
        longitude=shown_degrees(row.get("longitude")),
        # A new store most likely keeps the hours of those that are there.
        time_zone=row.get("time_zone", home.get("time_zone", "")),
    )


def _neighbours(visit: Visit, store: int) -> list[Neighbour]:
    sees = {other: far_m for other, far_m in visit.chain.neighbours.get(store, []) if other in visit.chain.areas}
    seen_by = {
        other: far_m
        for other, near in visit.chain.neighbours.items()
        for one_store, far_m in near
        if one_store == store and other in visit.chain.areas
    }
    found = [
        _neighbour(visit, other, far_m, other in sees, other in seen_by) for other, far_m in (seen_by | sees).items()
    ]
    return sorted(found, key=lambda one: (one["distance_m"], one["id"]))


def _stores_by_distance(visit: Visit, store: int, row: dict[str, Any], beside: set[int]) -> list[Neighbour]:
    if not store or row["archived_at"] is not None:
        return []
    away = [
        _neighbour(visit, other, distance_m(row, visit.chain.stores[other]), False, False)
        for other in visit.chain.areas
        if other != store and other not in beside
    ]
    return sorted(away, key=lambda one: (one["distance_m"], one["id"]))


def _neighbour(visit: Visit, store: int, far_m: int, sees: bool, seen_by: bool) -> Neighbour:
    row = visit.chain.stores[store]
    name = name_in(visit.locale, row)
    return Neighbour(id=store, name=name, code=row["code"], distance_m=far_m, sees=sees, seen_by=seen_by)
