from functools import partial
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from server.admin.booking import Booking, numbers, take_form
from server.admin.csv_answer import csv_answer
from server.admin.powers import powers_of
from server.people.sessions import Who
from server.staff_pages import Asked, address_fields, show, visit_of
from server.stores.assortment_pages import ASSORTMENTS, assortment_list_page, assortment_page, listed_assortments
from server.stores.facts import load_chain
from sync.forms import Fields, one, stripped

LIST, PAGE = "admin/assortments.html", "admin/assortment.html"


@get("/admin/assortments", summary="Assortments, and how many stores carry each")
async def assortment_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, LIST, assortment_list_page)


@get("/admin/assortments/export.csv", summary="The same list as a file")
async def assortment_export(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async with request.app.state.database.reading() as connection:
        may = (await powers_of(await visit_of(request, connection, who))).administers
    if not may:
        return await show(request, who, LIST, assortment_list_page)
    rows = ASSORTMENTS.every(request.app.state.database, listed_assortments(), address_fields(request))
    lines = ([row.name, row.stores, row.goods] async for row in rows)
    return csv_answer("assortments", ["name", "stores", "goods"], lines)


@post("/admin/assortments", summary="Makes another assortment")
async def assortment_add(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        await booking.book("assortment.save", {"name": stripped(one(fields, "name"))})
        return "/admin/assortments"

    return await take_form(request, who, LIST, assortment_list_page, act)


@get("/admin/assortments/{assortment:int}", summary="An assortment and the stores that carry it")
async def assortment_show(request: Asked, who: NamedDependency[Who], assortment: FromPath[int]) -> Response[Any]:
    return await show(request, who, PAGE, partial(assortment_page, assortment=assortment))


@post("/admin/assortments/{assortment:int}", summary="Names an assortment, or says which stores carry it")
async def assortment_change(request: Asked, who: NamedDependency[Who], assortment: FromPath[int]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        args: dict[str, Any] = {"assortment": assortment, "name": stripped(one(fields, "name"))}
        # Only what was ticked or unticked since the page was read: two people at once do not undo each other.
        ticked, shown = set(numbers(fields, "store")), set(numbers(fields, "carried"))
        async with request.app.state.database.reading() as connection:
            carriers = {
                store for store, held in (await load_chain(connection)).assortments.items() if assortment in held
            }
        args["added"] = sorted(ticked - shown - carriers)
        args["removed"] = sorted((shown - ticked) & carriers)
        await booking.book("assortment.save", args)
        return f"/admin/assortments/{assortment}"

    return await take_form(request, who, PAGE, partial(assortment_page, assortment=assortment), act)


routes = [assortment_list, assortment_export, assortment_add, assortment_show, assortment_change]
