from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from server.checkup.pages import checkup_page
from server.people.sessions import Who
from server.staff_pages import Asked, show


@get("/checkup", summary="Whether this device can do its work, and what to do if not")
async def checkup(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "checkup/checkup.html", checkup_page)


routes = [checkup]
