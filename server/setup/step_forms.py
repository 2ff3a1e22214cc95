"""A step of the first day: shown, taken or put off, by the administrator alone."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from litestar.exceptions import ServiceUnavailableException
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from server.answers import page_answer
from server.inbox.accept import DoorClosed
from server.logs import note
from server.page_frame import Locale, Problem
from server.people.facts import load_people
from server.people.roles import administers
from server.people.sessions import Who
from server.refusals import Refusal
from server.setup.steps import SetupStep, StepName, following, put_off, read_steps
from server.staff_pages import Asked, typed_fields
from sync.forms import Fields, one
from sync.operations import is_uuid


@dataclass(frozen=True, slots=True)
class Sheet:
    """One look at a step: `typed` and `problem` are those of a form that was refused."""

    locale: Locale
    steps: list[SetupStep]
    operation_id: str
    typed: Fields
    problem: Problem | None


Fill = Callable[[AsyncConnection, Sheet], Awaitable[Mapping[str, Any]]]


async def show_step(request: Asked, who: Who, step: StepName | None, template: str, fill: Fill) -> Response[Any]:
    return await _page(request, who, step, template, fill, {}, None)


async def take_step(
    request: Asked,
    who: Who,
    step: StepName,
    template: str,
    fill: Fill,
    act: Callable[["Booking", Fields], Awaitable[None]],
    onward: str,
) -> Response[Any]:
    """`act` books the form; what is wrong stands on the same page with 422. A step put off leads to the next."""
    fields = await typed_fields(request)
    booking = Booking(request, who, one(fields, "operation_id"))
    if not await booking.is_administrators():
        return Redirect("/", status_code=303)
    if "later" in fields:
        async with request.app.state.database.writing() as connection:
            await put_off(connection, step, who.person_id, request.app.state.clock())
        return Redirect(f"/setup/{following(step) or 'done'}", status_code=303)
    try:
        if not is_uuid(booking.operation_id):
            raise Refusal("field_missing", field="operation_id")
        await act(booking, fields)
    except Refusal as refusal:
        note(refused=refusal.code)
        problem = Problem(code=refusal.code, params=refusal.params)
        return await _page(request, who, step, template, fill, fields, problem)
    return Redirect(onward, status_code=303)


async def _page(
    request: Asked,
    who: Who,
    step: StepName | None,
    template: str,
    fill: Fill,
    fields: Fields,
    problem: Problem | None,
) -> Response[Any]:
    if not await Booking(request, who, "").is_administrators():
        return Redirect("/", status_code=303)
    async with request.app.state.database.reading() as connection:
        steps = await read_steps(connection, step)
        record = await fill(connection, Sheet(who.locale, steps, request.app.state.mint(), fields, problem))
    return page_answer(request.app.state.templates, template, record, who.locale, 422 if problem else 200)


class Booking:
    """One form of the first day on its way to the door; it may become several operations, each harmless twice."""

    def __init__(self, request: Asked, who: Who, operation_id: str) -> None:
        self.request = request
        self.who = who
        self.operation_id = operation_id

    @property
    def database(self) -> Any:
        return self.request.app.state.database

    async def is_administrators(self) -> bool:
        async with self.database.reading() as connection:
            person = (await load_people(connection, [self.who.person_id]))[self.who.person_id]
        return administers(person.roles, self.request.app.state.clock())

    async def book(self, part: str, kind: str, args: Mapping[str, Any]) -> None:
        """Raises what the door refused. `part` tells the operations of one form from each other."""
        # What was left empty is not said at all.
        said = {name: value for name, value in args.items() if value not in (None, "")}
        operation_id = str(uuid5(UUID(self.operation_id), part))
        try:
            done = await self.request.app.state.door.submit(self.who, operation_id, kind, said)
        except DoorClosed as closed:
            raise ServiceUnavailableException from closed
        status = done["now"]["status"] if done["status"] == "already" else done["status"]
        if status not in ("applied", "review"):
            raise Refusal(done.get("code") or "unexpected", **(done.get("params") or {}))
