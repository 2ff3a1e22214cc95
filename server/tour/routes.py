from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from server.people.sessions import Who
from server.staff_pages import Asked, show
from server.tour.pages import tour_page


@get("/tour", summary="A minute that shows what the phone can do, with goods that do not exist")
async def tour(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "tour/tour.html", tour_page)


routes = [tour]
