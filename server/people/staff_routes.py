from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import select

from server.admin.booking import Booking, number, take_form
from server.admin.csv_answer import csv_answer
from server.admin.pages import framed
from server.admin.powers import powers_of
from server.answers import page_answer
from server.decisions import Facts, Happened
from server.logs import note
from server.page_frame import Problem, Zone
from server.people.facts import load_people
from server.people.letting_in import once_password
from server.people.minding import NOBODY, PeopleMinded
from server.people.rules import decide
from server.people.sessions import Sessions, Who
from server.people.staff_forms import moment_after, person_args, role_args
from server.people.staff_list import PersonRow, listed_people, person_list_page, person_listing, person_rows
from server.people.staff_pages import person_new_page, person_page
from server.people.tables import people, roles
from server.refusals import Refusal
from server.staff_pages import Asked, address_fields, show, show_again, typed_fields, visit_of
from server.stores.facts import Chain
from server.stores.zones import transitions
from server.visits import Visit
from sync.forms import Fields, one

LIST, PAGE = "admin/people.html", "admin/person.html"
ROWS_AT_ONCE = 500
# The id of somebody who is about to be added.
NOBODY_YET = 2**31 - 1
LEVELS = {1: "viewer", 2: "associate", 3: "store-manager", 4: "area-manager", 5: "administrator"}


@get("/admin/people", summary="People: who works where, from when until when")
async def person_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, LIST, person_list_page)


@get("/admin/people/export.csv", summary="The same list as a file")
async def person_export(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    fields = address_fields(request)
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        powers = await powers_of(visit)
        may = framed(visit, powers, "people") is not None
    if not may:
        return await show(request, who, LIST, person_list_page)
    query, listing = listed_people(visit, powers, fields), person_listing(visit)
    found = listing.every(request.app.state.database, query, fields)
    return csv_answer("people", ["username", "name", "roles", "left"], _lines(request, visit, found))


async def _lines(request: Asked, visit: Visit, found: AsyncIterator[Any]) -> AsyncIterator[Sequence[str]]:
    """A line a person, with what they hold; looked up some at a time."""
    ids: list[int] = []
    async for row in found:
        ids.append(row.id)
        if len(ids) == ROWS_AT_ONCE:
            for line in await _said(request, visit, ids):
                yield line
            ids = []
    for line in await _said(request, visit, ids):
        yield line


async def _said(request: Asked, visit: Visit, ids: list[int]) -> list[list[str]]:
    async with request.app.state.database.reading() as connection:
        rows = await person_rows(replace(visit, connection=connection), ids)
    return [[row["username"], row["name"], _held(row), "yes" if row["left"] else ""] for row in rows]


def _held(row: PersonRow) -> str:
    return "; ".join(f"{LEVELS[role['level']]} {role['place']}".strip() for role in row["roles"])


@get("/admin/people/new", summary="The form for somebody new")
async def person_new(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, PAGE, person_new_page)


@post("/admin/people/new", summary="Adds somebody with their first role")
async def person_add(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        args = person_args(fields, None)
        chain, zone = await _places(request, who)
        await _check_first_role(booking, role_args(fields, NOBODY_YET, chain, booking.now, zone), chain)
        await booking.book("person.save", args)
        async with request.app.state.database.reading() as connection:
            made = await connection.scalar(select(people.c.id).where(people.c.username == args["username"]))
        await booking.book("role.grant", role_args(fields, made or 0, chain, booking.now, zone), "role")
        return f"/admin/people/{made}"

    return await take_form(request, who, PAGE, person_new_page, act)


async def _check_first_role(booking: Booking, args: dict[str, Any], chain: Chain) -> None:
    """Asks the rule beforehand: somebody who was added without a role would be nobody's to mind. Raises Refusal."""
    by = booking.who.person_id
    async with booking.request.app.state.database.reading() as connection:
        mine = (await load_people(connection, [by]))[by].roles
    minded = PeopleMinded(NOBODY_YET, dict(NOBODY), {}, [], frozenset(chain.area_rows))
    facts = Facts(areas=chain.areas, roles={by: mine}, minded=minded)
    decide(Happened(booking.operation_id, "role.grant", args, booking.now, by, booking.who.name), facts)


@get("/admin/people/{person:int}", summary="A person: their roles, their devices, how they come in")
async def person_show(request: Asked, who: NamedDependency[Who], person: FromPath[int]) -> Response[Any]:
    return await show(request, who, PAGE, partial(person_page, person=person))


@post("/admin/people/{person:int}", summary="Mends a name, gives or ends a role, lets somebody in or go")
async def person_change(
    request: Asked, who: NamedDependency[Who], sessions: NamedDependency[Sessions], person: FromPath[int]
) -> Response[Any]:
    fill = partial(person_page, person=person)
    if one(await typed_fields(request), "action") == "password":
        return await _let_in(request, who, sessions, person)

    async def act(booking: Booking, fields: Fields) -> str:
        await _ACTIONS.get(one(fields, "action"), _save)(booking, fields, person)
        sessions.forget_all()
        return f"/admin/people/{person}"

    return await take_form(request, who, PAGE, fill, act)


async def _let_in(request: Asked, who: Who, sessions: Sessions, person: int) -> Response[Any]:
    """Shows a one-time password, on this answer and never again."""
    state = request.app.state
    try:
        password = await once_password(state.database, person, who.person_id, state.clock())
    except Refusal as refusal:
        note(refused=refusal.code)
        problem = Problem(code=refusal.code, params=refusal.params)
        return await show_again(request, who, PAGE, partial(person_page, person=person), {}, problem)
    sessions.forget_all()
    note(let_in=person)
    async with state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        page = await person_page(visit, person, password)
    assert page is not None, "whoever may let somebody in may see them"
    return page_answer(state.templates, PAGE, page, visit.locale)


async def _save(booking: Booking, fields: Fields, person: int) -> None:
    await booking.book("person.save", person_args(fields, person))


async def _grant(booking: Booking, fields: Fields, person: int) -> None:
    chain, zone = await _places(booking.request, booking.who)
    await booking.book("role.grant", role_args(fields, person, chain, booking.now, zone))


async def _end(booking: Booking, fields: Fields, _person: int) -> None:
    role, day = number(fields, "role"), one(fields, "ends")
    args: dict[str, Any] = {"role": role}
    if day:
        chain, zone = await _places(booking.request, booking.who)
        async with booking.request.app.state.database.reading() as connection:
            store = await connection.scalar(select(roles.c.store_id).where(roles.c.id == role))
        place = chain.stores.get(store or 0)
        args["at"] = moment_after(day, transitions(place["time_zone"]) if place else zone, "ends")
    await booking.book("role.end", args)


async def _archive(booking: Booking, _fields: Fields, person: int) -> None:
    await booking.book("person.archive", {"person": person})


async def _restore(booking: Booking, _fields: Fields, person: int) -> None:
    await booking.book("person.restore", {"person": person})


async def _places(request: Asked, who: Who) -> tuple[Chain, Zone]:
    """The chain, and the clock of the reader's own store."""
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
    store = visit.chain.stores.get(visit.store)
    return visit.chain, transitions(store["time_zone"]) if store else [[0, 0]]


_ACTIONS: Mapping[str, Callable[[Booking, Fields, int], Awaitable[None]]] = {
    "save": _save,
    "grant": _grant,
    "end": _end,
    "archive": _archive,
    "restore": _restore,
}

routes = [person_list, person_export, person_new, person_add, person_show, person_change]
