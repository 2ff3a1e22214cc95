from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.lots.pages import expiry_page
from server.people.sessions import Who
from server.staff_pages import Asked, show, take
from server.visits import Visit
from sync.forms import Fields, Read
from sync.lots import expiry_form

EXPIRY = "lots/expiry.html"


@get("/expiry", summary="What has expired in the reader's store, and what will soon")
async def expiry(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, EXPIRY, expiry_page)


@post("/expiry", summary="Takes a lot off the shelf, or tells how much of it is left")
async def expiry_done(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    def read(visit: Visit, fields: Fields) -> Read:
        return expiry_form(fields, visit.store)

    return await take(request, who, EXPIRY, expiry_page, read, "/expiry")


routes = [expiry, expiry_done]
