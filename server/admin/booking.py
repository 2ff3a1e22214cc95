"""A form of administration on its way to the door: it may become several operations, each harmless twice."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid5

from litestar.exceptions import ServiceUnavailableException
from litestar.response import Redirect, Response

from server.inbox.accept import DoorClosed
from server.logs import note
from server.page_frame import Problem
from server.people.sessions import Who
from server.refusals import Refusal
from server.staff_pages import Asked, Filler, show, show_again, typed_fields, visit_of
from sync.forms import Fields, one, whole
from sync.operations import is_uuid, problems

# Books the form and answers the address that follows; raises Refusal.
Act = Callable[["Booking", Fields], Awaitable[str]]


class Booking:
    """`operation_id` is the form's; the first operation carries it, those after it carry ids made of it."""

    def __init__(self, request: Asked, who: Who, operation_id: str) -> None:
        self.request = request
        self.who = who
        self.operation_id = operation_id

    @property
    def now(self) -> int:
        return int(self.request.app.state.clock())

    async def book(self, kind: str, args: Mapping[str, Any], part: str = "") -> None:
        """Raises what the door refused. `part` tells the operations of one form from each other."""
        said = {name: value for name, value in args.items() if value is not None}
        if found := problems(kind, 1, said):
            raise Refusal(found[0]["code"], **found[0]["params"])
        operation_id = str(uuid5(UUID(self.operation_id), part)) if part else self.operation_id
        try:
            done = await self.request.app.state.door.submit(self.who, operation_id, kind, said)
        except DoorClosed as closed:
            raise ServiceUnavailableException from closed
        # Tapped twice: what became of the first tap is what became of it.
        status = done["now"]["status"] if done["status"] == "already" else done["status"]
        if status not in ("applied", "review"):
            raise Refusal(done.get("code") or "unexpected", **(done.get("params") or {}))


async def take_form(request: Asked, who: Who, template: str, fill: Filler, act: Act) -> Response[Any]:
    """Books a form and leads on; what is wrong with it stands on the same page, as typed, with 422."""
    fields = await typed_fields(request)
    booking = Booking(request, who, one(fields, "operation_id"))
    note(operation=booking.operation_id[:36])
    async with request.app.state.database.reading() as connection:
        there = await fill(await visit_of(request, connection, who)) is not None
    if not there:
        return await show(request, who, template, fill)
    try:
        if not is_uuid(booking.operation_id):
            raise Refusal("field_missing", field="operation_id")
        onward = await act(booking, fields)
    except Refusal as refusal:
        note(refused=refusal.code)
        problem = Problem(code=refusal.code, params=refusal.params)
        return await show_again(request, who, template, fill, fields, problem)
    return Redirect(onward, status_code=303)


def numbers(fields: Fields, name: str) -> list[int]:
    """The ids that were ticked under a name, each once; what is no number is nobody's."""
    found = (whole(text) for text in fields.get(name, ()))
    return sorted({number for number in found if number is not None})


def number(fields: Fields, name: str) -> int | None:
    """What was chosen of a list; None where nothing was."""
    return whole(one(fields, name))
