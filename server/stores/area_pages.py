from typing import Any, TypedDict

from sqlalchemy import Select, exists, func, or_, select

from server.admin.listing import Listing, ListingView, in_any
from server.admin.pages import AdminFrame, admin_frame
from server.page_frame import Problem
from server.people.tables import people, roles
from server.stores.tables import areas, stores
from server.visits import Visit
from sync.forms import one
from sync.shelf import name_in, other_name_in

AREA_MANAGER = 4


class AreaRow(TypedDict):
    """`managers` are names of those who look after it as area managers now."""

    id: int
    name: str
    other_name: str
    stores: int
    managers: str


class AreaListPage(TypedDict):
    """`/admin/areas`, with the form for another one."""

    admin: AdminFrame
    listing: ListingView
    rows: list[AreaRow]
    operation_id: str
    name_en: str
    name_zh: str
    problem: Problem | None


class AreaStore(TypedDict):
    id: int
    code: str
    name: str


class AreaPage(TypedDict):
    """`/admin/areas/<id>`."""

    admin: AdminFrame
    operation_id: str
    id: int
    title: str
    name_en: str
    name_zh: str
    stores: list[AreaStore]
    managers: list[AreaStore]
    problem: Problem | None


def area_listing(locale: str) -> Listing:
    name, other = (areas.c.name_zh, areas.c.name_en) if locale == "zh" else (areas.c.name_en, areas.c.name_zh)
    return Listing(
        path="/admin/areas",
        unique=areas.c.id,
        sorts={"name": func.coalesce(func.nullif(name, ""), other), "stores": _how_many_stores},
        search=in_any(areas.c.name_en, areas.c.name_zh),
        falling=frozenset({"stores"}),
    )


_how_many_stores = (
    select(func.count())
    .select_from(stores)
    .where(stores.c.area_id == areas.c.id, stores.c.archived_at.is_(None))
    .correlate(areas)
    .scalar_subquery()
)


def listed_areas() -> Select[Any]:
    return select(areas, _how_many_stores.label("stores"))


async def area_list_page(visit: Visit) -> AreaListPage | None:
    admin = await admin_frame(visit, "areas")
    if admin is None:
        return None
    found, listing = await area_listing(visit.locale).page(visit.connection, listed_areas(), visit.fields)
    typed = visit.form or {}
    return AreaListPage(
        admin=admin,
        listing=listing,
        rows=[await _line(visit, row) for row in found],
        operation_id=visit.mint(),
        name_en=one(typed, "name_en"),
        name_zh=one(typed, "name_zh"),
        problem=visit.problem,
    )


async def _line(visit: Visit, row: Any) -> AreaRow:
    named = {"name_en": row.name_en, "name_zh": row.name_zh}
    return AreaRow(
        id=row.id,
        name=name_in(visit.locale, named),
        other_name=other_name_in(visit.locale, named),
        stores=row.stores,
        managers=", ".join(one["name"] for one in await _managers(visit, row.id)),
    )


async def _managers(visit: Visit, area: int) -> list[AreaStore]:
    now = (roles.c.valid_from <= visit.now) & or_(roles.c.valid_to.is_(None), roles.c.valid_to > visit.now)
    held = exists().where(roles.c.person_id == people.c.id, roles.c.level == AREA_MANAGER, roles.c.area_id == area, now)
    query = select(people).where(held, people.c.archived_at.is_(None)).order_by(people.c.name, people.c.id)
    return [AreaStore(id=row.id, code=row.username, name=row.name) for row in await visit.connection.execute(query)]


async def area_page(visit: Visit, area: int) -> AreaPage | None:
    admin, row = await admin_frame(visit, "areas"), visit.chain.area_rows.get(area)
    if admin is None or row is None:
        return None
    lying = [(store, visit.chain.stores[store]) for store, where in visit.chain.areas.items() if where == area]
    shown = [AreaStore(id=store, code=one["code"], name=name_in(visit.locale, one)) for store, one in lying]
    typed = visit.form
    return AreaPage(
        admin=admin,
        operation_id=visit.mint(),
        id=area,
        title=name_in(visit.locale, row),
        name_en=row["name_en"] if typed is None else one(typed, "name_en"),
        name_zh=row["name_zh"] if typed is None else one(typed, "name_zh"),
        stores=sorted(shown, key=lambda store: store["name"]),
        managers=await _managers(visit, area),
        problem=visit.problem,
    )
