"""What the rules allow, found by trying every operation in every state that they themselves lead to.

A step is (state, operation, state after); "" is the state of what is not there yet.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from server.counts import rules as count_rules
from server.counts import sessions
from server.decisions import Decision, Facts, Happened
from server.ledger import rules as ledger_rules
from server.people.roles import Role
from server.refusals import Refusal
from server.reviews import rules as review_rules
from server.transfers import rules as transfer_rules
from sync import projection

Step = tuple[str, str, str]
LENDER, BORROWER, ITEM = 1, 2, 7
AUTHOR, MANAGER, NOBODY = 5, 6, 9
# Enough to give too little, just as much and too much of the two that are asked for.
MOST = 3
# When no reservation stands any more.
LONG_AFTER = 400 * 86_400_000


def facts(archived: bool = False, on_hand: int = 10) -> Facts:
    item = {"sku": "A", "name_en": "Cup", "name_zh": "杯", "unit": "pc", "archived": archived}
    stores = (LENDER, BORROWER)
    manager = [Role(4, None, None, 0, None)]
    found = Facts(areas=dict.fromkeys(stores, 1), items={ITEM: item}, roles={AUTHOR: manager, MANAGER: manager})
    found.figures = {(store, ITEM): [on_hand, 0, 0, 0] for store in stores}
    found.past.units = {(store * 2, ITEM): {"": on_hand} for store in stores}
    return found


def happened(kind: str, args: dict[str, Any], by: int = AUTHOR, at: int = 1000) -> Happened:
    return Happened(f"{kind}-{at}", kind, args, at, by, "Ann", client="phone", n=at)


def transfer_steps() -> set[Step]:
    request = {"from": LENDER, "to": BORROWER, "lines": [{"line": "l", "item": ITEM, "quantity": 2}]}
    first = transfer_rules.decide(happened("transfer.request", request), facts()).transfer
    assert first
    steps: set[Step] = {("", "transfer.request", first["state"])}
    seen, waiting = set(), [first]
    while waiting:
        before = waiting.pop()
        units = [before["lines"][0][name] for name in ("approved", "dispatched", "received", "damaged", "lost")]
        place = (before["decision"], before["state"], *units)
        if place in seen or (units[1] or 0) > MOST or max(units[2] + units[3], abs(units[4])) > MOST:
            continue
        seen.add(place)
        for kind, args in _of_a_transfer(before):
            known = facts(on_hand=MOST)
            known.transfers = {"t": {**before, "id": "t"}}
            at = LONG_AFTER if kind == "transfer.expire" else 1000
            try:
                after = transfer_rules.decide(happened(kind, args, MANAGER, at), known).transfer
            except Refusal:
                continue
            assert after
            steps.add((before["state"], kind, after["state"]))
            approved = [event for event in after["events"][1:] if event["kind"] == "approve"]
            waiting.append({**after, "events": after["events"][:1] + approved[-1:]})
    return steps


def _of_a_transfer(before: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    line = before["lines"][0]["line"]
    whose = {"transfer": "t", "from_state": before["state"], "reason": "other"}
    for quantity in (1, 2):
        yield "transfer.approve", {**whose, "lines": [{"line": line, "quantity": quantity}]}
    for kind in ("unapprove", "reject", "cancel", "close"):
        yield f"transfer.{kind}", whose
    yield "transfer.expire", whose
    for quantity in (1, 2, 3):
        yield "transfer.dispatch", {**whose, "lines": [{"line": line, "quantity": quantity}]}
    for received, damaged in ((0, 0), (1, 0), (2, 0), (3, 0), (0, 1), (1, 1)):
        yield "transfer.receive", {**whose, "lines": [{"line": line, "received": received, "damaged": damaged}]}


def ended() -> set[str]:
    """States of a transfer after which nothing more is expected."""
    return {state for step in transfer_steps() for state in step[::2] if projection.has_ended(state)}


def adjustment_steps() -> set[Step]:
    steps: set[Step] = set()
    for by in (AUTHOR, NOBODY):
        for delta in (-12, -1, 1, 5001):
            for archived in (False, True):
                op = happened("stock.adjust", {"store": 1, "item": ITEM, "delta": delta, "reason": "other"}, by)
                steps |= _told("", op, ledger_rules.decide(op, facts(archived)), archived)
    return steps


def count_steps() -> set[Step]:
    store = {"store": BORROWER, "item": ITEM}
    begun = happened("count.open", {"store": BORROWER, "scope": "shelf", "blind": True, "sealed": False})
    ends = happened("count.close", {"session": begun.id})
    joins = replace(begun, by=MANAGER, args={**begun.args, "joins": begun.id})
    minded = facts()
    minded.minded = sessions.Counting()
    opened, closed = (_session(sessions.decide(op, minded)) for op in (begun, ends))
    row = {"store_id": BORROWER, "scope": "store", "blind": True, "sealed": False, "joins": None}
    minded.minded = sessions.Counting(row)
    joined = _session(sessions.decide(joins, minded))
    steps: set[Step] = {("", "count.open", opened), ("", "count.open", joined), (opened, "count.close", closed)}
    for by in (AUTHOR, NOBODY):
        for counted in (10, 90):
            for archived in (False, True):
                for unsure in (False, True):
                    op = replace(happened("stock.count", {**store, "counted": counted}, by), unsure=unsure)
                    steps |= _told("", op, count_rules.decide(op, facts(archived)), archived)
                    steps |= _by_shelves(op, archived)
    return steps


def _by_shelves(op: Happened, archived: bool) -> set[Step]:
    """An item known to lie on two shelves, counted on one and then on the other or on the same again."""
    known, place = facts(archived), (BORROWER * 2, ITEM)
    for n, shelf in enumerate(("A", "B")):
        earlier = happened("stock.count", {**op.args, "counted": 5, "shelf": shelf, "session": "earlier"}, at=10 + n)
        count_rules.settle(earlier, count_rules.decide(replace(earlier, accepted=True), known), known)
    steps: set[Step] = set()
    one, other = (
        replace(op, id=shelf, at=at, n=at, args={**op.args, "counted": units, "shelf": shelf, "session": "s"})
        for shelf, at, units in (("A", 2000, 5), ("B", 3000, op.args["counted"] - 5))
    )
    sure = replace(one, by=AUTHOR, unsure=False)
    decision = count_rules.decide(sure, known)
    steps |= _told("", sure, decision, archived)
    if decision.status == "applied":
        between = _state(decision)
        again = deepcopy(known)
        count_rules.settle(sure, decision, again)
        assert again.past.readings[place]
        if not decision.review:
            for following in (other, replace(other, args={**other.args, "shelf": "A"})):
                steps |= _told(between, following, count_rules.decide(following, again), archived)
    return steps


def _session(decision: Decision) -> str:
    return {"count_sessions": "counting", "count_ends": "ended"}[decision.writes[0].table]


def _state(decision: Decision) -> str:
    if decision.status == "review":
        return "waiting"
    if decision.review:
        return "looked_at"
    return "partly_read" if decision.reading and not decision.anchors else "booked"


def _told(before: str, op: Happened, decision: Decision, archived: bool) -> set[Step]:
    """The step, and those that a manager's word makes of it."""
    state = _state(decision)
    steps: set[Step] = {(before, op.kind, state)}
    if not decision.review:
        return steps
    # Its author may not settle it, whoever they are.
    for by, accept in ((op.by, True), (op.by, False), (MANAGER, True), (MANAGER, False)):
        known = facts(archived)
        known.minded = review_rules.Reviewed(
            replace(op, accepted=True), decision.status, BORROWER, frozenset({op.by}), True, None
        )
        try:
            said = review_rules.decide(happened("review.settle", {"operation": op.id, "accept": accept}, by), known)
        except Refusal:
            continue
        assert said.settlement
        after = "accepted" if said.accepts else "seen" if said.settlement.accepted else "declined"
        steps.add((state, "review.settle", after))
    return steps
