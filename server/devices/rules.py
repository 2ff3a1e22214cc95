"""Who names a device, who blocks one that was lost, and who says that work it came back without is known to be lost.

Blocking ends its sessions at once. What was recorded on it before counts all the same, whenever it arrives; what it
says was recorded later has no effect until somebody accepts it.
"""

from typing import Any

from server.decisions import Decision, Facts, Happened, Needs, Write
from server.people.roles import administers, level_at
from server.refusals import Refusal

STORE_MANAGER = 3


def needs(_op: Happened) -> Needs:
    return Needs()


def decide(op: Happened, facts: Facts) -> Decision:
    known = facts.minded
    if known.row is None:
        raise Refusal("device_unknown")
    if not _may_mind(op, facts):
        raise Refusal("not_allowed")
    before: dict[str, Any] = known.row
    if op.kind == "device.save":
        after = {**before, "name": op.args["name"]}
    elif op.kind == "device.settle":
        after = {**before, "settled_at": op.at}
    else:
        after = {**before, "blocked_at": op.at if op.kind == "device.block" else None}
    if op.kind == "device.block" and before["blocked_at"] is not None:
        after = before
    writes = [Write("devices", {"id": op.args["device"]}, after)] if after != before else []
    if op.kind == "device.block":
        writes += [Write("sessions", {"token_hash": session}, None) for session in known.sessions]
    return Decision(writes=writes)


def _may_mind(op: Happened, facts: Facts) -> bool:
    """An administrator, or the manager of a store in which somebody who signed in on it works."""
    mine = facts.roles.get(op.by, [])
    if administers(mine, op.at):
        return True
    managed = [store for store, area in facts.areas.items() if level_at(mine, store, area, op.at) >= STORE_MANAGER]
    return any(
        role.holds(op.at) and role.level <= STORE_MANAGER and role.covers(store, facts.areas[store])
        for role in facts.minded.roles
        for store in managed
    )
