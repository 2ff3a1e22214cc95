"""The people whom the reader minds, as a list: who works where, from when until when."""

from typing import Any, TypedDict

from sqlalchemy import ColumnElement, Select, exists, or_, select, true

from server.admin.listing import Listing, ListingView, in_any
from server.admin.pages import AdminFrame, framed
from server.admin.powers import Powers, powers_of
from server.devices.tables import device_keys
from server.imports.local_time import local_text
from server.people.facts import Person, load_people
from server.people.operator import OPERATOR
from server.people.roles import Role
from server.people.tables import people, roles
from server.stores.zones import transitions
from server.visits import Visit
from sync.forms import Fields, one
from sync.shelf import name_in


class PlaceChoice(TypedDict):
    """`value` is "store:3", "area:1" or "chain"."""

    value: str
    name: str


class HeldRole(TypedDict):
    """A role with its place's name, "" for the whole chain; `begins` and `ends` are its first and its last day there,
    as `2026-11-22`, "" for none. `state` is "now", "later" or "over".
    """

    id: int
    level: int
    place: str
    begins: str
    ends: str
    state: str


class PersonRow(TypedDict):
    """`came` says that a phone of theirs has worked here."""

    id: int
    name: str
    username: str
    roles: list[HeldRole]
    came: bool
    left: bool


class PersonListPage(TypedDict):
    """`/admin/people`."""

    admin: AdminFrame
    listing: ListingView
    rows: list[PersonRow]
    stores: list[PlaceChoice]


def person_listing(visit: Visit) -> Listing:
    return Listing(
        path="/admin/people",
        unique=people.c.id,
        sorts={"name": people.c.name, "username": people.c.username},
        search=in_any(people.c.name, people.c.username),
        filters={
            "store": lambda text: _works_in(visit, text),
            "level": lambda text: _holds(roles.c.level == int(text), visit.now) if text in "12345" else None,
            "left": lambda text: people.c.archived_at.is_not(None) if text == "yes" else true(),
        },
    )


def listed_people(visit: Visit, powers: Powers, fields: Fields) -> Select[Any]:
    """Those who are here, unless those who left are asked for; of them, those who are the reader's to mind."""
    query = select(people.c.id).where(people.c.username != OPERATOR)
    if not one(fields, "left"):
        query = query.where(people.c.archived_at.is_(None))
    if powers.administers:
        return query
    areas = {visit.chain.areas[store] for store in powers.stores}
    ever = exists().where(
        roles.c.person_id == people.c.id, or_(roles.c.store_id.in_(powers.stores), roles.c.area_id.in_(areas))
    )
    return query.where(ever)


def _works_in(visit: Visit, text: str) -> ColumnElement[bool] | None:
    store = int(text) if text.isdecimal() and len(text) < 10 else 0
    area = visit.chain.areas.get(store)
    if area is None:
        return None
    return _holds(or_(roles.c.store_id == store, roles.c.area_id == area), visit.now)


def _holds(condition: ColumnElement[bool], now: int) -> ColumnElement[bool]:
    """Somebody who holds such a role, or will."""
    in_time = or_(roles.c.valid_to.is_(None), roles.c.valid_to > now)
    return exists().where(roles.c.person_id == people.c.id, in_time, condition)


async def person_list_page(visit: Visit) -> PersonListPage | None:
    powers = await powers_of(visit)
    admin = framed(visit, powers, "people")
    if admin is None:
        return None
    query = listed_people(visit, powers, visit.fields)
    found, listing = await person_listing(visit).page(visit.connection, query, visit.fields)
    return PersonListPage(
        admin=admin,
        listing=listing,
        rows=await person_rows(visit, [row.id for row in found]),
        stores=[
            PlaceChoice(value=str(store), name=name)
            for store, name in sorted(visit.store_names().items(), key=lambda named: named[1])
            if powers.administers or store in powers.stores
        ],
    )


async def person_rows(visit: Visit, ids: list[int]) -> list[PersonRow]:
    """People in the order of their ids as given, with what they hold now or will hold."""
    known = await load_people(visit.connection, ids)
    left = select(people.c.id).where(people.c.id.in_(ids), people.c.archived_at.is_not(None))
    gone = set(await visit.connection.scalars(left))
    worked = select(device_keys.c.person_id).where(device_keys.c.person_id.in_(ids)).distinct()
    came = set(await visit.connection.scalars(worked))
    return [_row(visit, known[one], one in came, one in gone) for one in ids]


def _row(visit: Visit, person: Person, came: bool, left: bool) -> PersonRow:
    held = [shown_role(visit, 0, role) for role in person.roles]
    return PersonRow(
        id=person.id,
        name=person.name,
        username=person.username,
        roles=[role for role in held if role["state"] != "over"],
        came=came,
        left=left,
    )


def shown_role(visit: Visit, number: int, role: Role) -> HeldRole:
    over = role.valid_to is not None and role.valid_to <= visit.now
    store = visit.chain.stores.get(role.store_id or visit.store)
    zone = transitions(store["time_zone"]) if store else [[0, 0]]
    return HeldRole(
        id=number,
        level=role.level,
        place=_place(visit, role),
        begins=local_text(role.valid_from, zone)[:10] if role.valid_from else "",
        # A role that ends with the day ends a moment before the next one begins.
        ends=local_text(max(role.valid_from, role.valid_to - 1), zone)[:10] if role.valid_to is not None else "",
        state="over" if over else "now" if role.valid_from <= visit.now else "later",
    )


def _place(visit: Visit, role: Role) -> str:
    if role.store_id is not None:
        return name_in(visit.locale, visit.chain.stores[role.store_id])
    return name_in(visit.locale, visit.chain.area_rows[role.area_id]) if role.area_id is not None else ""
