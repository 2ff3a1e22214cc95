"""Signing in and out: always over the network, and always by way of a page that tells the phone who is here."""

import re
from typing import Any
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Response

from server.answers import page_answer
from server.clock import now_ms
from server.database import Database
from server.devices.cookies import DEVICE_AGE_S, cookie, read_cookie
from server.devices.keys import device_name, greet_device, key_for
from server.logs import note
from server.page_frame import Problem
from server.people.languages import language_of
from server.people.letting_in import has_password
from server.people.pages import GoodbyePage, SignInPage, WelcomePage
from server.people.sessions import SESSION_AGE_S, Sessions, Who, begin, end
from server.people.sign_in import Attempt, sign_in
from server.refusals import Refusal
from server.rendering import Templates
from server.staff_pages import typed_fields
from server.tour.leading import leads_to_tour
from sync.forms import one

# One slash and no other, no backslash (browsers read it as a slash), nothing a browser would strip.
OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")


@get("/sign-in", summary="The sign-in form")
async def sign_in_form(
    request: Request[Any, Any, Any], sessions: NamedDependency[Sessions], templates: NamedDependency[Templates]
) -> Response[Any]:
    onward = safe_next(request.query_params.get("next", ""))
    if await request.app.state.setup.is_left():
        return Redirect("/setup", status_code=303)
    if await sessions.who(request.scope):
        return welcome_to(onward)
    locale = language_of(request)
    page = SignInPage(locale=locale, username="", next=onward, problem=None)
    return page_answer(templates, "people/sign_in.html", page, locale)


@post("/sign-in", summary="Sign in: sets the cookies and leads to /welcome")
async def sign_in_post(
    request: Request[Any, Any, Any],
    sessions: NamedDependency[Sessions],
    database: NamedDependency[Database],
    templates: NamedDependency[Templates],
) -> Response[Any]:
    form = await typed_fields(request)
    device_token = read_cookie(request.scope["headers"], request.scope["scheme"], "device")
    address = request.client.host if request.client else ""
    username, password = one(form, "username"), one(form, "password")
    onward = safe_next(one(form, "next") or request.query_params.get("next", ""))
    try:
        person_id = await sign_in(database, Attempt(username, password, address, device_token, now_ms()))
    except Refusal as refusal:
        note(refused=refusal.code)
        locale = language_of(request)
        problem = Problem(code=refusal.code, params=refusal.params)
        page = SignInPage(locale=locale, username=username[:200], next=onward, problem=problem)
        answer = page_answer(templates, "people/sign_in.html", page, locale, status=422)
        if refusal.code == "too_many_attempts":
            answer.status_code = 429
            answer.set_header("retry-after", str(int(refusal.params["minutes"]) * 60))
        return answer
    note(person=person_id)
    async with database.reading() as connection:
        if not await has_password(connection, person_id):
            # A one-time password has opened this session and opens no other.
            onward = "/password"
    return await open_session(request, sessions, database, person_id, onward)


async def open_session(
    request: Request[Any, Any, Any], sessions: Sessions, database: Database, person_id: int, onward: str
) -> Response[Any]:
    """A new session on this device, in place of whatever session the browser held before.

    Who comes for the first time, to no page in particular, is led to the tour.
    """
    at_ms = now_ms()
    device_token = read_cookie(request.scope["headers"], request.scope["scheme"], "device")
    before = await sessions.who(request.scope)
    async with database.writing() as connection:
        name = device_name(request.headers.get("user-agent", ""))
        device_id, device_token = await greet_device(connection, device_token, name, at_ms)
        if onward == "/" and await leads_to_tour(connection, person_id, at_ms):
            onward = "/tour"
        await key_for(connection, device_id, person_id, at_ms)
        if before:
            await end(connection, before.session)
        token = await begin(connection, person_id, device_id, at_ms)
    if before:
        sessions.forget(before.session)
    answer = welcome_to(onward)
    answer.set_cookie(cookie(request, "session", token, SESSION_AGE_S))
    answer.set_cookie(cookie(request, "device", device_token, DEVICE_AGE_S))
    return answer


@post("/sign-out", summary="Sign out: ends the session and leads to /goodbye; the device stays known")
async def sign_out(
    request: Request[Any, Any, Any], sessions: NamedDependency[Sessions], database: NamedDependency[Database]
) -> Response[Any]:
    who = await sessions.who(request.scope)
    if who:
        async with database.writing() as connection:
            await end(connection, who.session)
        sessions.forget(who.session)
    answer: Response[Any] = Redirect(f"/goodbye?lang={who.locale if who else language_of(request)}", status_code=303)
    answer.set_cookie(cookie(request, "session", "", 0))
    return answer


@get("/welcome", summary="After the sign-in: tells the phone who is here")
async def welcome(
    request: Request[Any, Any, Any], who: NamedDependency[Who], templates: NamedDependency[Templates]
) -> Response[Any]:
    onward = safe_next(request.query_params.get("next", ""))
    page = WelcomePage(locale=who.locale, person_id=who.person_id, person_name=who.name, next=onward)
    return page_answer(templates, "people/welcome.html", page, who.locale)


@get("/goodbye", summary="After the sign-out: tells the phone that nobody is here")
async def goodbye(request: Request[Any, Any, Any], templates: NamedDependency[Templates]) -> Response[Any]:
    locale = language_of(request)
    return page_answer(templates, "people/goodbye.html", GoodbyePage(locale=locale), locale)


def safe_next(wanted: str) -> str:
    """A path of our own to go to afterwards; anything else leads to the first page."""
    return wanted if OWN_PATH.fullmatch(wanted) and not wanted.startswith("/sign-") else "/"


def welcome_to(onward: str) -> Response[Any]:
    return Redirect("/welcome" if onward == "/" else f"/welcome?{urlencode({'next': onward})}", status_code=303)


routes = [sign_in_form, sign_in_post, sign_out, welcome, goodbye]
