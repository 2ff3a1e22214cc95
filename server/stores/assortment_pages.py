from typing import Any, TypedDict

from sqlalchemy import ColumnElement, Select, func, select

from server.admin.listing import Listing, ListingView, in_any
from server.admin.pages import AdminFrame, admin_frame
from server.catalogue.tables import assortment_items, assortments, store_assortments
from server.page_frame import Problem
from server.stores.tables import stores
from server.visits import Visit
from sync.forms import one
from sync.shelf import name_in


class AssortmentRow(TypedDict):
    id: int
    name: str
    stores: int
    goods: int


class AssortmentListPage(TypedDict):
    """`/admin/assortments`, with the form for another one."""

    admin: AdminFrame
    listing: ListingView
    rows: list[AssortmentRow]
    operation_id: str
    name: str
    problem: Problem | None


class Carrying(TypedDict):
    id: int
    code: str
    name: str
    carries: bool


class CarryingArea(TypedDict):
    name: str
    stores: list[Carrying]


class AssortmentPage(TypedDict):
    """`/admin/assortments/<id>`: the open stores by area, those that carry it ticked."""

    admin: AdminFrame
    operation_id: str
    id: int
    title: str
    name: str
    goods: int
    carriers: int
    areas: list[CarryingArea]
    problem: Problem | None


def _carried_by() -> ColumnElement[int]:
    """How many open stores carry it."""
    counted = select(func.count()).select_from(store_assortments.join(stores))
    counted = counted.where(store_assortments.c.assortment_id == assortments.c.id, stores.c.archived_at.is_(None))
    return counted.correlate(assortments).scalar_subquery()


def _holds() -> ColumnElement[int]:
    counted = select(func.count()).select_from(assortment_items)
    return counted.where(assortment_items.c.assortment_id == assortments.c.id).correlate(assortments).scalar_subquery()


ASSORTMENTS = Listing(
    path="/admin/assortments",
    unique=assortments.c.id,
    sorts={"name": assortments.c.name, "stores": _carried_by(), "goods": _holds()},
    search=in_any(assortments.c.name),
    falling=frozenset({"stores", "goods"}),
)


def listed_assortments() -> Select[Any]:
    return select(assortments, _carried_by().label("stores"), _holds().label("goods"))


async def assortment_list_page(visit: Visit) -> AssortmentListPage | None:
    admin = await admin_frame(visit, "assortments")
    if admin is None:
        return None
    found, listing = await ASSORTMENTS.page(visit.connection, listed_assortments(), visit.fields)
    return AssortmentListPage(
        admin=admin,
        listing=listing,
        rows=[AssortmentRow(id=row.id, name=row.name, stores=row.stores, goods=row.goods) for row in found],
        operation_id=visit.mint(),
        name=one(visit.form or {}, "name"),
        problem=visit.problem,
    )


async def assortment_page(visit: Visit, assortment: int) -> AssortmentPage | None:
    admin = await admin_frame(visit, "assortments")
    query = listed_assortments().where(assortments.c.id == assortment)
    row = (await visit.connection.execute(query)).first()
    if admin is None or row is None:
        return None
    areas = _by_area(visit, assortment)
    return AssortmentPage(
        admin=admin,
        operation_id=visit.mint(),
        id=assortment,
        title=row.name,
        name=row.name if visit.form is None else one(visit.form, "name"),
        goods=row.goods,
        carriers=row.stores,
        areas=areas,
        problem=visit.problem,
    )


def _by_area(visit: Visit, assortment: int) -> list[CarryingArea]:
    lying: dict[int, list[Carrying]] = {}
    for store, area in visit.chain.areas.items():
        row = visit.chain.stores[store]
        carries = assortment in visit.chain.assortments.get(store, [])
        shown = Carrying(id=store, code=row["code"], name=name_in(visit.locale, row), carries=carries)
        lying.setdefault(area, []).append(shown)
    found = [
        CarryingArea(
            name=name_in(visit.locale, visit.chain.area_rows[area]), stores=sorted(there, key=lambda one: one["name"])
        )
        for area, there in lying.items()
    ]
    return sorted(found, key=lambda one: one["name"])
