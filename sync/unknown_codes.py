"""Codes that nobody knows: how one is kept, what is known of it, and what a page says; twin of `unknown_codes.js`.

What is kept is the row of an `unknown_codes:` bucket, see `PROTOCOL.md`. It is a function of the set of operations
that tell of the code, whatever their arrival.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sync.forms import Fields, Read, one, stripped, whole
from sync.gs1 import check_digit_fits, what_is
from sync.gs1_measures import in_store_of
from sync.operations import newest, problems
from sync.shelf import printed_gtin

Row = Mapping[str, Any]
Operation = Mapping[str, Any]
KINDS = ("code.unknown", "code.dismiss", "barcode.teach")
# What is further on in a code tells no two of them apart.
MOST_READ = 1000
MOST_LETTERS = 80
LETTERS_OF_A_LONG_ONE = 60
MOST_SEEN = 5
MOST_BESIDE = 3
MOST_NEIGHBOURS = 6
MOST_TIMES = 1_000_000
# What stands in an address as it is.
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()")


def kept_code(code: str) -> str:
    """A code as it is kept: the 14 digits of a trade item, else its text, bounded and with nothing in it that cannot be
    seen. A long one ends in eight digits that tell it from others that begin alike. The same again changes nothing.
    """
    meaning = what_is(code[:MOST_READ])
    again = what_is(meaning["text"])
    # What is left of a wrapping may be a code of its own.
    while "gtin" not in meaning and again != meaning:
        meaning, again = again, what_is(again["text"])
    if "gtin" in meaning:
        return meaning["gtin"]
    text = "".join(_seen(ord(letter)) for letter in meaning["text"])
    return text if len(text) <= MOST_LETTERS else f"{text[:LETTERS_OF_A_LONG_ONE]}…{_mark(text)}"


def shown_code(code: str) -> str:
    """As it stands under the bars, or as it is kept."""
    gtin = what_is(code).get("gtin")
    return printed_gtin(gtin) if gtin == code else code


def match_address(code: str) -> str:
    """The page on which somebody says whose a code is."""
    letters = (letter if letter in _PLAIN else "".join(f"%{byte:02X}" for byte in letter.encode()) for letter in code)
    return f"/unknown-codes/match?code={''.join(letters)}"


def code_doubt(code: str) -> str:
    """Why somebody should look twice before an item gets this code: `in_store`, `check_digit`, `no_gtin` or ""."""
    gtin = what_is(code).get("gtin")
    if gtin:
        # It means another item, or another weight, in the shop next door.
        return "in_store" if in_store_of(gtin) else ""
    is_number = code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14)
    return "check_digit" if is_number and not check_digit_fits(code) else "no_gtin"


def code_after(before: Row | None, op: Operation) -> dict[str, Any] | None:
    """What is kept of a code once a `code.unknown` has happened, `{id, at, args}` with `at` its effective time.

    Scans count up. One with `times` 0 only adds to what is kept; None where nothing is.
    """
    args = op["args"]
    times = 1 if args.get("times") is None else args["times"]
    if before is None and not times:
        return None
    old = before or {"id": op["id"], "times": 0, "first_at": op["at"], "last_at": op["at"], "dismissed_at": 0}
    sighting = {
        "operation": op["id"],
        "at": op["at"],
        "shelf": "".join(_seen(ord(letter)) for letter in args.get("shelf") or ""),
        "before": [kept_code(one) for one in (args.get("before") or [])[-MOST_BESIDE:]],
        "after": [kept_code(one) for one in (args.get("after") or [])[:MOST_BESIDE]],
        "photo": args.get("photo"),
    }
    seen = sorted([*old.get("seen", ()), sighting], key=lambda one: (one["at"], one["operation"]))
    return {
        "id": old["id"],
        "store": args["store"],
        "code": kept_code(args["code"]),
        "times": min(old["times"] + times, MOST_TIMES),
        "first_at": min(old["first_at"], op["at"]) if times else old["first_at"],
        "last_at": max(old["last_at"], op["at"]) if times else old["last_at"],
        "dismissed_at": old["dismissed_at"],
        "seen": _latest_seen(seen),
    }


def code_dismissed(before: Row, at: int) -> dict[str, Any]:
    """The same once somebody said at that moment that it is none of ours."""
    return {**before, "dismissed_at": max(before["dismissed_at"], at)}


def is_open(row: Row) -> bool:
    """Whether it was scanned since it was last put away."""
    return bool(row["last_at"] > row["dismissed_at"])


def codes_listed(rows: Iterable[Row], known: Iterable[str]) -> list[Row]:
    """Those that wait for somebody, the last scanned first; `known` are codes that an item of the store has by now."""
    found = set(known)
    waiting = [row for row in rows if is_open(row) and row["code"] not in found]
    return sorted(waiting, key=lambda row: (-row["last_at"], row["id"]))


def code_row(row: Row, proposal: Mapping[str, Any] | None, waiting: int) -> dict[str, Any]:
    """One code as a page shows it. `proposal` is the reader's newest word on whose it is, as `journal.told` makes it;
    `waiting` counts operations on it that the hub has not answered.
    """
    return {
        "code": row["code"],
        "shown": shown_code(row["code"]),
        "href": match_address(row["code"]),
        "times": row["times"],
        "first_at": row["first_at"],
        "last_at": row["last_at"],
        "shelf": _latest(row, "shelf") or "",
        "photo": _latest(row, "photo") or "",
        "neighbours": [shown_code(code) for code in neighbours(row)],
        "doubt": code_doubt(row["code"]),
        "proposal": proposal,
        "waiting": waiting,
    }


def neighbours(row: Row) -> list[str]:
    """Codes scanned just before and after it, of the latest scans first."""
    beside = [code for one in reversed(row["seen"]) for code in (*reversed(one["before"]), *one["after"])]
    return [code for code in dict.fromkeys(beside) if code != row["code"]][:MOST_NEIGHBOURS]


def proposals(operations: Iterable[Operation], store: int) -> dict[str, Operation]:
    """The first of the operations that say whose a code is, by code: newest first they give the newest word."""
    found: dict[str, Operation] = {}
    for said in operations:
        if said["kind"] == "barcode.teach" and said["args"].get("store") == store:
            found.setdefault(said["args"]["code"], said)
    return found


def code_form(fields: Fields, store: int) -> Read:
    """A scan that found nothing, more of what is known of it → `code.unknown`; "not ours" → `code.dismiss`."""
    code = kept_code(one(fields, "code"))
    if not code:
        return _problem("field_missing", field="code")
    args: dict[str, Any] = {"store": store, "code": code}
    if one(fields, "action") == "dismiss":
        return _sound("code.dismiss", args)
    if one(fields, "times"):
        times = whole(one(fields, "times"))
        if times is None:
            return _problem("not_a_number", field="times")
        args["times"] = times
    for name in ("shelf", "photo"):
        if stripped(one(fields, name)):
            args[name] = stripped(one(fields, name))
    for name in ("before", "after"):
        beside = [kept for text in fields.get(name, ()) if (kept := kept_code(text))]
        if beside:
            args[name] = beside[-MOST_BESIDE:] if name == "before" else beside[:MOST_BESIDE]
    return _sound("code.unknown", args)


def teach_form(fields: Fields, store: int, code: str) -> Read:
    """Whose the code is → `barcode.teach`; on the same page where it was seen → `code.unknown`."""
    if one(fields, "action") != "teach":
        return code_form({**fields, "code": [code], "times": ["0"]}, store)
    item = whole(one(fields, "item"))
    if item is None:
        return _problem("item_unknown")
    return _sound("barcode.teach", {"store": store, "item": item, "code": kept_code(code)})


def _latest_seen(seen: Sequence[Row]) -> list[Row]:
    """The five latest; before them the latest with a photo, where none of them has one."""
    older, latest = seen[:-MOST_SEEN], seen[-MOST_SEEN:]
    pictured = [] if any(one["photo"] for one in latest) else [one for one in older if one["photo"]][-1:]
    return [*pictured, *latest]


def _latest(row: Row, name: str) -> Any:
    return next((one[name] for one in reversed(row["seen"]) if one[name]), None)


def _seen(point: int) -> str:
    """One character that can be seen and turns no text around."""
    if point < 0x20 or point == 0x7F:
        return chr(0x2421 if point == 0x7F else 0x2400 + point)
    return "\ufffd" if any(low <= point <= high for low, high in _UNSEEN) or point & 0xFFFE == 0xFFFE else chr(point)


# Controls, marks that join, hide or turn text, halves of characters, and what is none.
_UNSEEN: Sequence[tuple[int, int]] = (
    (0x80, 0x9F),
    (0xAD, 0xAD),
    (0x61C, 0x61C),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFDD0, 0xFDEF),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xE0000, 0xE0FFF),
)


def _mark(text: str) -> str:
    """Eight digits by FNV-1a over the code points."""
    lane = 0x811C9DC5
    for letter in text:
        lane = (lane ^ ord(letter)) * 0x01000193 & 0xFFFFFFFF
    return f"{lane:08x}"


def _sound(kind: str, args: Read) -> Read:
    found = problems(kind, newest(kind), args)
    return {"problem": found[0]} if found else {"kind": kind, "args": args}


def _problem(code: str, **params: int | str) -> Read:
    return {"problem": {"code": code, "params": params}}
