from functools import partial
from typing import Any

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException
from litestar.response import Response

from server.page_frame import Problem
from server.people.sessions import Who
from server.scanning.photo_pages import photo_page
from server.scanning.photos.jobs import Answer
from server.scanning.photos.sentences import SENTENCES
from server.security import PHOTO_LIMIT_BYTES
from server.staff_pages import Asked, show, show_again

TEMPLATE = "photos/read.html"


@get("/scan/photo", summary="The place to send a photo of codes")
async def photo_ask(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, TEMPLATE, photo_page)


@post("/scan/photo", summary="Reads the codes in a photo", request_max_body_size=PHOTO_LIMIT_BYTES)
async def photo_read(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    """A page of the codes, or JSON for who accepts that: {codes: [{format, text, gtin?, addon?, readers}], error?}.

    Nothing of the photo is kept.
    """
    photos = request.app.state.photos
    if not photos.may_ask(who.person_id, request.app.state.clock()):
        answer = Answer([], "photo_busy")
    else:
        data = await photo_in(request)
        answer = Answer([], "photo_missing") if data is None else await photos.read(data)
    if "application/json" in request.headers.get("accept", ""):
        return _as_json(answer)
    fill = partial(photo_page, answer=answer)
    if answer.code:
        return await show_again(request, who, TEMPLATE, fill, {}, Problem(code=answer.code, params={}))
    return await show(request, who, TEMPLATE, fill)


def _as_json(answer: Answer) -> Response[Any]:
    if not answer.code:
        return Response({"codes": answer.codes})
    status = 429 if answer.code == "photo_busy" else 422
    return Response({"codes": answer.codes, "code": answer.code, "error": SENTENCES[answer.code]}, status_code=status)


async def photo_in(request: Asked) -> bytes | None:
    """What the form's `photo` holds; None where it has none."""
    if request.content_type[0] != RequestEncodingType.MULTI_PART:
        return None
    try:
        form = await request.form()
    except LookupError as error:
        raise ClientException("a part names letters that nobody knows") from error
    upload = form.get("photo")
    if not isinstance(upload, UploadFile):
        return None
    return await upload.read() if upload.filename else None


routes = [photo_ask, photo_read]
