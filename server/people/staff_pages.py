from typing import Any, TypedDict

from sqlalchemy import select

from server.admin.pages import AdminFrame, framed
from server.admin.powers import Powers, powers_of
from server.devices.tables import device_keys, devices
from server.imports.local_time import local_text
from server.invitations.tables import invitations
from server.page_frame import Problem, Zone
from server.people.facts import load_people
from server.people.operator import OPERATOR
from server.people.passwords import NO_PASSWORD
from server.people.roles import Role, may_give
from server.people.staff_forms import PersonForm, RoleForm, today, typed_person, typed_role
from server.people.staff_list import HeldRole, PlaceChoice, shown_role
from server.people.tables import people, roles
from server.visits import Visit
from sync.forms import one
from sync.shelf import name_in


class OwnDevice(TypedDict):
    id: str
    name: str
    seen_at: int
    blocked: bool


class HeldPersonally(TypedDict):
    """A role, and whether it is the reader's to end."""

    role: HeldRole
    may_end: bool


class PersonPage(TypedDict):
    """`/admin/people/<id>`, and `/admin/people/new` where `id` is 0.

    `way_in` is "password", "once" (until `once_until`), "invited" or "none". `levels` and `places` are those that the
    reader may give. `minds` says that name and password are the reader's to mend, `renames` the name to sign in with.
    `left_on` is a day, "" while they are here. `new_password` was made a moment ago and is shown once.
    """

    admin: AdminFrame
    operation_id: str
    id: int
    title: str
    form: PersonForm
    role: RoleForm
    held: list[HeldPersonally]
    over: list[HeldRole]
    levels: list[int]
    places: list[PlaceChoice]
    devices: list[OwnDevice]
    way_in: str
    once_until: int
    new_password: str
    left_on: str
    is_self: bool
    minds: bool
    renames: bool
    problem: Problem | None


async def person_new_page(visit: Visit) -> PersonPage | None:
    powers = await powers_of(visit)
    admin = framed(visit, powers, "people")
    if admin is None:
        return None
    return await _page(visit, admin, powers, None, [])


async def person_page(visit: Visit, person: int, new_password: str = "") -> PersonPage | None:
    """None for somebody who neither is the reader's to mind nor works beside those who are."""
    powers = await powers_of(visit)
    admin = framed(visit, powers, "people")
    known = select(people).where(people.c.id == person, people.c.username != OPERATOR)
    row = (await visit.connection.execute(known)).first()
    query = select(roles).where(roles.c.person_id == person).order_by(roles.c.valid_from.desc(), roles.c.id.desc())
    held = [(one.id, _role(one)) for one in await visit.connection.execute(query)]
    if admin is None or row is None or not (powers.administers or _is_near(visit, powers, held)):
        return None
    page = await _page(visit, admin, powers, row, held)
    return {**page, "new_password": new_password}


def _is_near(visit: Visit, powers: Powers, held: list[tuple[int, Role]]) -> bool:
    return any(role.covers(store, visit.chain.areas[store]) for _number, role in held for store in powers.stores)


async def _page(visit: Visit, admin: AdminFrame, powers: Powers, row: Any, held: list[tuple[int, Role]]) -> PersonPage:
    reader = visit.reader["person"]
    mine = (await load_people(visit.connection, [reader]))[reader].roles
    is_self = row is not None and row.id == reader
    way_in, once_until = await _way_in(visit, row) if row is not None else ("none", 0)
    own = [(number, role, shown_role(visit, number, role)) for number, role in held]
    kept = [role for _number, role, shown in own if shown["state"] != "over"]
    return PersonPage(
        admin=admin,
        operation_id=visit.mint(),
        id=row.id if row is not None else 0,
        title=row.name if row is not None else "",
        form=_person_form(visit, row),
        role=_role_form(visit, admin["zone"]),
        held=[
            HeldPersonally(role=shown, may_end=not is_self and _may_give(visit, mine, role))
            for _number, role, shown in own
            if shown["state"] != "over"
        ],
        over=[shown for _number, _role, shown in own if shown["state"] == "over"],
        levels=[] if is_self else _levels(mine, powers, visit.now),
        places=_places(visit, powers, mine),
        devices=await _devices(visit, row.id) if row is not None else [],
        way_in=way_in,
        once_until=once_until,
        new_password="",
        left_on=local_text(row.archived_at, admin["zone"])[:10] if row is not None and row.archived_at else "",
        is_self=is_self,
        minds=powers.administers or (bool(kept) and all(_may_give(visit, mine, role) for role in kept)),
        renames=powers.administers or row is None,
        problem=visit.problem,
    )


def _may_give(visit: Visit, mine: list[Role], role: Role) -> bool:
    return may_give(mine, role.level, role.store_id, role.area_id, visit.chain.areas, visit.now)


def _person_form(visit: Visit, row: Any) -> PersonForm:
    if visit.form is not None and one(visit.form, "action") in ("save", "add"):
        typed = typed_person(visit.form)
        return typed if "username" in visit.form or row is None else {**typed, "username": row.username}
    if row is None:
        return PersonForm(name="", username="", locale=visit.locale)
    return PersonForm(name=row.name, username=row.username, locale=row.locale)


def _role_form(visit: Visit, zone: Zone) -> RoleForm:
    if visit.form is not None and one(visit.form, "action") in ("add", "grant"):
        return typed_role(visit.form)
    store = one(visit.fields, "store")
    chosen = f"store:{store}" if store.isdecimal() else f"store:{visit.store}"
    return RoleForm(level="2", place=chosen, begins=today(visit.now, zone), ends="")


def _levels(mine: list[Role], powers: Powers, now: int) -> list[int]:
    if powers.administers:
        return [1, 2, 3, 4, 5]
    manages_areas = any(role.level == 4 and role.holds(now) for role in mine)
    return [1, 2, 3] if manages_areas else [1, 2]


def _places(visit: Visit, powers: Powers, mine: list[Role]) -> list[PlaceChoice]:
    named = sorted(visit.store_names().items(), key=lambda store: store[1])
    found = [
        PlaceChoice(value=f"store:{store}", name=name)
        for store, name in named
        if powers.administers or store in powers.stores
    ]
    found += [
        PlaceChoice(value=f"area:{area}", name=name_in(visit.locale, row))
        for area, row in visit.chain.area_rows.items()
        if may_give(mine, 1, None, area, visit.chain.areas, visit.now)
    ]
    return [*found, PlaceChoice(value="chain", name="")] if powers.administers else found


async def _way_in(visit: Visit, row: Any) -> tuple[str, int]:
    if row.password_expires_at is not None:
        return ("once", row.password_expires_at) if row.password_expires_at > visit.now else ("none", 0)
    if row.password_hash != NO_PASSWORD:
        return "password", 0
    living = (invitations.c.person_id == row.id) & invitations.c.ended_at.is_(None)
    query = select(invitations.c.token_hash).where(living, invitations.c.expires_at > visit.now)
    return ("invited" if await visit.connection.scalar(query) else "none"), 0


async def _devices(visit: Visit, person: int) -> list[OwnDevice]:
    query = select(devices).join(device_keys).where(device_keys.c.person_id == person)
    return [
        OwnDevice(id=one.id, name=one.name, seen_at=one.last_seen_at, blocked=one.blocked_at is not None)
        for one in await visit.connection.execute(query.order_by(devices.c.last_seen_at.desc()))
    ]


def _role(row: Any) -> Role:
    return Role(row.level, row.store_id, row.area_id, row.valid_from, row.valid_to)
