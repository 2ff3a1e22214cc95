"""Counts: what eyes saw stands at its moment, and every movement told late makes room for the counts after it."""

from server.counts.past import Anchor, Moment, Opening, Place, Variance, moment_of, on_hand
from server.decisions import Decision, Entry, Facts, Happened, Needs, Write, held_back
from server.people.roles import administers
from server.refusals import Refusal
from sync.projection import count_effects


def needs(op: Happened) -> Needs:
    place = (op.args["store"], op.args["item"])
    return Needs(items={op.args["item"]}, figures={place}, counted={place})


def decide(op: Happened, facts: Facts) -> Decision:
    store, item = op.args["store"], op.args["item"]
    lot = op.args.get("lot") or None
    if store not in facts.areas:
        raise Refusal("store_unknown")
    archived = facts.item(item)["archived"]
    opens = _opens(op, facts)
    if not op.accepted and facts.level(op.by, store, op.acted_at) < 3 and not opens:
        return held_back("not_allowed")
    if item in facts.merged:
        # The phone did not know yet; the shelf holds one article, under the name that it has now.
        return _counted(op, facts.merged[item], lot, facts, opens, "item_merged")
    return _counted(op, item, lot, facts, opens, "item_archived" if archived else None)


def _counted(op: Happened, item: int, lot: str | None, facts: Facts, opens: bool, code: str | None) -> Decision:
    store, counted = op.args["store"], op.args["counted"]
    place = (store * 2, item)
    units = on_hand(facts.past.before(place, _moment(op)), lot)
    decision = Decision(figures=count_effects({**op.args, "item": item}, units))
    if counted != units:
        decision.entries = [Entry(store * 2, item, lot or "", counted - units, "count", anchored_by=op.id)]
    decision.anchor = (place, Anchor(op.at, op.client, op.n, op.id, lot, counted))
    if opens and facts.past.openings.get(store) is None:
        opening = {"client_id": op.client, "effective_at": op.at, "person_id": op.by}
        decision.writes = [Write("openings", {"store_id": store}, opening)]
    if code:
        decision.review, decision.code, decision.params = True, code, {"item": op.args["item"]}
    return decision


def settle(op: Happened, decision: Decision, facts: Facts) -> None:
    """Keep every count after `op` true whatever `op` moved, and let the past follow. Adds to the decision."""
    past, moment = facts.past, _moment(op)
    if not (past.anchors or past.units or decision.anchor):
        return
    late = [
        (place, variance)
        for place, moved in _moved(decision).items()
        for variance in past.variances(place, moment, moved)
    ]
    for entry in decision.entries:
        past.book((entry.location, entry.item), moment, entry.lot, entry.delta)
    for place, variance in late:
        past.book(place, moment_of(variance.anchor), variance.lot, variance.units)
        _compensate(decision, place, variance)
    if decision.anchor:
        past.anchor(*decision.anchor)
        if decision.writes:
            past.openings[op.args["store"]] = Opening(op.client, op.at)


def _opens(op: Happened, facts: Facts) -> bool:
    """Whether an administrator fills a book that is empty but for counts of the same file and moment."""
    store = op.args["store"]
    if store not in facts.past.openings or not administers(facts.roles.get(op.by, []), op.acted_at):
        return False
    return facts.past.openings[store] in (None, Opening(op.client, op.at))


def _moved(decision: Decision) -> dict[Place, dict[str, int]]:
    """Units by shelf, item and lot; goods on the road are not counted."""
    sums: dict[Place, dict[str, int]] = {}
    for entry in decision.entries:
        if entry.location % 2 == 0:
            lots = sums.setdefault((entry.location, entry.item), {})
            lots[entry.lot] = lots.get(entry.lot, 0) + entry.delta
    return sums


def _compensate(decision: Decision, place: Place, variance: Variance) -> None:
    location, item = place
    at, count = variance.anchor.at, variance.anchor.operation
    decision.entries.append(Entry(location, item, variance.lot, variance.units, "count", at=at, anchored_by=count))
    promised = {"reserved": 0, "in_transit_in": 0, "in_transit_out": 0}
    decision.figures.append({"store": location // 2, "item": item, "on_hand": variance.units, **promised})


def _moment(op: Happened) -> Moment:
    return op.at, op.client, op.n
