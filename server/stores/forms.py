"""What was typed into the forms of stores, areas and assortments, as arguments of operations."""

import re
from typing import Any, TypedDict

from server.admin.booking import number
from server.refusals import Refusal
from server.stores.rules import MICRODEGREES
from sync.forms import Fields, one, stripped

# Degrees as maps show them, with a point or a comma, at most 9 digits behind it.
_DEGREES = re.compile(r"([-+]?)([0-9]{1,3})(?:[.,]([0-9]{1,9}))?")


class StoreForm(TypedDict):
    """The fields of a store's form, as text."""

    code: str
    name_en: str
    name_zh: str
    area: str
    latitude: str
    longitude: str
    time_zone: str


def typed_store(fields: Fields) -> StoreForm:
    """As it was typed, for a form that is shown again."""
    return StoreForm(
        code=one(fields, "code"),
        name_en=one(fields, "name_en"),
        name_zh=one(fields, "name_zh"),
        area=one(fields, "area"),
        latitude=one(fields, "latitude"),
        longitude=one(fields, "longitude"),
        time_zone=one(fields, "time_zone"),
    )


def store_args(fields: Fields, store: int | None) -> dict[str, Any]:
    """`store.save` of the form; a store that is there keeps what the form does not hold."""
    texts = {name: stripped(one(fields, name)) for name in ("code", "name_en", "name_zh", "time_zone")}
    place = {
        f"{name}_microdegrees": microdegrees(one(fields, name), f"{name}_microdegrees")
        for name in ("latitude", "longitude")
    }
    return {"store": store, **texts, "area": number(fields, "area"), **place}


def microdegrees(typed: str, field: str) -> int | None:
    """Millionths of a degree; None for nothing. Raises Refusal `field_wrong`."""
    text = stripped(typed).removesuffix("°").replace("\u2212", "-")
    if not text:
        return None
    found = _DEGREES.fullmatch(text)
    if found is None:
        raise Refusal("field_wrong", field=field)
    sign, whole, rest = found[1], found[2], (found[3] or "").ljust(6, "0")
    value = int(whole) * MICRODEGREES + int(rest[:6])
    return -value if sign == "-" else value


def shown_degrees(degrees: float | None) -> str:
    """`51.053500` as `51.0535`; "" for nothing."""
    return "" if degrees is None else f"{degrees:.6f}".rstrip("0").rstrip(".")
