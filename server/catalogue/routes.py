"""The pages about items, and what no page is about."""

from functools import partial
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Response

from server.catalogue.pages import ItemPage, item_list_page, item_page
from server.catalogue.search import merged_into
from server.failures import for_a_phone
from server.people.sessions import Sessions, Who
from server.staff_pages import Asked, show, take
from server.visits import Visit
from sync.forms import Fields, Read, item_form
from sync.lots import lot_form
from sync.shelf import id_in


@get("/items", summary="Items of the reader's store; `?q=` searches, `?page=` turns the page")
async def item_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "catalogue/list.html", item_list_page)


@get(
    "/items/{item:str}", summary="An item, its stock here and elsewhere; with `?code=` what a scanned label of it tells"
)
async def item_show(request: Asked, who: NamedDependency[Who], item: FromPath[str]) -> Response[Any]:
    async with request.app.state.database.reading() as connection:
        into = await merged_into(connection, id_in(item))
    if into is not None:
        return Redirect(f"/items/{into}", status_code=303)
    return await show(request, who, "catalogue/item.html", partial(_item_page, item=id_in(item)), "item")


@post("/items/{item:str}", summary="Adjusts the item's stock in the reader's store, or counts it")
async def item_adjust(request: Asked, who: NamedDependency[Who], item: FromPath[str]) -> Response[Any]:
    number = id_in(item)

    def read(visit: Visit, fields: Fields) -> Read:
        return lot_form(fields, number) if "block" in fields else item_form(fields, visit.store, number)

    fill = partial(_item_page, item=number)
    return await take(request, who, "catalogue/item.html", fill, read, f"/items/{number}", "item")


@get(
    ["/{address:path}", "/items/{item:str}/{address:path}", "/transfers/{transfer:str}/{address:path}"],
    include_in_schema=False,
)
async def missing(request: Asked, sessions: NamedDependency[Sessions]) -> Response[Any]:
    """Any other address: within the app a page of ours; strangers and phones' engines are told without one."""
    who = await sessions.who(request.scope)
    if who is None or for_a_phone(request):
        raise NotFoundException
    return await show(request, who, "catalogue/missing.html", _nothing)


async def _item_page(visit: Visit, item: int) -> ItemPage | None:
    return await item_page(visit, item) if item else None


async def _nothing(_visit: Visit) -> None:
    return None


routes = [item_list, item_show, item_adjust, missing]
