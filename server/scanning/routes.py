from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.people.sessions import Who
from server.scanning.pages import home_page
from server.staff_pages import Asked, show, take
from server.visits import Visit
from sync.forms import Fields, Read
from sync.unknown_codes import code_form


@get("/", summary="The scan page; with `?code=` the item that has it")
async def home(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "scan/home.html", home_page)


@post("/", summary="Keeps a code that was scanned and nobody knows")
async def home_keep(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    def read(visit: Visit, fields: Fields) -> Read:
        return code_form(fields, visit.store)

    return await take(request, who, "scan/home.html", home_page, read, "/")


routes = [home, home_keep]
