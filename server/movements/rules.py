"""Movements: what tills sold and suppliers brought. They add up at their own times, in whatever order they come."""

from server.decisions import ON_HAND, Decision, Entry, Facts, Happened, Needs, held_back, last_days
from server.refusals import Refusal
from sync.projection import move_effects


def needs(op: Happened) -> Needs:
    items = {line["item"] for line in op.args["lines"]}
    return Needs(items=items, figures={(op.args["store"], item) for item in items})


def decide(op: Happened, facts: Facts) -> Decision:
    store, kind, lines = op.args["store"], op.args["kind"], op.args["lines"]
    if store not in facts.areas:
        raise Refusal("store_unknown")
    archived = [line["item"] for line in lines if facts.item(line["item"])["archived"]]
    # People at a shelf count and adjust; a movement is told by whoever answers for the store's books.
    if not op.accepted and facts.level(op.by, store, op.acted_at) < 3:
        return held_back("not_allowed")
    entries = [Entry(store * 2, line["item"], line.get("lot") or "", line["delta"], kind) for line in lines]
    decision = Decision(entries=entries, figures=move_effects(op.args), last_days=last_days(lines))
    if archived:
        decision.review, decision.code, decision.params = True, "item_archived", {"item": archived[0]}
        return decision
    sold = [line["item"] for line in lines if kind == "sale" and (line["item"], line.get("lot")) in facts.blocked]
    if sold:
        decision.review, decision.code, decision.params = True, "lot_blocked", {"item": sold[0]}
        return decision
    for line in lines:
        left = facts.figure(store, line["item"], ON_HAND) + line["delta"]
        if line["delta"] < 0 and left < 0:
            # The shelf may know better than the book: booked, and said aloud.
            decision.code, decision.params = "below_zero", {"item": line["item"], "on_hand": left}
            break
    return decision
