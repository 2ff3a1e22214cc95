"""Lots of goods in a store: what is known of each, which expire, and what the worklist sends; twin of `lots.js`.

A lot is `{lot, expires, also, units}` as the row of a `lots:` bucket lists it, see `PROTOCOL.md`. `expires` is the
earliest day that anybody read on its goods, "" where nobody read one: no label may be overstayed. `also` is the latest
where they differ, else "". Both are functions of the set of what was read, whatever its arrival.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sync.forms import Fields, Read, one, stripped, whole
from sync.operations import newest, problems

Lot = Mapping[str, Any]
# What an older hub leaves out of its policies.
SOON_DAYS, LATER_DAYS = 7, 30


def dates_with(expires: str, also: str, day: str) -> dict[str, str]:
    """What is known of a lot's last day once another one was read."""
    told = sorted({one for one in (expires, also, day) if one})
    return {"expires": told[0] if told else "", "also": told[-1] if len(told) > 1 else ""}


def lots_after(lots: Iterable[Lot], kind: str, args: Mapping[str, Any], item: int) -> list[dict[str, Any]]:
    """An item's lots in a store once something happened there that the hub has not told back, by their code.

    A reading of some shelves says nothing of a lot's units, nor does a count of the whole item.
    """
    known = {one["lot"]: dict(one) for one in lots}
    for line in args["lines"] if kind == "stock.move" else [args]:
        lot = line.get("lot") or ""
        if line["item"] != item or not lot:
            continue
        here = known.setdefault(lot, {"lot": lot, "expires": "", "also": "", "units": 0})
        if kind != "stock.count":
            here["units"] += line["delta"]
        elif not line.get("shelf") and line.get("scope") in (None, "store"):
            here["units"] = line["counted"]
        here |= dates_with(here["expires"], here["also"], line.get("expires") or "")
    return sorted(known.values(), key=lambda one: str(one["lot"]))


def first_out(lots: Iterable[Lot]) -> list[Lot]:
    """Those on hand, what expires first in front, behind it what nobody knows the day of, and what is blocked last."""
    held = [one for one in lots if one["units"] > 0]
    return sorted(held, key=lambda one: (_is_blocked(one), one["expires"] or "~", one["lot"]))


def _is_blocked(lot: Lot) -> bool:
    return bool(lot.get("blocked") or lot.get("state") == "blocked")


def goes_before(lots: Iterable[Lot], lot: str, day: str) -> Lot | None:
    """The lot on hand that should go before the one that was scanned, whose last day is `day` by its label; or None."""
    held = [one for one in first_out(lots) if not _is_blocked(one) and one["expires"] and one["lot"] != lot]
    known = [one["expires"] for one in lots if one["lot"] == lot and one["expires"]]
    last = min([*known, *([day] if day else [])], default="")
    return held[0] if held and last and held[0]["expires"] < last else None


def to_take(rows: Iterable[Lot], units: int) -> list[dict[str, Any]]:
    """Of which lots so many units should be taken, `{lot, expires, units}` in their order; `rows` as pages show them.

    Nobody is led to what is expired or blocked. What lots do not reach for is left to whoever takes it.
    """
    taken: list[dict[str, Any]] = []
    for row in first_out(rows):
        left = units - sum(one["units"] for one in taken)
        if left > 0 and row["state"] not in ("blocked", "expired"):
            taken.append({"lot": row["lot"], "expires": row["expires"], "units": min(left, row["units"])})
    return taken


def with_blocks(lots: Iterable[Lot], blocked: Collection[str]) -> list[dict[str, Any]]:
    """The same lots, each with whether it is among the codes that are blocked."""
    return [{**one, "blocked": one["lot"] in blocked} for one in lots]


def day_number(day: str) -> int:
    """Days since 1970-01-01 of an ISO day."""
    year, month, date = (int(part) for part in day.split("-"))
    # Years that begin in March have their odd day at the end.
    shifted = year - (month <= 2)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + date - 1
    return 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + of_year - 719468


def lot_row(lot: Lot, today: str, soon_days: int, later_days: int) -> dict[str, Any]:
    """A lot as a page shows it. `days` lie between today and its last day, 0 where nobody knows it; `state` is
    `blocked`, `expired`, `soon`, `later`, `fine` or `unknown`.
    """
    days = day_number(lot["expires"]) - day_number(today) if lot["expires"] else 0
    named = {name: lot[name] for name in ("lot", "expires", "also", "units")}
    state = _state(days, soon_days, later_days) if lot["expires"] else "unknown"
    state = "blocked" if _is_blocked(lot) else state
    return {**named, "days": abs(days), "state": state}


def _state(days: int, soon_days: int, later_days: int) -> str:
    if days < 0:
        return "expired"
    if days <= soon_days:
        return "soon"
    return "later" if days <= later_days else "fine"


def expiring(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The worklist: rows of goods on hand in groups `{state, rows}`, the worst first, and in each by their day."""
    groups = []
    ordered = sorted(rows, key=lambda row: (row["expires"], row["item_id"], row["lot"]))
    for state in ("blocked", "expired", "soon", "later"):
        found = [row for row in ordered if row["state"] == state and row["units"] > 0]
        if found:
            groups.append({"state": state, "rows": found})
    return groups


def lot_form(fields: Fields, item: int) -> Read:
    """The forms beside an item's lots: one is kept from sale in the whole chain → `lot.block`, or free again →
    `lot.unblock`.
    """
    args: dict[str, Any] = {"item": item, "lot": stripped(one(fields, "lot"))}
    if one(fields, "block") == "no":
        return _sound("lot.unblock", args)
    return _sound("lot.block", {**args, "reason": stripped(one(fields, "reason"))})


def expiry_form(fields: Fields, store: int) -> Read:
    """A card of the worklist: a lot goes as expired → `stock.adjust`, or was counted → `stock.count`."""
    item, lot = whole(one(fields, "item")), stripped(one(fields, "lot"))
    if item is None or not lot:
        return _problem("field_wrong", field="lot")
    args: dict[str, Any] = {"store": store, "item": item, "lot": lot}
    if one(fields, "action") != "count":
        units = whole(one(fields, "units"))
        if units is None or units <= 0:
            return _problem("quantity_not_positive", field="units")
        return _sound("stock.adjust", {**args, "delta": -units, "reason": "expired"})
    typed = one(fields, "counted")
    counted = whole(typed)
    if counted is None:
        return _problem("not_a_number" if stripped(typed) else "quantity_missing", field="counted")
    return _sound("stock.count", {**args, "counted": counted, "scope": "store"})


def _sound(kind: str, args: dict[str, Any]) -> Read:
    found = problems(kind, newest(kind), args)
    return {"problem": found[0]} if found else {"kind": kind, "args": args}


def _problem(code: str, **params: int | str) -> Read:
    return {"problem": {"code": code, "params": params}}
