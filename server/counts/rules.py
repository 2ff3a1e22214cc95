"""Counts: what eyes saw stands at its moment, and every movement told late makes room for the counts after it."""

from collections.abc import Mapping

from server.approvals.words import Word
from server.counts.agreement import FAR_FROM_BOOK
from server.counts.past import ON_PAPER, Anchor, Moment, Opening, Past, Place, Reading, Variance, moment_of, on_hand
from server.counts.readings import anchors_of, shelves_of
from server.decisions import Decision, Entry, Facts, Happened, Needs, Touch, Write, held_back, last_days
from server.people.roles import administers
from server.refusals import Refusal
from sync.projection import count_effects

MINUTE_MS = 60_000


def needs(op: Happened) -> Needs:
    place = (op.args["store"], op.args["item"])
    return Needs(items={op.args["item"]}, figures={place}, counted={place})


def decide(op: Happened, facts: Facts) -> Decision:
    store, item = op.args["store"], op.args["item"]
    if store not in facts.areas:
        raise Refusal("store_unknown")
    archived = facts.item(item)["archived"]
    opens = _opens(op, facts)
    # Whoever brings a file answers for the store's books; at a shelf everybody counts who works there.
    least = 2 if op.placed_at is None else 3
    if not op.accepted and facts.level(op.by, store, op.acted_at) < least and not opens:
        return held_back("not_allowed")
    # The phone may not know yet that it was merged; the shelf holds one article, under the name that it has now.
    decision = _counted(op, facts.merged.get(item, item), facts, opens)
    decision.last_days = last_days([{**op.args, "item": facts.merged.get(item, item)}])
    if decision.status == "applied" and (archived or item in facts.merged):
        decision.review, decision.params = True, {"item": item}
        decision.code = "item_merged" if item in facts.merged else "item_archived"
    return decision


def _counted(op: Happened, item: int, facts: Facts, opens: bool) -> Decision:
    place, past = (op.args["store"] * 2, item), facts.past
    lot, counted = op.args.get("lot") or None, op.args["counted"]
    if shelves := shelves_of(op.args):
        session = op.args.get("session") or op.id
        return _read(op, place, Reading(*_moment(op), op.id, session, shelves, lot, counted), facts)
    anchor = Anchor(*_moment(op), op.id, lot, counted, op.at if op.placed_at is None else None)
    units = on_hand(past.before(place, _moment(op)), lot)
    if doubt := _doubt(op, place, anchor, units, facts):
        return doubt
    decision = Decision(figures=count_effects({**op.args, "item": item}, units))
    if counted != units:
        decision.entries = [Entry(place[0], item, lot or "", counted - units, "count", anchored_by=op.id)]
    decision.anchors = [(place, anchor)]
    if opens and past.openings.get(op.args["store"]) is None:
        opening = {"client_id": op.client, "effective_at": op.at, "person_id": op.by}
        decision.writes = [Write("openings", {"store_id": op.args["store"]}, opening)]
    return decision


def _read(op: Happened, place: Place, reading: Reading, facts: Facts) -> Decision:
    """Some shelves: a count only once all are read that are known to hold the item."""
    held = facts.past.readings.get(place, [])
    before, after = anchors_of(held), anchors_of([*held, reading])
    own = (reading.session, reading.lot)
    if own in after and after[own] != before.get(own):
        units = facts.past.before(place, moment_of(after[own]))
        for lot, booked in facts.past.booked_by(place, after[own]).items():
            units[lot] = units.get(lot, 0) - booked
        doubt = _doubt(op, place, after[own], on_hand(units, reading.lot), facts)
    else:
        doubt = held_back("count_clock") if op.unsure and not op.accepted else None
    if doubt:
        return doubt
    return Decision(
        reading=(place, reading),
        released=[(place, anchor) for whose, anchor in before.items() if after.get(whose) != anchor],
        anchors=[(place, anchor) for whose, anchor in after.items() if before.get(whose) != anchor],
    )


def _doubt(op: Happened, place: Place, anchor: Anchor, units: int, facts: Facts) -> Decision | None:
    """Why a count waits for somebody's word, and by how much on hand would differ were what moved near it on its other
    side. `units` is what the book says of its moment.

    Nothing that its author is told may say what the book expected.
    """
    if op.accepted or op.placed_at is not None:
        return None
    policies = facts.policies
    near = [
        (when, delta)
        for when, delta in facts.past.moves.get(place, ())
        if _is_near(anchor, when, policies.count_clock_minutes)
    ]
    other_side = sum(_other_side(anchor, when, delta) for when, delta in near)
    variance = abs(anchor.counted - units)
    word = facts.word(op, variance, units) if variance else None
    if op.unsure or near:
        return _held_back("count_clock" if op.unsure else "count_moved", other_side, word)
    tolerated = variance <= policies.count_tolerance_units
    if word or (not tolerated and variance * 100 > policies.count_tolerance_percent * abs(units)):
        return _held_back(FAR_FROM_BOOK, 0, word)
    return None


def _is_near(anchor: Anchor, when: Moment, minutes: int) -> bool:
    """Whether what happened then came between the shelves of a count, or so close by another phone's clock that nobody
    can say which came first.
    """
    if anchor.until is None:
        return False
    at, client, _n = when
    if anchor.at < at < anchor.until:
        return True
    around = minutes * MINUTE_MS
    return client != anchor.client and anchor.at - around <= at <= anchor.until + around


def _other_side(anchor: Anchor, when: Moment, delta: int) -> int:
    return -delta if when > moment_of(anchor) else delta


def _held_back(code: str, near: int, word: Word | None) -> Decision:
    decision = held_back(code, word=word)
    decision.near = near
    return decision


def settle(op: Happened, decision: Decision, facts: Facts) -> None:
    """Keep every count after `op` true whatever `op` moved, and let the past follow. Adds to the decision."""
    past, moment = facts.past, _moment(op)
    if not (past.anchors or past.units or decision.anchors or decision.reading):
        return
    _look_twice(op, decision, facts)
    _done(decision, past)
    moved = _moved(decision)
    late = [(place, variance) for place, units in moved.items() for variance in past.variances(place, moment, units)]
    for entry in decision.entries:
        place = (entry.location, entry.item)
        past.book(place, moment, entry.lot, entry.delta)
        if entry.kind not in ON_PAPER:
            past.moved(place, moment, entry.delta)
    for place, variance in late:
        past.book(place, moment_of(variance.anchor), variance.lot, variance.units)
        _compensate(decision, place, variance)
    if decision.reading:
        _recount(decision, past)
    else:
        for place, anchor in decision.anchors:
            past.anchor(place, anchor)
    if any(write.table == "openings" for write in decision.writes):
        past.openings[op.args["store"]] = Opening(op.client, op.at)


def _done(decision: Decision, past: Past) -> None:
    """What was counted in full, all of its lots, is on no list of what to count any more."""
    counted = {place for place, anchor in decision.anchors if anchor.lot is None}
    for location, item in sorted(past.due & counted):
        decision.writes.append(Write("count_dues", {"store_id": location // 2, "item_id": item}, None))
        decision.touched.append(Touch(f"counts:{location // 2}", f"due:{item}", gone=True))
    past.due -= counted


def _recount(decision: Decision, past: Past) -> None:
    """Take back what kept the released counts true, and make the new ones true, in the books as they are now."""
    sums: dict[tuple[Place, str, Anchor], int] = {}

    def keep_true(place: Place, anchor: Anchor, lot: str, units: int) -> None:
        later = past.variances(place, moment_of(anchor), {lot: units})
        for variance in (Variance(anchor, lot, units), *later):
            past.book(place, moment_of(variance.anchor), variance.lot, variance.units)
            key = (place, variance.lot, variance.anchor)
            sums[key] = sums.get(key, 0) + variance.units

    for place, anchor in decision.released:
        booked = past.booked_by(place, anchor)
        past.release(place, anchor)
        for lot, units in booked.items():
            if units:
                keep_true(place, anchor, lot, -units)
    for place, anchor in sorted(decision.anchors, key=lambda one: moment_of(one[1])):
        units = anchor.counted - on_hand(past.before(place, moment_of(anchor)), anchor.lot)
        if units:
            keep_true(place, anchor, anchor.lot or "", units)
        past.anchor(place, anchor)
    for (place, lot, anchor), units in _by_count(sums).items():
        _compensate(decision, place, Variance(anchor, lot, units))
    if decision.reading:
        place, reading = decision.reading
        past.readings.setdefault(place, []).append(reading)


def _by_count(sums: Mapping[tuple[Place, str, Anchor], int]) -> dict[tuple[Place, str, Anchor], int]:
    """One entry a count and lot: one that was recounted is the same count, with another figure."""
    found: dict[tuple[Place, str, str], tuple[Anchor, int]] = {}
    for (place, lot, anchor), units in sums.items():
        _earlier, before = found.get((place, lot, anchor.operation), (anchor, 0))
        found[place, lot, anchor.operation] = (anchor, before + units)
    return {(place, lot, anchor): units for (place, lot, _id), (anchor, units) in found.items() if units}


def _look_twice(op: Happened, decision: Decision, facts: Facts) -> None:
    """What moved so near to another phone's count that nobody can say which came first is booked, and looked at."""
    if op.accepted or op.placed_at is not None or decision.anchors or decision.reading:
        return
    minutes = facts.policies.count_clock_minutes
    near = [
        _other_side(anchor, _moment(op), sum(units.values()))
        for place, units in _moved(decision).items()
        for anchor in facts.past.anchors.get(place, ())
        if _is_near(anchor, _moment(op), minutes)
    ]
    if near:
        decision.review, decision.near = True, near[0]
        decision.code = decision.code or "near_a_count"


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
