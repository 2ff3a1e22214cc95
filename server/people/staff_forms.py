"""What was typed into the forms of people, as arguments of operations."""

from datetime import date, timedelta
from typing import Any, TypedDict

from server.imports.local_time import local_text, moment_of
from server.page_frame import Zone
from server.people.sign_in import folded
from server.refusals import Refusal
from server.stores.facts import Chain
from server.stores.zones import transitions
from sync.forms import Fields, one, stripped, whole


class PersonForm(TypedDict):
    """The fields of a person's form, as text."""

    name: str
    username: str
    locale: str


class RoleForm(TypedDict):
    """The fields with which a role is given, as text; days as `2026-11-22`."""

    level: str
    place: str
    begins: str
    ends: str


def typed_person(fields: Fields) -> PersonForm:
    return PersonForm(name=one(fields, "name"), username=one(fields, "username"), locale=one(fields, "locale"))


def typed_role(fields: Fields) -> RoleForm:
    return RoleForm(
        level=one(fields, "level"), place=one(fields, "place"), begins=one(fields, "begins"), ends=one(fields, "ends")
    )


def person_args(fields: Fields, person: int | None) -> dict[str, Any]:
    args: dict[str, Any] = {"person": person, "name": stripped(one(fields, "name")), "locale": one(fields, "locale")}
    if "username" in fields:
        args["username"] = folded(one(fields, "username"))
    return args


def role_args(fields: Fields, person: int, chain: Chain, now: int, home: Zone) -> dict[str, Any]:
    """`role.grant` of the form; days are those of the store's own clock, of `home` where the role has no store."""
    kind, _, number = one(fields, "place").partition(":")
    args: dict[str, Any] = {"person": person, "level": whole(one(fields, "level"))}
    if args["level"] is None:
        raise Refusal("field_missing", field="level")
    zone = home
    if kind in ("store", "area"):
        args[kind] = whole(number)
        if kind == "store" and args["store"] in chain.stores:
            zone = transitions(chain.stores[args["store"]]["time_zone"])
    elif kind != "chain":
        raise Refusal("field_missing", field="store")
    begins, ends = one(fields, "begins"), one(fields, "ends")
    if begins and begins != today(now, zone):
        args["from"] = first_moment(begins, zone, "begins")
    if ends:
        args["to"] = moment_after(ends, zone, "ends")
    return args


def today(now: int, zone: Zone) -> str:
    return local_text(now, zone)[:10]


def first_moment(day: str, zone: Zone, field: str) -> int:
    """When the day begins there. Raises Refusal `field_wrong`."""
    at = moment_of(f"{day}T00:00", zone)
    if at is None:
        raise Refusal("field_wrong", field=field)
    return at


def moment_after(day: str, zone: Zone, field: str) -> int:
    """When a last day is over."""
    try:
        following = date.fromisoformat(day) + timedelta(days=1)
    except (ValueError, OverflowError) as wrong:
        raise Refusal("field_wrong", field=field) from wrong
    return first_moment(following.isoformat(), zone, field)
