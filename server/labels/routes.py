from asyncio import to_thread
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Response

from server.inbox.rows import item_rows
from server.labels.pages import LEAST_LEVEL, LabelPage, label_page, shop_of
from server.people.sessions import Who
from server.staff_pages import Asked, show, visit_of
from server.visits import Visit
from sync.labels import drawn, labels_of


@get("/labels", summary="Labels for shelves and goods, chosen and laid out on paper")
async def labels(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async def fill(visit: Visit) -> LabelPage:
        return await label_page(visit, hub_address(request))

    return await show(request, who, "labels/labels.html", fill)


@get("/labels.pdf", summary="The same as a PDF; where there is nothing to print, the page that says why")
async def labels_pdf(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        asked = labels_of(visit.fields)
        rows = await item_rows(connection, [line["item"] for line in asked["lines"]])
        shop = shop_of(visit, hub_address(request))
    asked["lines"] = [line for line in asked["lines"] if line["item"] in rows]
    laid = drawn(asked, [rows[line["item"]] for line in asked["lines"]], shop)
    may = visit.reader["level"] >= LEAST_LEVEL
    if not may or not laid["sheets"]:
        return Redirect(f"/labels?{request.scope['query_string'].decode('latin-1')}", status_code=303)
    headers = {"content-disposition": 'inline; filename="labels.pdf"'}
    return Response(await to_thread(_pdf_of, laid), media_type="application/pdf", headers=headers)


def _pdf_of(laid: Mapping[str, Any]) -> bytes:
    """What makes a PDF is loaded with the first one: no start of a hub and no command waits for it."""
    pdf: bytes = import_module("server.labels.pdf").pdf_of(laid)
    return pdf


@get("/01/{gtin:str}", summary="Where the QR code of a label leads whoever reads it with another program")
async def digital_link(gtin: FromPath[str]) -> Redirect:
    if not (gtin.isascii() and gtin.isdigit() and len(gtin) <= 14):
        raise NotFoundException
    return Redirect(f"/?code={gtin}", status_code=303)


def hub_address(request: Asked) -> str:
    """Scheme, host and port as the browser has them, and its worker."""
    return f"{request.url.scheme}://{request.headers.get('host', '').lower()}"


routes = [labels, labels_pdf, digital_link]
