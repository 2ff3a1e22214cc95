from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.admin.booking import Booking, take_form
from server.approvals.pages import approval_page, args_typed
from server.people.sessions import Who
from server.staff_pages import Asked, show
from sync.forms import Fields, one

PAGE, PATH = "approvals/approvals.html", "/admin/approvals"


@get(PATH, summary="What nobody books alone, and what a rule would have kept")
async def approvals_show(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, PAGE, approval_page)


@post(PATH, summary="Makes an approval rule or takes one away")
async def approvals_change(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        await booking.book("approval.save", args_typed(fields, one(fields, "rule")))
        return PATH

    return await take_form(request, who, PAGE, approval_page, act)


routes = [approvals_show, approvals_change]
