from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.people.sessions import Who
from server.staff_pages import Asked, address_fields, show, take
from server.unknown_codes.pages import unknown_code_list_page, unknown_code_match_page
from server.visits import Visit
from sync.forms import Fields, Read, one
from sync.unknown_codes import code_form, kept_code, match_address, teach_form

LIST, MATCH = "unknown_codes/list.html", "unknown_codes/match.html"


@get("/unknown-codes", summary="Codes that were scanned in the reader's store and no item has")
async def unknown_code_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, LIST, unknown_code_list_page)


@post("/unknown-codes", summary="Puts a code away that is none of ours")
async def unknown_code_dismiss(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    def read(visit: Visit, fields: Fields) -> Read:
        return code_form(fields, visit.store)

    return await take(request, who, LIST, unknown_code_list_page, read, "/unknown-codes")


@get("/unknown-codes/match", summary="`?code=` whose the code is, `&q=` looks for the item")
async def unknown_code_match(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, MATCH, unknown_code_match_page)


@post("/unknown-codes/match", summary="Says whose the code is, or on which shelf it was")
async def unknown_code_teach(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    code = one(address_fields(request), "code")

    def read(visit: Visit, fields: Fields) -> Read:
        return teach_form(fields, visit.store, code)

    return await take(request, who, MATCH, unknown_code_match_page, read, match_address(kept_code(code)))


routes = [unknown_code_list, unknown_code_dismiss, unknown_code_match, unknown_code_teach]
