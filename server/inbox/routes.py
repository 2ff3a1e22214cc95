from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Response

from server.inbox.pages import inbox_page, outbox_page
from server.page_frame import Problem
from server.people.sessions import Who
from server.staff_pages import Asked, show, show_again, typed_fields
from sync.forms import one


@get("/inbox", summary="What waits for the reader")
async def inbox(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "inbox/inbox.html", inbox_page)


@get("/outbox", summary="What became of the reader's own work")
async def outbox(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "inbox/outbox.html", outbox_page)


@post("/outbox", summary="Takes back what still waits on a phone; the hub has nothing that waits")
async def outbox_tend(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    fields = await typed_fields(request)
    if one(fields, "action") != "withdraw":
        return Redirect("/outbox", status_code=303)
    problem = Problem(code="not_waiting", params={})
    return await show_again(request, who, "inbox/outbox.html", outbox_page, fields, problem)


routes = [inbox, outbox, outbox_tend]
