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
    def read(visit: Visit, fields: Fields) -> Read:
        result = prefer_form(fields)
        store = result["args"].get("store") if "args" in result else None
        # The page offers the reader's own stores and no other; a phone knows no more of the chain than that.
        if store is not None and store not in visit.reader["stores"]:
            return {"problem": {"code": "store_not_yours", "params": {}}}
        return result

    return await take(request, who, "people/me.html", me_page, read, "/me")


routes = [me, me_prefer]
