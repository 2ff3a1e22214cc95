from functools import partial
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response

from server.counts.open_sessions import joinable_rows, session_rows
from server.counts.pages import CountShowPage, count_list_page, count_show_page
from server.counts.result_pages import CountResultPage, count_result_page, count_results_page
from server.people.sessions import Who
from server.staff_pages import Asked, show, take, typed_fields
from server.visits import Visit
from sync.counts import again_form, begin_form, join_form, session_form
from sync.forms import Fields, Read, one
from sync.operations import is_uuid

LIST, SHOW = "counts/list.html", "counts/show.html"


@get("/counts", summary="The reader's counts that go on in their store")
async def count_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, LIST, count_list_page)


@post("/counts", summary="Begins a count, joins that of somebody else, or counts an item once more")
async def count_begin(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    typed = await typed_fields(request)
    is_again = "item" in typed
    rows: list[dict[str, Any]] = []
    if "joins" in typed:
        async with request.app.state.database.reading() as connection:
            rows = list((await joinable_rows(connection, [one(typed, "joins")])).values())

    def read(visit: Visit, fields: Fields) -> Read:
        if "joins" in fields:
            return join_form(fields, [row for row in rows if row["store"] == visit.store])
        return again_form(fields, visit.store) if is_again else begin_form(fields, visit.store)

    return await take(request, who, LIST, count_list_page, read, "/counts" if is_again else "/counts/{operation}")


@get("/counts/results", summary="What counts of the reader's store found, of thirty days")
async def count_results(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "counts/results.html", count_results_page)


@get("/counts/results/{session:str}", summary="How right the book was by one count")
async def count_result(request: Asked, who: NamedDependency[Who], session: FromPath[str]) -> Response[Any]:
    return await show(request, who, "counts/result.html", partial(_result_page, session=session))


@get("/counts/{session:str}", summary="A count at work; `?shelf=` where its counter stands")
async def count_show(request: Asked, who: NamedDependency[Who], session: FromPath[str]) -> Response[Any]:
    told = await _own_session(request, who, session)
    if told is not None and told["closed"]:
        return Redirect("/counts", status_code=303)
    return await show(request, who, SHOW, partial(_show_page, session=session))


@post("/counts/{session:str}", summary="Counts an item on a shelf, or ends the count")
async def count_step(request: Asked, who: NamedDependency[Who], session: FromPath[str]) -> Response[Any]:
    told = await _own_session(request, who, session)
    if told is None:
        return await show(request, who, SHOW, partial(_show_page, session=session))

    def read(_visit: Visit, fields: Fields) -> Read:
        # What a phone counted before it heard of the end is a fact all the same.
        return session_form(fields, told)

    return await take(request, who, SHOW, partial(_show_page, session=session), read, f"/counts/{session}")


async def _own_session(request: Asked, who: Who, session: str) -> dict[str, Any] | None:
    if not is_uuid(session):
        return None
    async with request.app.state.database.reading() as connection:
        return (await session_rows(connection, who.person_id, [session])).get(session)


async def _show_page(visit: Visit, session: str) -> CountShowPage | None:
    return await count_show_page(visit, session) if is_uuid(session) else None


async def _result_page(visit: Visit, session: str) -> CountResultPage | None:
    return await count_result_page(visit, session)


routes = [count_list, count_begin, count_results, count_result, count_show, count_step]
