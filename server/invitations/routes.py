from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from server.answers import page_answer
from server.clock import now_ms
from server.database import Database
from server.devices.cookies import read_cookie
from server.inbox.rows import person_row
from server.invitations.accepting import accept, remember_phone
from server.invitations.addresses import phone_address
from server.invitations.inviting import Invited, find_invited, invite
from server.invitations.pages import (
    InvitationOverPage,
    InvitationPage,
    InvitePage,
    arrival_state,
    invite_page,
    is_theirs,
)
from server.logs import note
from server.page_frame import Locale, Problem
from server.people.facts import load_people
from server.people.languages import language_of
from server.people.sessions import Sessions, Who
from server.people.sign_in import Attempt
from server.people.sign_in_routes import open_session
from server.refusals import Refusal
from server.rendering import Templates
from server.staff_pages import Asked, show, typed_fields, visit_of
from server.stores.facts import load_chain
from server.visits import Visit
from sync.forms import one
from sync.roles import reader_of
from sync.shelf import name_in


@get("/admin/invite/{person:int}", summary="Whom to invite, and how")
async def invite_form(request: Asked, who: NamedDependency[Who], person: FromPath[int]) -> Response[Any]:
    return await _shown(request, who, person, "")


@post("/admin/invite/{person:int}", summary="Makes an invitation and shows its code, once")
async def invite_made(
    request: Asked, who: NamedDependency[Who], database: NamedDependency[Database], person: FromPath[int]
) -> Response[Any]:
    async with database.reading() as connection:
        theirs = await is_theirs(await visit_of(request, connection, who), person)
    token = ""
    if theirs:
        async with database.writing() as connection:
            token = await invite(connection, person, who.person_id, now_ms())
    return await _shown(request, who, person, token)


async def _shown(request: Asked, who: Who, person: int, token: str) -> Response[Any]:
    async def fill(visit: Visit) -> InvitePage | None:
        return await invite_page(visit, person, phone_address(request), token)

    return await show(request, who, "invitations/invite.html", fill)


@get("/admin/invite/{person:int}/arrival", summary="Whether the invited phone is in")
async def arrival(request: Asked, who: NamedDependency[Who], person: FromPath[int]) -> Response[Any]:
    return await show(request, who, "invitations/_arrival.html", lambda visit: arrival_state(visit, person))


@get("/invite/{token:str}", summary="An invitation, opened on the phone; opening it uses nothing up")
async def invitation(
    request: Asked, database: NamedDependency[Database], templates: NamedDependency[Templates], token: FromPath[str]
) -> Response[Any]:
    return await _invitation(request, database, templates, token, None)


@post("/invite/{token:str}", summary="Accepts an invitation: a password is chosen, or the known one is typed")
async def invitation_accepted(
    request: Asked,
    sessions: NamedDependency[Sessions],
    database: NamedDependency[Database],
    templates: NamedDependency[Templates],
    token: FromPath[str],
) -> Response[Any]:
    at_ms, password = now_ms(), one(await typed_fields(request), "password")
    device = read_cookie(request.scope["headers"], request.scope["scheme"], "device")
    async with database.reading() as connection:
        invited = await find_invited(connection, token, at_ms)
    if invited is None:
        return _over(request, templates)
    address = request.client.host if request.client else ""
    try:
        await accept(database, token, invited, Attempt(invited.username, password, address, device, at_ms))
    except Refusal as refusal:
        note(refused=refusal.code)
        problem = Problem(code=refusal.code, params=refusal.params)
        return await _invitation(request, database, templates, token, problem)
    note(person=invited.person_id)
    answer = await open_session(request, sessions, database, invited.person_id, "/")
    async with database.writing() as connection:
        await remember_phone(connection, token, invited.person_id)
    return answer


async def _invitation(
    request: Asked, database: Database, templates: Templates, token: str, problem: Problem | None
) -> Response[Any]:
    at_ms = now_ms()
    async with database.reading() as connection:
        invited = await find_invited(connection, token, at_ms)
        if invited is None:
            return _over(request, templates)
        areas = await load_chain(connection)
        person = (await load_people(connection, [invited.person_id]))[invited.person_id]
    reader = reader_of(person_row(person, areas.areas), at_ms)
    locale: Locale = language_of(request) if request.query_params.get("lang") else _own(invited)
    store = areas.stores.get(reader["store"])
    page = InvitationPage(
        locale=locale,
        name=invited.name,
        username=invited.username,
        store_name=name_in(locale, store) if store else "",
        level=reader["level"],
        made_by=invited.made_by,
        chooses=invited.chooses,
        problem=problem,
    )
    status = 200 if problem is None else 429 if problem["code"] == "too_many_attempts" else 422
    return page_answer(templates, "invitations/invitation.html", page, locale, status)


def _own(invited: Invited) -> Locale:
    """The language that was chosen for the person, whatever the phone itself speaks."""
    return "zh" if invited.locale == "zh" else "en"


def _over(request: Asked, templates: Templates) -> Response[Any]:
    locale = language_of(request)
    return page_answer(templates, "invitations/over.html", InvitationOverPage(locale=locale), locale, 410)


routes = [invite_form, invite_made, arrival, invitation, invitation_accepted]
