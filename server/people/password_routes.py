from typing import Any, TypedDict

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Response
from sqlalchemy import select

from server.answers import page_answer
from server.logs import note
from server.page_frame import Locale, Problem
from server.people.letting_in import NewPassword, choose_password, has_password
from server.people.sessions import Sessions, Who
from server.people.tables import people
from server.refusals import Refusal
from server.staff_pages import Asked, typed_fields
from server.tour.leading import is_new_here
from sync.forms import one


class PasswordPage(TypedDict):
    """`/password`, from the network only. `has_one` is false for who came in with somebody else's."""

    locale: Locale
    username: str
    has_one: bool
    problem: Problem | None


@get("/password", summary="The form for another password of one's own")
async def password_form(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await _page(request, who, None)


@post("/password", summary="Sets one's own password; ends one's other sessions")
async def password_chosen(
    request: Asked, who: NamedDependency[Who], sessions: NamedDependency[Sessions]
) -> Response[Any]:
    fields = await typed_fields(request)
    typed = NewPassword(one(fields, "present"), one(fields, "chosen"), one(fields, "again"))
    state = request.app.state
    async with state.database.reading() as connection:
        is_first = not await has_password(connection, who.person_id)
    try:
        await choose_password(state.database, who.person_id, who.session, typed, state.clock())
    except Refusal as refusal:
        note(refused=refusal.code)
        return await _page(request, who, Problem(code=refusal.code, params=refusal.params))
    sessions.forget_all()
    return Redirect("/tour" if is_first and await _is_new(request, who) else "/", status_code=303)


async def _is_new(request: Asked, who: Who) -> bool:
    async with request.app.state.database.writing() as connection:
        return await is_new_here(connection, who.person_id, request.app.state.clock())


async def _page(request: Asked, who: Who, problem: Problem | None) -> Response[Any]:
    async with request.app.state.database.reading() as connection:
        has_one = await has_password(connection, who.person_id)
        username = await connection.scalar(select(people.c.username).where(people.c.id == who.person_id)) or ""
    page = PasswordPage(locale=who.locale, username=username, has_one=has_one, problem=problem)
    return page_answer(request.app.state.templates, "people/password.html", page, who.locale, 422 if problem else 200)


routes = [password_form, password_chosen]
