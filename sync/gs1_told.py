"""What of a code a page shows to staff; twin of gs1_told.js."""

from typing import TypedDict

from sync.gs1 import read
from sync.gs1_elements import Error

# Another symbol on the same goods may hold what is needed beside this one, and how a link is written helps nobody here.
_NOT_FOR_STAFF = ("needs", "link_form", "link_gtin", "link_order", "link_path", "link_attribute")


class Told(TypedDict):
    """ "" and 0 for what the code does not tell. `expiry` and `best_before` are ISO days, `weight` is as `1.250 kg`."""

    lot: str
    expiry: str
    best_before: str
    serial: str
    count: int
    weight: str
    wrong: list[Error]


def told_of(code: str, today: str) -> Told | None:
    """None for a code that tells nothing but which item it is. `today` is an ISO day."""
    reading = read(code, today)
    weight = reading["weight"]
    told: Told = {
        "lot": reading["lot"] or "",
        "expiry": reading["expiry"] or "",
        "best_before": reading["best_before"] or "",
        "serial": reading["serial"] or "",
        "count": reading["quantity"] or 0,
        "weight": f"{weight['value']} {weight['unit']}" if weight else "",
        "wrong": [error for error in reading["errors"] if error["code"] not in _NOT_FOR_STAFF],
    }
    return told if any(told.values()) else None
