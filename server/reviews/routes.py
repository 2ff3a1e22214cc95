from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.people.sessions import Who
from server.reviews.pages import review_list_page
from server.staff_pages import Asked, show, take
from server.visits import Visit
from sync.forms import Fields, Read
from sync.reviews import review_form


@get("/reviews", summary="Work that waits for the reader's word")
async def review_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "reviews/list.html", review_list_page)


@post("/reviews", summary="Accepts or declines work that waits")
async def review_settle(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    def read(_visit: Visit, fields: Fields) -> Read:
        return review_form(fields)

    return await take(request, who, "reviews/list.html", review_list_page, read, "/reviews")


routes = [review_list, review_settle]
