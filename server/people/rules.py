"""What people settle for themselves: the language they read and the store whose shelves they see first."""

from server.decisions import Decision, Facts, Happened, Needs
from server.refusals import Refusal


def needs(_op: Happened) -> Needs:
    return Needs()


def decide(op: Happened, facts: Facts) -> Decision:
    preferences: dict[str, str | int] = {}
    if locale := op.args.get("locale"):
        preferences["locale"] = locale
    if store := op.args.get("store"):
        if store not in facts.areas:
            raise Refusal("store_unknown")
        if not any(role.holds(op.at) and role.covers(store, facts.areas[store]) for role in facts.roles.get(op.by, [])):
            raise Refusal("store_not_yours")
        preferences["store_id"] = store
    return Decision(preferences=preferences)
