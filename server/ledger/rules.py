"""Adjustments: things that happen to goods on a shelf, told with a reason. They add up, in whatever order they come."""

from server.decisions import ON_HAND, Decision, Entry, Facts, Happened, Needs, held_back, last_days
from server.refusals import Refusal
from sync.projection import adjust_effects


def needs(op: Happened) -> Needs:
    return Needs(items={op.args["item"]}, figures={(op.args["store"], op.args["item"])})


def decide(op: Happened, facts: Facts) -> Decision:
    store, item, delta = op.args["store"], op.args["item"], op.args["delta"]
    if store not in facts.areas:
        raise Refusal("store_unknown")
    archived = facts.item(item)["archived"]
    if not op.accepted and (waits := _waits(op, facts)):
        return waits
    entry = Entry(store * 2, item, op.args.get("lot") or "", delta, "adjust", op.args["reason"])
    decision = Decision(entries=[entry], figures=adjust_effects(op.args), last_days=last_days([op.args]))
    left = facts.figure(store, item, ON_HAND) + delta
    if archived:
        decision.review, decision.code, decision.params = True, "item_archived", {"item": item}
    elif left < 0:
        # The shelf may know better than the book: booked, and said aloud.
        decision.code, decision.params = "below_zero", {"item": item, "on_hand": left}
    return decision


def _waits(op: Happened, facts: Facts) -> Decision | None:
    """Why somebody must accept it before it has effect; None where nobody need."""
    store, delta = op.args["store"], op.args["delta"]
    word = facts.word(op, delta)
    level = facts.level(op.by, store, op.at)
    if level < 2:
        return held_back("not_allowed", word=word)
    if abs(delta) > facts.policies.adjust_limits[level]:
        return held_back("above_limit", word=word, limit=facts.policies.adjust_limits[level])
    return held_back("approval_rule", word=word, people=word.people) if word else None
