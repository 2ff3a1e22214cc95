from functools import partial
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from server.admin.booking import Booking, take_form
from server.admin.csv_answer import csv_answer
from server.admin.powers import powers_of
from server.people.sessions import Who
from server.staff_pages import Asked, address_fields, show, visit_of
from server.stores.area_pages import area_list_page, area_listing, area_page, listed_areas
from sync.forms import Fields, one, stripped

LIST, PAGE = "admin/areas.html", "admin/area.html"


@get("/admin/areas", summary="Areas, and how many stores lie in each")
async def area_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, LIST, area_list_page)


@get("/admin/areas/export.csv", summary="The same list as a file")
async def area_export(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        may = (await powers_of(visit)).administers
    if not may:
        return await show(request, who, LIST, area_list_page)
    rows = area_listing(visit.locale).every(request.app.state.database, listed_areas(), address_fields(request))
    return csv_answer(
        "areas", ["name_en", "name_zh", "stores"], ([row.name_en, row.name_zh, row.stores] async for row in rows)
    )


@post("/admin/areas", summary="Makes another area")
async def area_add(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        await booking.book("area.save", _names(fields))
        return "/admin/areas"

    return await take_form(request, who, LIST, area_list_page, act)


@get("/admin/areas/{area:int}", summary="An area: its names, its stores, who looks after it")
async def area_show(request: Asked, who: NamedDependency[Who], area: FromPath[int]) -> Response[Any]:
    return await show(request, who, PAGE, partial(area_page, area=area))


@post("/admin/areas/{area:int}", summary="Names an area")
async def area_change(request: Asked, who: NamedDependency[Who], area: FromPath[int]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        await booking.book("area.save", {"area": area, **_names(fields)})
        return f"/admin/areas/{area}"

    return await take_form(request, who, PAGE, partial(area_page, area=area), act)


def _names(fields: Fields) -> dict[str, str]:
    return {name: stripped(one(fields, name)) for name in ("name_en", "name_zh")}


routes = [area_list, area_export, area_add, area_show, area_change]
