from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import select

from server.admin.booking import Booking, number, numbers, take_form
from server.admin.csv_answer import csv_answer
from server.admin.powers import powers_of
from server.people.sessions import Who
from server.staff_pages import Asked, address_fields, show, visit_of
from server.stores.forms import store_args
from server.stores.pages import listed_stores, store_list_page, store_listing, store_new_page, store_page
from server.stores.tables import stores
from sync.forms import Fields, one

TEMPLATE = "admin/store.html"


@get("/admin/stores", summary="Stores, by area, with how many neighbours each has")
async def store_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "admin/stores.html", store_list_page)


@get("/admin/stores/export.csv", summary="The same list as a file")
async def store_export(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        may = (await powers_of(visit)).administers
    if not may:
        return await show(request, who, "admin/stores.html", store_list_page)
    header = ["code", "name_en", "name_zh", "area", "latitude", "longitude", "time_zone", "closed"]
    rows = store_listing(visit.locale).every(request.app.state.database, listed_stores(), address_fields(request))
    return csv_answer("stores", header, (_as_line(row) async for row in rows))


def _as_line(row: Any) -> list[Any]:
    closed = "yes" if row.archived_at is not None else ""
    return [row.code, row.name_en, row.name_zh, row.area_en, row.latitude, row.longitude, row.time_zone, closed]


@get("/admin/stores/new", summary="The form for another store")
async def store_new(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, TEMPLATE, store_new_page)


@post("/admin/stores/new", summary="Opens another store")
async def store_open(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        args = store_args(fields, None)
        await booking.book("store.save", args)
        async with request.app.state.database.reading() as connection:
            made = await connection.scalar(select(stores.c.id).where(stores.c.code == args["code"]))
        return f"/admin/stores/{made}"

    return await take_form(request, who, TEMPLATE, store_new_page, act)


@get("/admin/stores/{store:int}", summary="A store: its place, its neighbours, what it carries")
async def store_show(request: Asked, who: NamedDependency[Who], store: FromPath[int]) -> Response[Any]:
    return await show(request, who, TEMPLATE, partial(store_page, store=store))


@post("/admin/stores/{store:int}", summary="Saves a store or its neighbours, closes or opens it")
async def store_change(request: Asked, who: NamedDependency[Who], store: FromPath[int]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        await _ACTIONS.get(one(fields, "action"), _save)(booking, fields, store)
        return f"/admin/stores/{store}"

    return await take_form(request, who, TEMPLATE, partial(store_page, store=store), act)


async def _save(booking: Booking, fields: Fields, store: int) -> None:
    await booking.book("store.save", store_args(fields, store))


async def _add_neighbours(booking: Booking, fields: Fields, store: int) -> None:
    other = number(fields, "other")
    added = sorted({*numbers(fields, "neighbour"), *([other] if other else [])})
    ways = "both" if one(fields, "both") else "one"
    await booking.book("neighbours.save", {"store": store, "added": added, "ways": ways})


async def _remove_neighbour(booking: Booking, fields: Fields, store: int) -> None:
    gone = numbers(fields, "remove")
    await booking.book("neighbours.save", {"store": store, "removed": gone, "ways": "both"})


async def _archive(booking: Booking, _fields: Fields, store: int) -> None:
    await booking.book("store.archive", {"store": store})


async def _restore(booking: Booking, _fields: Fields, store: int) -> None:
    await booking.book("store.restore", {"store": store})


_ACTIONS: Mapping[str, Callable[[Booking, Fields, int], Awaitable[None]]] = {
    "save": _save,
    "neighbours": _add_neighbours,
    "part": _remove_neighbour,
    "archive": _archive,
    "restore": _restore,
}

routes = [store_list, store_export, store_new, store_open, store_show, store_change]
