"""Scans that found nothing are facts that add up; that a code is none of ours is an intent of who works there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.decisions import Decision, Facts, Happened, Needs, Touch, Write, held_back
from server.refusals import Refusal
from sync.unknown_codes import code_after, code_dismissed, is_open

Row = Mapping[str, Any]
# More than anybody will work through: in a full store what was scanned longest ago makes room.
MOST_KEPT = 500


@dataclass(slots=True)
class Kept:
    """What is kept in the store of the operation's code, if anything. `known` is whether an item of the store has the
    code by now, `oldest` the row that makes room where the store is full.
    """

    row: Row | None = None
    known: bool = False
    oldest: Row | None = None
    buckets: set[str] = field(default_factory=set)


def needs(_op: Happened) -> Needs:
    return Needs()


def decide(op: Happened, facts: Facts) -> Decision:
    store = op.args["store"]
    if store not in facts.areas:
        raise Refusal("store_unknown")
    if op.kind == "code.dismiss":
        if facts.level(op.by, store, op.at) < 2:
            raise Refusal("not_allowed")
        return _dismissed(op, facts.minded)
    roles = facts.roles.get(op.by, [])
    # Whoever may look at the store may say what they saw there.
    if not op.accepted and not any(role.holds(op.at) and role.covers(store, facts.areas[store]) for role in roles):
        return held_back("not_allowed")
    return _seen(op, facts.minded)


def _seen(op: Happened, kept: Kept) -> Decision:
    row = None if kept.known else code_after(kept.row, {"id": op.id, "at": op.at, "args": op.args})
    if row is None:
        return Decision()
    decision = _written(row)
    if kept.row is None and kept.oldest is not None:
        if _age(row) < _age(kept.oldest):
            return Decision()
        gone = forgotten(kept.oldest)
        decision.writes, decision.touched = decision.writes + gone.writes, decision.touched + gone.touched
    return decision


def _dismissed(op: Happened, kept: Kept) -> Decision:
    return Decision() if kept.row is None else _written(code_dismissed(kept.row, op.at))


def _written(row: Row) -> Decision:
    values = {name: value for name, value in row.items() if name not in ("store", "code")}
    write = Write("unknown_codes", {"store_id": row["store"], "code": row["code"]}, values)
    return Decision(writes=[write], touched=[_touch(row, not is_open(row))])


def forgotten(row: Row) -> Decision:
    """It is kept no longer, and no phone lists it."""
    write = Write("unknown_codes", {"store_id": row["store"], "code": row["code"]}, None)
    return Decision(writes=[write], touched=[_touch(row, True)])


def _touch(row: Row, gone: bool) -> Touch:
    return Touch(f"unknown_codes:{row['store']}", f"code:{row['id']}", gone=gone)


def _age(row: Row) -> tuple[int, str]:
    return row["last_at"], row["code"]
