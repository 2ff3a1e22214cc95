"""Answers the staff pages: reads what was asked, has the page filled, and takes its form to the door.

The phone's worker answers the same addresses with the same bytes (`sw/router.js`); here is who asks without one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Literal, cast
from urllib.parse import parse_qsl

from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException, ServiceUnavailableException
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from server.answers import page_answer
from server.catalogue.pages import missing_page
from server.inbox.accept import DoorClosed
from server.inbox.own_work import book_of
from server.logs import note
from server.page_frame import Problem
from server.people.sessions import Who
from server.visits import Visit, begin_visit
from sync.forms import Fields, Read, one
from sync.journal import readable
from sync.operations import is_uuid

Asked = Request[Any, Any, Any]
# Answers with None where there is no such thing: the page is the missing page then.
Filler = Callable[[Visit], Awaitable[Any]]
Noun = Literal["item", "transfer", "page"]


async def show(request: Asked, who: Who, template: str, fill: Filler, noun: Noun = "page") -> Response[Any]:
    """The page, or 404 with the missing page."""
    async with request.app.state.database.reading() as connection:
        return await _page(request, await visit_of(request, connection, who), template, fill, noun)


async def take(
    request: Asked,
    who: Who,
    template: str,
    fill: Filler,
    read: Callable[[Visit, Fields], Read],
    onward: str,
    noun: Noun = "page",
) -> Response[Any]:
    """Books a form and leads `onward`; what is wrong with it stands on the same page, as typed, with 422.

    `read` makes the operation's kind and arguments of the fields. `{operation}` in `onward` is the operation's id.
    """
    fields = await typed_fields(request)
    operation_id = one(fields, "operation_id")
    note(operation=operation_id[:36])
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        result = read(visit, fields)
        if not is_uuid(operation_id):
            result = {"problem": {"code": "field_missing", "params": {"field": "operation_id"}}}
        if "problem" in result:
            return await _page(request, _refused(visit, fields, result["problem"]), template, fill, noun)
        if noun != "page" and await fill(visit) is None:
            return await _page(request, visit, template, fill, noun)
    try:
        done = await request.app.state.door.submit(who, operation_id, result["kind"], result["args"])
    except DoorClosed as closed:
        raise ServiceUnavailableException from closed
    # Tapped twice: what became of the first tap is what became of it.
    status = done["now"]["status"] if done["status"] == "already" else done["status"]
    if status in ("applied", "review"):
        return Redirect(onward.replace("{operation}", operation_id), status_code=303)
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        problem = await _named(visit, {"code": done.get("code") or "unexpected", "params": done.get("params") or {}})
        return await _page(request, _refused(visit, fields, problem), template, fill, noun)


async def show_again(
    request: Asked, who: Who, template: str, fill: Filler, fields: Fields, problem: Problem
) -> Response[Any]:
    """The page with a form that was refused."""
    async with request.app.state.database.reading() as connection:
        visit = _refused(await visit_of(request, connection, who), fields, problem)
        return await _page(request, visit, template, fill, "page")


def address_fields(request: Asked) -> Fields:
    """The query's fields as `URLSearchParams` reads them: empty ones too, and U+FFFD for what is not UTF-8."""
    return _grouped(_pairs(request.scope["query_string"]))


async def typed_fields(request: Asked) -> Fields:
    """The texts of a form's body, whichever way it is packed; files are left out."""
    if request.content_type[0] == RequestEncodingType.MULTI_PART:
        try:
            form = await request.form()
        except LookupError as error:
            raise ClientException("a part names letters that nobody knows") from error
        return _grouped([(name, text) for name, text in form.multi_items() if isinstance(text, str)])
    return _grouped(_pairs(await request.body()))


async def visit_of(request: Asked, connection: AsyncConnection, who: Who) -> Visit:
    """What a page is filled from, read through `connection`."""
    state = request.app.state
    chain = await state.known_chain.read(connection)
    return await begin_visit(connection, chain, who.person_id, state.clock(), state.mint, address_fields(request))


async def _page(request: Asked, visit: Visit, template: str, fill: Filler, noun: Noun) -> Response[Any]:
    record, status = await fill(visit), 422 if visit.problem else 200
    if record is None:
        record, status, template = await missing_page(visit, noun), 404, "catalogue/missing.html"
    return page_answer(request.app.state.templates, template, record, visit.locale, status)


async def _named(visit: Visit, problem: dict[str, Any]) -> Problem:
    book = await book_of(visit, [{"args": {}, "params": problem["params"]}])
    return cast(Problem, readable(problem, book, visit.locale))


def _refused(visit: Visit, fields: Fields, problem: Problem | None) -> Visit:
    return replace(visit, form=fields, problem=problem)


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    return parse_qsl(encoded.decode("latin-1"), keep_blank_values=True, errors="replace")


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, text in pairs:
        fields.setdefault(name, []).append(text)
    return fields
