"""A lot is blocked in the whole chain, for a recall or a doubt: nobody promises it, and who scans it is warned.

It is the word of a store manager or above. The first one stands; the same again changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.decisions import Decision, Facts, Happened, Needs, Touch, Write
from server.refusals import Refusal

# The bucket of what is blocked, on every phone.
BLOCKED = "lots:0"


@dataclass(slots=True)
class OneLot:
    """`item` is what the operation's item is now, 0 where there is none; `row` is its block, `stores` hold it."""

    item: int = 0
    row: Mapping[str, Any] | None = None
    stores: list[int] = field(default_factory=list)
    buckets: set[str] = field(default_factory=set)


def needs(_op: Happened) -> Needs:
    return Needs()


def decide(op: Happened, facts: Facts) -> Decision:
    one = facts.minded
    if not any(role.level >= 3 and role.holds(op.at) for role in facts.roles.get(op.by, [])):
        raise Refusal("not_allowed")
    if not one.item:
        raise Refusal("item_unknown")
    blocks = op.kind == "lot.block"
    if blocks == (one.row is not None):
        return Decision()
    values = {"operation_id": op.id, "reason": op.args["reason"], "at": op.at, "person_id": op.by} if blocks else None
    key = f"blocked:{op.id if one.row is None else one.row['operation_id']}"
    touched = [Touch(BLOCKED, key, gone=not blocks)]
    touched += [Touch(f"stock:{store}", str(one.item)) for store in one.stores]
    return Decision(
        writes=[Write("blocked_lots", {"item_id": one.item, "lot": op.args["lot"]}, values)], touched=touched
    )
