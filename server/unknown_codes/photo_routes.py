"""Photos of the goods with a code that nobody knows: taken in from phones, and shown to who sees the code's page."""

from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from server.page_frame import Problem
from server.people.sessions import Who
from server.scanning.photo_routes import photo_in
from server.security import PHOTO_LIMIT_BYTES
from server.staff_pages import Asked, address_fields, show_again, visit_of
from server.unknown_codes.pages import unknown_code_match_page
from server.unknown_codes.photos import has_photo, keep_photo, name_of, photo_named, place_of
from server.unknown_codes.routes import MATCH
from sync.forms import one, whole
from sync.unknown_codes import kept_code

# What became of a photo, for the phone's script. A photo may come before the scan it belongs to: then it comes again.
KEPT, EARLY, KNOWN, BUSY = 204, 409, 410, 429
PLACES = {"kept": KEPT, "early": EARLY, "known": KNOWN}
# A name says what is in it, so what was fetched once stays right; for the one who was let in alone.
HEADERS = {"cache-control": "private, max-age=604800, immutable", "vary": "cookie"}


@post(
    "/unknown-codes/photo",
    summary="Keeps a photo of the goods: `?code=` whose, `&store=` where",
    request_max_body_size=PHOTO_LIMIT_BYTES,
)
async def unknown_code_photo_keep(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    """204 kept, also where it was before; 409 before its scan; 410 an item has the code by now; 429 later; else the
    code's page with a sentence, 422. The same photo sent twice is one.
    """
    fields = address_fields(request)
    code, store = kept_code(one(fields, "code")), whole(one(fields, "store"))
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        if store is None or store not in visit.reader["stores"]:
            return await _refused(request, who, "not_allowed")
        place = await place_of(connection, store, code)
    if place != "kept":
        return Response(None, status_code=PLACES[place])
    data = await photo_in(request)
    if data is None:
        return await _refused(request, who, "photo_missing")
    return await _kept(request, who, store, code, data)


async def _kept(request: Asked, who: Who, store: int, code: str, data: bytes) -> Response[Any]:
    state, name = request.app.state, name_of(data)
    async with state.database.reading() as connection:
        if await has_photo(connection, store, code, name):
            return Response(None, status_code=KEPT)
    if not state.photos.may_ask(who.person_id, state.clock()):
        return Response(None, status_code=BUSY)
    made = await state.photos.read(data, what="goods")
    if made.code == "photo_busy":
        return Response(None, status_code=BUSY)
    if made.code:
        return await _refused(request, who, made.code)
    async with state.database.writing() as connection:
        place = await keep_photo(connection, store, code, name, made.picture, state.clock())
    return Response(None, status_code=PLACES[place])


async def _refused(request: Asked, who: Who, why: str) -> Response[Any]:
    return await show_again(request, who, MATCH, unknown_code_match_page, {}, Problem(code=why, params={}))


@get("/unknown-codes/photo/{name:str}", summary="A photo of goods in the reader's store", media_type="image/jpeg")
async def unknown_code_photo(request: Asked, who: NamedDependency[Who], name: FromPath[str]) -> Response[Any]:
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        picture = await photo_named(connection, visit.store, name)
    if picture is None:
        # It may still be on its way.
        return Response(b"", status_code=404, media_type="image/jpeg", headers={"cache-control": "no-store"})
    return Response(picture, media_type="image/jpeg", headers=HEADERS)


routes = [unknown_code_photo_keep, unknown_code_photo]
