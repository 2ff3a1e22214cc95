from functools import partial
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from server.people.sessions import Who
from server.staff_pages import Asked, show, take
from server.transfers.pages import TransferShowPage, transfer_list_page, transfer_new_page, transfer_show_page
from server.visits import Visit
from sync.forms import Fields, Read, request_form, transfer_form
from sync.operations import is_uuid


@get("/transfers", summary="Transfers of the reader's stores; `?q=` finds one by number, store or item")
async def transfer_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "transfers/list.html", transfer_list_page)


@get("/transfers/new", summary="A request while it is written; `?add=` puts one more item on it")
async def transfer_new(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "transfers/new.html", transfer_new_page)


@post("/transfers/new", summary="Requests a transfer to the reader's store")
async def transfer_request(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    def read(visit: Visit, fields: Fields) -> Read:
        return request_form(fields, visit.store)

    return await take(request, who, "transfers/new.html", transfer_new_page, read, "/transfers/{operation}")


@get("/transfers/{transfer:str}", summary="A transfer: lines, timeline and next step")
async def transfer_show(request: Asked, who: NamedDependency[Who], transfer: FromPath[str]) -> Response[Any]:
    return await show(request, who, "transfers/show.html", partial(_transfer_page, transfer=transfer), "transfer")


@post("/transfers/{transfer:str}", summary="Approves, takes back, rejects, cancels, dispatches, receives or closes")
async def transfer_act(request: Asked, who: NamedDependency[Who], transfer: FromPath[str]) -> Response[Any]:
    def read(_visit: Visit, fields: Fields) -> Read:
        return transfer_form(fields, transfer)

    fill = partial(_transfer_page, transfer=transfer)
    return await take(request, who, "transfers/show.html", fill, read, f"/transfers/{transfer}", "transfer")


async def _transfer_page(visit: Visit, transfer: str) -> TransferShowPage | None:
    return await transfer_show_page(visit, transfer) if is_uuid(transfer) else None


routes = [transfer_list, transfer_new, transfer_request, transfer_show, transfer_act]
