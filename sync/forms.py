"""What was typed into a form, as an operation's kind and arguments or as the problem with it; twin of `forms.js`.

Fields are a mapping of names to the list of texts sent under that name, in order. A result is
`{"kind", "args"}` or `{"problem": {code, params}}`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sync.gs1 import sscc_of
from sync.operations import newest, problems

Fields = Mapping[str, Sequence[str]]
Read = dict[str, Any]

ACTIONS = ("approve", "unapprove", "reject", "cancel", "dispatch", "receive", "close")


def whole(text: str) -> int | None:
    """A whole number as people type it: spaces around, full-width digits, a sign; None when it is not one."""
    shown = "".join(_half_width(c) for c in stripped(text))
    digits = shown[1:] if shown[:1] in ("-", "+") else shown
    if not digits or len(digits) > 15 or any(c not in "0123456789" for c in digits):
        return None
    return int(shown)


def stripped(text: str) -> str:
    """Without the white space around it that both ends agree on: Python and browsers each know more."""
    return text.strip(" \t\r\n\u3000")


def adjust_form(fields: Fields, store: int, item: int) -> Read:
    """The dial of an item page → `stock.adjust`."""
    typed = one(fields, "quantity")
    quantity = whole(typed)
    if quantity is None:
        return _problem("not_a_number" if stripped(typed) else "quantity_missing", field="quantity")
    if quantity <= 0:
        return _problem("quantity_negative" if quantity < 0 else "quantity_not_positive", field="quantity")
    reason = one(fields, "reason")
    if not reason:
        return _problem("reason_missing", field="reason")
    delta = quantity if one(fields, "direction") == "in" else -quantity
    args: dict[str, Any] = {"store": store, "item": item, "delta": delta, "reason": reason}
    lot, expires = stripped(one(fields, "lot")), stripped(one(fields, "expires"))
    if lot:
        args["lot"] = lot
    if lot and expires:
        args["expires"] = expires
    return _sound("stock.adjust", args)


def item_form(fields: Fields, store: int, item: int) -> Read:
    """The forms of an item page: what eyes saw → `stock.count`, what is taken back, and the dial."""
    if "undoes" in fields:
        return undo_form(fields, store, item)
    return count_form(fields, store, item) if "counted" in fields else adjust_form(fields, store, item)


def undo_form(fields: Fields, store: int, item: int) -> Read:
    """The button beside an adjustment that was just made → the opposite `stock.adjust`."""
    delta = whole(one(fields, "delta"))
    if delta is None:
        return _problem("not_a_number", field="delta")
    args: dict[str, Any] = {"store": store, "item": item, "delta": delta, "reason": one(fields, "reason")}
    lot = stripped(one(fields, "lot"))
    if lot:
        args["lot"] = lot
    return _sound("stock.adjust", {**args, "undoes": one(fields, "undoes")})


def count_form(fields: Fields, store: int, item: int) -> Read:
    """How many stand there, of the item in the whole store."""
    typed = one(fields, "counted")
    counted = whole(typed)
    if counted is None:
        return _problem("not_a_number" if stripped(typed) else "quantity_missing", field="counted")
    return _sound("stock.count", {"store": store, "item": item, "counted": counted, "scope": "store"})


def request_form(fields: Fields, store: int) -> Read:
    """The new-transfer form of somebody in `store` → `transfer.request`. Lines typed as nothing are left out."""
    lines: list[dict[str, int]] = []
    for item_text, typed in zip(fields.get("item", ()), fields.get("quantity", ()), strict=False):
        if not stripped(typed):
            continue
        item, quantity = whole(item_text), whole(typed)
        if item is None or quantity is None:
            return _problem("not_a_number", field="quantity")
        lines.append({"item": item, "quantity": quantity})
    pushes = one(fields, "way") == "push"
    other = whole(one(fields, "to" if pushes else "from"))
    if other is None:
        return _problem("store_unknown")
    if other == store:
        return _problem("same_store")
    args: dict[str, Any] = {"from": other, "to": store, "lines": lines}
    if pushes:
        args |= {"from": store, "to": other, "push": True}
    note = stripped(one(fields, "note"))
    if note:
        args["note"] = note
    return _sound("transfer.request", args)


def transfer_form(fields: Fields, transfer: str) -> Read:
    """The form of a transfer's page → `transfer.<action>`."""
    action = one(fields, "action")
    if action not in ACTIONS:
        return _problem("field_wrong", field="action")
    args: dict[str, Any] = {"transfer": transfer}
    if action not in ("dispatch", "receive"):
        args["from_state"] = one(fields, "from_state")
    if action in ("unapprove", "reject", "cancel", "close"):
        reason = stripped(one(fields, "reason"))
        if reason or action != "cancel":
            args["reason"] = reason
        read = _returned(fields) if action == "close" else {"lines": []}
        if "problem" in read:
            return read
        if read["lines"]:
            args["returned"] = read["lines"]
    else:
        read = _line_quantities(fields, action)
        if "problem" in read:
            return read
        args["lines"] = read["lines"]
        typed = one(fields, "parcel")
        if action != "approve" and stripped(typed):
            args["parcel"] = sscc_of(typed)
            if args["parcel"] is None:
                return _problem("parcel_wrong")
    return _sound(f"transfer.{action}", args)


def prefer_form(fields: Fields) -> Read:
    """The form of the own page → `person.prefer`."""
    args: dict[str, Any] = {}
    if one(fields, "locale"):
        args["locale"] = one(fields, "locale")
    if one(fields, "store"):
        store = whole(one(fields, "store"))
        if store is None:
            return _problem("store_unknown")
        args["store"] = store
    return _sound("person.prefer", args)


def _line_quantities(fields: Fields, action: str) -> Read:
    numbers = [whole(text) for text in fields.get("line", ())]
    counted = list(fields.get("quantity", ()))
    broken = list(fields.get("damaged", ())) if action == "receive" else []
    broken += [""] * (len(counted) - len(broken))
    if len(numbers) != len(counted) or None in numbers:
        return _problem("field_wrong", field="line")
    if not any(stripped(text) for text in counted + broken):
        return _problem("quantity_missing", field="quantity")
    lines: list[dict[str, int]] = []
    for number, typed, damaged in zip(numbers, counted, broken, strict=False):
        # An empty field beside filled ones is nought: nothing of that line was seen.
        quantity, spoilt = whole(typed or "0"), whole(damaged or "0")
        if number is None or quantity is None or spoilt is None:
            return _problem("not_a_number", field="quantity")
        if action == "receive":
            lines.append({"line": number, "received": quantity, "damaged": spoilt})
        else:
            lines.append({"line": number, "quantity": quantity})
    if action != "approve" and not any(v for line in lines for name, v in line.items() if name != "line"):
        return _problem("quantity_not_positive", field="quantity")
    return {"lines": lines}


def _returned(fields: Fields) -> Read:
    """What came back where it was sent from; nothing where nothing is typed."""
    lines: list[dict[str, int]] = []
    for text, typed in zip(fields.get("line", ()), fields.get("returned", ()), strict=False):
        number, quantity = whole(text), whole(typed or "0")
        if number is None or quantity is None:
            return _problem("not_a_number", field="returned")
        if quantity:
            lines.append({"line": number, "quantity": quantity})
    return {"lines": lines}


def _sound(kind: str, args: Read) -> Read:
    found = problems(kind, newest(kind), args)
    return {"problem": found[0]} if found else {"kind": kind, "args": args}


def _problem(code: str, **params: int | str) -> Read:
    return {"problem": {"code": code, "params": params}}


def one(fields: Fields, name: str) -> str:
    """The last text sent under a name; "" where there is none."""
    texts = fields.get(name, ())
    return texts[-1] if texts else ""


def _half_width(c: str) -> str:
    if "\uff10" <= c <= "\uff19":
        return chr(ord(c) - 0xFEE0)
    return {"\uff0d": "-", "\u2212": "-", "\uff0b": "+"}.get(c, c)
