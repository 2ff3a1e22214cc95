from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.people.pages import me_page
from server.people.sessions import Who
from server.staff_pages import Asked, show, take
from server.visits import Visit
from sync.forms import Fields, Read, prefer_form


@get("/me", summary="The reader's own page: language, store, sign-out")
async def me(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "people/me.html", me_page)


@post("/me", summary="Chooses language or store")
async def me_prefer(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    def read(_visit: Visit, fields: Fields) -> Read:
        return prefer_form(fields)

    return await take(request, who, "people/me.html", me_page, read, "/me")


routes = [me, me_prefer]
