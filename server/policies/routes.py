from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.admin.booking import Booking, take_form
from server.people.sessions import Who
from server.policies.pages import changes, policy_page
from server.refusals import Refusal
from server.staff_pages import Asked, show
from sync.forms import Fields

PAGE, PATH = "policies/policies.html", "/admin/policies"


@get(PATH, summary="What holds for the whole chain")
async def policies_show(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, PAGE, policy_page)


@post(PATH, summary="Chooses what holds for the whole chain")
async def policies_change(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        try:
            for name, (value, was) in changes(fields).items():
                if not value or not was:
                    raise Refusal("field_missing", field=name)
                await booking.book("policy.save", {"name": name, "value": value, "was": was}, part=name)
        finally:
            # What was booked before one was refused holds.
            request.app.state.housekeeper.wake()
        return PATH

    return await take_form(request, who, PAGE, policy_page, act)


routes = [policies_show, policies_change]
