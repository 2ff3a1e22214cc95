"""Counting on pages: what is typed to begin a session, what each of its counts says, and what of it stands so far;
twin of `counts.js`.

A session here is the row `count:` of its counter's bucket, see `PROTOCOL.md`; operations are as `journal` has them.
Several people may be at one count, each in a session of their own that says which one it `joins`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sync.forms import Fields, Read, one, stripped, whole
from sync.operations import newest, problems
from sync.projection import LONGEST_SESSION_MS

Session = Mapping[str, Any]
Operation = Mapping[str, Any]
_BETWEEN_SHELVES = re.compile("[,;\t\r\n，；、]")
# Of these nothing was counted.
_UNDONE = ("refused", "void")


def shelves_typed(text: str) -> list[str]:
    """Shelves as people type them, one a line or with commas between, each once."""
    typed = (stripped(part) for part in _BETWEEN_SHELVES.split(text))
    return list(dict.fromkeys(part for part in typed if part))


def begin_form(fields: Fields, store: int) -> Read:
    """The form of the page of counts → `count.open`."""
    scope: str | list[str] = "store"
    if one(fields, "scope") != "store":
        scope = shelves_typed(one(fields, "shelves"))
        if not scope:
            return _problem("field_missing", field="shelf")
    args = {"store": store, "scope": scope, "blind": one(fields, "blind") != "", "sealed": False}
    return _sound("count.open", args)


def join_form(fields: Fields, rows: Iterable[Mapping[str, Any]]) -> Read:
    """The form beside a count of somebody else → `count.open`; `rows` are those that may be joined."""
    whole_one = next((row for row in rows if row["id"] == one(fields, "joins")), None)
    if whole_one is None:
        return _problem("count_unknown")
    args = {"store": whole_one["store"], "scope": whole_one["scope"], "blind": whole_one["blind"], "sealed": False}
    return _sound("count.open", {**args, "joins": whole_one["id"]})


def session_form(fields: Fields, session: Session) -> Read:
    """The forms of a session's page → `stock.count` of one item, or `count.close`."""
    if one(fields, "action") == "close":
        return _sound("count.close", {"session": session["id"]})
    item, typed = whole(one(fields, "item")), one(fields, "counted")
    if item is None:
        return _problem("item_unknown")
    counted = whole(typed)
    if counted is None:
        return _problem("not_a_number" if stripped(typed) else "quantity_missing", field="counted")
    shelf = stripped(one(fields, "shelf"))
    if session["scope"] != "store" and shelf not in session["scope"]:
        return _problem("field_wrong" if shelf else "field_missing", field="shelf")
    args = {"store": session["store"], "item": item, "counted": counted, "session": whole_of(session)}
    return _sound("stock.count", {**args, **({"shelf": shelf} if shelf else {}), "scope": session["scope"]})


def again_form(fields: Fields, store: int) -> Read:
    """The form of an item that somebody else counted already → `stock.count` of all of it in the store."""
    item, typed = whole(one(fields, "item")), one(fields, "counted")
    if item is None:
        return _problem("item_unknown")
    counted = whole(typed)
    if counted is None:
        return _problem("not_a_number" if stripped(typed) else "quantity_missing", field="counted")
    lot = stripped(one(fields, "lot"))
    return _sound("stock.count", {"store": store, "item": item, "counted": counted, **({"lot": lot} if lot else {})})


def to_count_again(
    recounts: Iterable[Mapping[str, Any]], operations: Sequence[Operation], person: int, store: int
) -> list[dict[str, Any]]:
    """`{item, lot, at}` of what the person can count once more in a store, the longest waiting first: what they counted
    themselves, before or since, somebody else must.

    `recounts` are the rows `recount:` of the store's bucket, `operations` the person's own.
    """
    mine = [one for one in operations if one["kind"] == "stock.count" and one["status"] not in _UNDONE]
    counted = {
        (one["args"]["item"], one["args"].get("lot") or ""): one["at"]
        for one in sorted(mine, key=lambda one: (one["at"], one["id"]))
        if one["args"]["store"] == store
    }
    asked = sorted(recounts, key=lambda row: (row["at"], row["id"]))
    own = {(row["item"], row["lot"]) for row in asked if row["by"] == person}
    found: dict[tuple[int, str], int] = {}
    for row in asked:
        place = (row["item"], row["lot"])
        if place not in own and counted.get(place, -1) < row["at"]:
            found.setdefault(place, row["at"])
    return [{"item": item, "lot": lot, "at": at} for (item, lot), at in found.items()]


def to_count_today(
    dues: Iterable[Mapping[str, Any]],
    recounts: Iterable[Mapping[str, Any]],
    operations: Sequence[Operation],
    store: int,
) -> list[int]:
    """Items on the store's list of what to count, the most urgent first, without those that the person has counted in
    full since it was made, and those that wait for another pair of eyes.

    `dues` are the rows `due:`, `recounts` the rows `recount:` of the store's bucket, `operations` the person's own.
    """
    again = {row["item"] for row in recounts}
    done: dict[int, int] = {}
    for told in operations:
        args = told["args"]
        if told["kind"] != "stock.count" or told["status"] in _UNDONE or args["store"] != store:
            continue
        if not (args.get("lot") or args.get("shelf") or isinstance(args.get("scope"), list)):
            done[args["item"]] = max(told["at"], done.get(args["item"], 0))
    left = [row for row in dues if row["item"] not in again and done.get(row["item"], -1) < row["at"]]
    return [row["item"] for row in sorted(left, key=lambda row: (row["place"], row["item"]))]


def running(sessions: Iterable[Session], store: int, now: int) -> list[Session]:
    """Those that go on in a store, the newest first."""
    since = now - LONGEST_SESSION_MS
    open_here = [one for one in sessions if one["store"] == store and not one["closed"] and one["at"] > since]
    return sorted(open_here, key=lambda one: (-one["at"], one["id"]))


def joinable(
    rows: Iterable[Mapping[str, Any]], sessions: Iterable[Session], person: int, now: int
) -> list[Mapping[str, Any]]:
    """Counts of other people that go on and that the person has not joined, the newest first.

    `rows` are the rows `open:` of the store's bucket, `sessions` the person's own.
    """
    since = now - LONGEST_SESSION_MS
    at_it = {whole_of(one) for one in sessions if not one["closed"] and one["at"] > since}
    found = [row for row in rows if row["by"] != person and row["id"] not in at_it and row["at"] > since]
    return sorted(found, key=lambda row: (-row["at"], row["id"]))


def takes_due(session: Session) -> bool:
    """Whether what is to be counted today is counted in this session: items of the whole store, each at once."""
    return session["scope"] == "store" and not session.get("joins")


def whole_of(session: Session) -> str:
    """The count that a session is part of: the one that it joined, or itself."""
    return cast(str, session.get("joins") or session["id"])


def shelf_chosen(session: Session, typed: str) -> str | None:
    """The shelf that somebody stands at, "" where the store is counted as a whole; None while it is not said. Whoever
    joined a count says it always: two people see all of the store at no time.
    """
    shelf = stripped(typed)
    if session["scope"] == "store":
        if session.get("joins") and not shelf:
            return None
        args = {"store": 1, "item": 1, "counted": 0, "shelf": shelf}
        return None if problems("stock.count", newest("stock.count"), args) else shelf
    if shelf in session["scope"]:
        return shelf
    return session["scope"][0] if not shelf and len(session["scope"]) == 1 else None


def counted_in(operations: Sequence[Operation], session: str) -> list[dict[str, Any]]:
    """What stands of a session, `{item, shelf, counted, at, waiting}` once an item and shelf: what was told last, the
    newest first.
    """
    of_it = [one for one in operations if one["kind"] == "stock.count" and one["args"].get("session") == session]
    done = [one for one in of_it if one["status"] not in _UNDONE]
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for told in sorted(done, key=lambda one: (one["at"], one["id"]), reverse=True):
        args = told["args"]
        row = {"item": args["item"], "shelf": args.get("shelf") or "", "counted": args["counted"]}
        waits = told["status"] == "waiting"
        found.setdefault((row["shelf"], row["item"]), {**row, "at": told["at"], "waiting": waits})
    return list(found.values())


def shelf_rows(session: Session, counted: Sequence[Mapping[str, Any]], chosen: str | None) -> list[dict[str, Any]]:
    """The shelves of a session, `{shelf, items, chosen}`: those it is about, else those counted so far; `items` says
    how many stand there.
    """
    begun = [row["shelf"] for row in reversed(counted)]
    named = [*begun, chosen or ""] if session["scope"] == "store" else session["scope"]
    return [
        {"shelf": shelf, "items": sum(row["shelf"] == shelf for row in counted), "chosen": shelf == chosen}
        for shelf in dict.fromkeys(named)
        if shelf
    ]


def _sound(kind: str, args: dict[str, Any]) -> Read:
    found = problems(kind, newest(kind), args)
    return {"problem": found[0]} if found else {"kind": kind, "args": args}


def _problem(code: str, **params: int | str) -> Read:
    return {"problem": {"code": code, "params": params}}
