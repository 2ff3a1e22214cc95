from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from server.people.sessions import Who
from server.scanning.pages import home_page
from server.staff_pages import Asked, show


@get("/", summary="The scan page; with `?code=` the item that has it")
async def home(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "scan/home.html", home_page)


routes = [home]
