"""The first day's pages: one step an address, so that a reload, or a week, loses nothing."""

from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from server.answers import page_answer
from server.clock import now_ms
from server.database import Database
from server.logs import note
from server.page_frame import Locale, Problem
from server.people.languages import language_of
from server.people.sessions import Sessions, Who
from server.people.sign_in_routes import open_session
from server.refusals import Refusal
from server.rendering import Templates
from server.setup import goods_steps, shop_steps
from server.setup.first_administrator import Owner, make_first_administrator
from server.setup.pages import DonePage, OwnerPage
from server.setup.step_forms import Booking, Sheet, show_step, take_step
from server.setup.steps import before_anybody, next_step, read_steps
from server.staff_pages import Asked, typed_fields
from sync.forms import Fields, one


@get("/setup", summary="An empty hub asks for its code here; later it leads to the step that is next")
async def setup(
    request: Asked,
    sessions: NamedDependency[Sessions],
    database: NamedDependency[Database],
    templates: NamedDependency[Templates],
) -> Response[Any]:
    if await request.app.state.setup.is_left():
        locale = language_of(request)
        return page_answer(templates, "setup/owner.html", _owner_page(locale, {}, None), locale)
    if not await sessions.who(request.scope):
        return Redirect("/sign-in?next=%2Fsetup", status_code=303)
    async with database.reading() as connection:
        step = next_step(await read_steps(connection))
    return Redirect(f"/setup/{step or 'done'}", status_code=303)


@post("/setup", summary="Makes whoever has the code the first administrator, and signs them in")
async def become_administrator(
    request: Asked,
    sessions: NamedDependency[Sessions],
    database: NamedDependency[Database],
    templates: NamedDependency[Templates],
) -> Response[Any]:
    form = await typed_fields(request)
    locale: Locale = "zh" if one(form, "locale") == "zh" else "en"
    address = request.client.host if request.client else ""
    code, name, username, password = (one(form, field) for field in ("code", "name", "username", "password"))
    try:
        owner = Owner(code, name, username, password, locale, address)
        person_id = await make_first_administrator(database, owner, now_ms())
    except Refusal as refusal:
        note(refused=refusal.code)
        if refusal.code == "setup_over":
            return Redirect("/sign-in", status_code=303)
        problem = Problem(code=refusal.code, params=refusal.params)
        shown = language_of(request)
        status = 429 if refusal.code == "too_many_attempts" else 422
        return page_answer(templates, "setup/owner.html", _owner_page(shown, form, problem), shown, status)
    note(person=person_id)
    return await open_session(request, sessions, database, person_id, "/setup/store")


def _owner_page(locale: Locale, form: Fields, problem: Problem | None) -> OwnerPage:
    return OwnerPage(
        locale=locale,
        steps=before_anybody(),
        code=one(form, "code")[:40],
        name=one(form, "name")[:200],
        username=one(form, "username")[:200],
        problem=problem,
    )


@get("/setup/store", summary="The first store")
async def store_step(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show_step(request, who, "store", "setup/store.html", shop_steps.fill_store)


@post("/setup/store", summary="Opens the store")
async def store_step_taken(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await take_step(
        request, who, "store", "setup/store.html", shop_steps.fill_store, shop_steps.open_store, "/setup/people"
    )


@get("/setup/people", summary="Who works there")
async def people_step(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show_step(request, who, "people", "setup/people.html", shop_steps.fill_people)


@post("/setup/people", summary="Adds a colleague")
async def people_step_taken(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await take_step(
        request, who, "people", "setup/people.html", shop_steps.fill_people, shop_steps.add_colleague, "/setup/people"
    )


@get("/setup/items", summary="What is sold: a file, or a few typed")
async def items_step(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show_step(request, who, "items", "setup/items.html", goods_steps.fill_items)


@post("/setup/items", summary="Adds the typed items")
async def items_step_taken(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await take_step(
        request, who, "items", "setup/items.html", goods_steps.fill_items, goods_steps.add_items, "/setup/items"
    )


@get("/setup/stock", summary="How much is there: a count from a file, or later")
async def stock_step(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show_step(request, who, "stock", "setup/stock.html", goods_steps.fill_stock)


@post("/setup/stock", summary="Puts the opening stock off")
async def stock_step_taken(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await take_step(request, who, "stock", "setup/stock.html", goods_steps.fill_stock, _nothing, "/setup/phone")


@get("/setup/phone", summary="Whom to invite with a phone")
async def phone_step(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show_step(request, who, "phone", "setup/phone.html", goods_steps.fill_phone)


@post("/setup/phone", summary="Puts the phones off")
async def phone_step_taken(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await take_step(request, who, "phone", "setup/phone.html", goods_steps.fill_phone, _nothing, "/setup/done")


@get("/setup/done", summary="What the shop has now, and what is left")
async def done(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async def fill(_connection: AsyncConnection, sheet: Sheet) -> DonePage:
        left = sum(1 for step in sheet.steps if step["state"] != "done")
        return DonePage(locale=sheet.locale, steps=sheet.steps, left=left)

    return await show_step(request, who, None, "setup/done.html", fill)


async def _nothing(_booking: Booking, _typed: Fields) -> None:
    """These pages have nothing to book: they lead to others."""


routes = [
    setup,
    become_administrator,
    store_step,
    store_step_taken,
    people_step,
    people_step_taken,
    items_step,
    items_step_taken,
    stock_step,
    stock_step_taken,
    phone_step,
    phone_step_taken,
    done,
]
