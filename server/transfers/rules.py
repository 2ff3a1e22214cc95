"""Transfers: intents bind to the state they were made for, facts never do.

What a rule of the chain keeps for somebody else's word binds to its state once more when it is accepted.

Asking, approving, taking that back, rejecting, cancelling and closing: the first wins, the loser is told what the
winner left. Dispatch and receipt have happened: they add up, whoever else was there, and what should not have happened
is an exception.
"""

from typing import Any

from server.approvals.words import Word
from server.decisions import ON_HAND, Decision, Entry, Facts, Happened, Needs, Overtaken, held_back
from server.refusals import Refusal
from sync.gs1 import sscc_of
from sync.papers import DAY_MS
from sync.projection import asking_store, has_ended, on_road, stock_effects, transfer_after

Transfer = dict[str, Any]


def needs(op: Happened) -> Needs:
    if op.kind == "transfer.request":
        return Needs(items={line["item"] for line in op.args["lines"]})
    return Needs(transfers={op.args["transfer"]})


def decide(op: Happened, facts: Facts) -> Decision:
    if op.kind == "transfer.request":
        return _request(op, facts)
    before = facts.transfers.get(op.args["transfer"])
    if before is None:
        raise Refusal("transfer_unknown")
    _lines_known(op, before)
    if op.kind in ("transfer.dispatch", "transfer.receive"):
        return _moved(op, before, facts)
    _INTENTS[op.kind](op, before, facts)
    word = None if op.accepted else _word(op, before, facts)
    return held_back("approval_rule", word=word, people=word.people) if word else _followed(op, before, facts)


def _request(op: Happened, facts: Facts) -> Decision:
    donor, to = op.args["from"], op.args["to"]
    if donor not in facts.areas or to not in facts.areas:
        raise Refusal("store_unknown")
    if donor == to:
        raise Refusal("same_store")
    if facts.level(op.by, donor if op.args.get("push") else to, op.at) < 2:
        raise Refusal("not_allowed")
    for line in op.args["lines"]:
        if facts.item(line["item"])["archived"]:
            raise Refusal("item_archived", item=line["item"])
    return _followed(op, None, facts)


def _approve(op: Happened, before: Transfer, facts: Facts) -> None:
    _may_decide(op, before, facts, "requested")
    asked = {line["line"]: line for line in before["lines"]}
    given = [(asked[line["line"]], line["quantity"]) for line in op.args["lines"] if line["quantity"]]
    if not given:
        raise Refusal("nothing_to_approve")
    for line, quantity in given:
        available = facts.available(before["from"], line["item"])
        if quantity > line["requested"]:
            raise Refusal("more_than_requested", requested=line["requested"])
        if quantity > available:
            # A promise must be kept from what is there: this is what keeps two hundred from taking one hundred.
            now = {"state": before["state"], "available": available}
            raise Overtaken("not_enough_available", now, item=line["item"], available=available)


def _unapprove(op: Happened, before: Transfer, facts: Facts) -> None:
    # Once goods have left, the state says so: what was promised is no longer somebody's to take back.
    _may_decide(op, before, facts, "approved")


def _reject(op: Happened, before: Transfer, facts: Facts) -> None:
    _may_decide(op, before, facts, "requested")


def _cancel(op: Happened, before: Transfer, facts: Facts) -> None:
    if facts.level(op.by, asking_store(before), op.at) < 2:
        raise Refusal("not_allowed")
    _still(op, before, ("requested", "approved"))


def _expire(op: Happened, before: Transfer, facts: Facts) -> None:
    """The hub says so by itself, in the name of whoever approved; see `expiry.py`."""
    _still(op, before, ("approved",))
    approval = approval_of(before)
    if approval is None or approval["by"] != op.by:
        raise Refusal("not_allowed")
    if op.at < runs_out_at(approval, facts.policies.reservation_days):
        raise Refusal("still_reserved", days=facts.policies.reservation_days)


def approval_of(transfer: Transfer) -> dict[str, Any] | None:
    """The event by which an approved transfer is approved."""
    return next((event for event in reversed(transfer["events"]) if event["kind"] == "approve"), None)


def runs_out_at(approval: dict[str, Any], days: int) -> int:
    """When what it reserves is free again, unless something leaves before."""
    return int(approval["at"]) + days * DAY_MS


def _close(op: Happened, before: Transfer, facts: Facts) -> None:
    # What came back lies where it was sent from: nobody elsewhere has seen it.
    back = op.args.get("returned", ())
    ends = ("from",) if back else ("from", "to")
    if not op.accepted and max(facts.level(op.by, before[end], op.at) for end in ends) < 3:
        raise Refusal("not_allowed")
    _still(op, before, ("dispatched", "short", "exception"))
    away = {line["line"]: max(on_road(line), 0) for line in before["lines"]}
    for line in back:
        if line["quantity"] > away[line["line"]]:
            raise Refusal("more_than_on_road", on_road=away[line["line"]])


def _word(op: Happened, before: Transfer, facts: Facts) -> Word | None:
    """Whose words the promise of an approval needs, or what a closing writes off."""
    lines = {line["line"]: line for line in before["lines"]}
    if op.kind == "transfer.approve":
        promised = [(lines[line["line"]]["item"], line["quantity"]) for line in op.args["lines"]]
        return facts.word_on_lines(op.kind, before["from"], promised)
    if op.kind != "transfer.close":
        return None
    back = {line["line"]: line["quantity"] for line in op.args.get("returned", ())}
    lost = [(line["item"], max(on_road(line), 0) - back.get(name, 0)) for name, line in lines.items()]
    return facts.word_on_lines(op.kind, before["to"], lost)


def _may_decide(op: Happened, before: Transfer, facts: Facts, state: str) -> None:
    if not op.accepted and facts.level(op.by, before["from"], op.at) < 3:
        raise Refusal("not_allowed")
    if before["requested_by"] == op.by:
        raise Refusal("own_request")
    _still(op, before, (state,))


def _still(op: Happened, before: Transfer, states: tuple[str, ...]) -> None:
    if before["state"] != op.args["from_state"] or before["state"] not in states:
        last = before["events"][-1]
        now = {"state": before["state"], "by": last["name"], "at": last["at"]}
        raise Overtaken("state_changed", now, state=before["state"])


def _moved(op: Happened, before: Transfer, facts: Facts) -> Decision:
    leaving, parcel = op.kind == "transfer.dispatch", op.args.get("parcel")
    if parcel and sscc_of(parcel) != parcel:
        raise Refusal("parcel_wrong")
    if not op.accepted and facts.level(op.by, before["from" if leaving else "to"], op.at) < 2:
        return held_back("not_allowed")
    decision = _followed(op, before, facts)
    after = decision.transfer or before
    if before["decision"] != "approved" or has_ended(before["state"]):
        decision.review, decision.code, decision.params = True, "after_end", {"state": before["state"]}
    elif leaving and any(line["dispatched"] > (line["approved"] or 0) for line in after["lines"]):
        decision.review, decision.code = True, "more_than_approved"
    elif leaving and (item := _blocked(before, after, facts)):
        decision.review, decision.code, decision.params = True, "lot_blocked", {"item": item}
    elif again := _told_before(op, before):
        decision.review, decision.code, decision.params = True, again, {"parcel": op.args["parcel"]}
    elif short := _below_zero(decision, facts):
        decision.code, decision.params = "below_zero", short
    return decision


def _told_before(op: Happened, before: Transfer) -> str:
    """Why somebody must look: the parcel has left, or come, before; both are booked, for both were seen."""
    kind, parcel = op.kind.removeprefix("transfer."), op.args.get("parcel")
    if parcel and any(event["kind"] == kind and event.get("parcel") == parcel for event in before["events"]):
        return "parcel_sent_before" if kind == "dispatch" else "parcel_received_before"
    return ""


def _followed(op: Happened, before: Transfer | None, facts: Facts) -> Decision:
    after = transfer_after(before, op.document(), facts.items)
    return Decision(entries=_entries(before, after), figures=stock_effects(before, after), transfer=after)


def _entries(before: Transfer | None, after: Transfer) -> list[Entry]:
    """Ledger lines for goods that moved; those between store and road sum to zero."""
    if before is None:
        return []
    source, road, target = after["from"] * 2, after["to"] * 2 + 1, after["to"] * 2
    found: list[Entry] = []
    for was, line in zip(before["lines"], after["lines"], strict=True):
        gone = line["dispatched"] - was["dispatched"]
        broken = line["damaged"] - was["damaged"]
        come = line["received"] - was["received"] + broken
        lost = line["lost"] - was["lost"]
        back = line["returned"] - was["returned"]
        rows = (
            (source, back - gone, "dispatch"),
            (road, gone - back, "dispatch"),
            (road, -come, "receive"),
            (target, come, "receive"),
            (target, -broken, "damage"),
            (road, -lost, "loss"),
        )
        found += [Entry(at, line["item"], "", delta, kind, None, after["id"]) for at, delta, kind in rows if delta]
    return found


def _below_zero(decision: Decision, facts: Facts) -> dict[str, int | str] | None:
    for change in decision.figures:
        left = facts.figure(change["store"], change["item"], ON_HAND) + change["on_hand"]
        if change["on_hand"] < 0 and left < 0:
            return {"item": change["item"], "on_hand": left}
    return None


def _blocked(before: Transfer, after: Transfer, facts: Facts) -> int:
    """An item of which goods of a blocked lot left, or may have; 0 where there is none."""
    for was, line in zip(before["lines"], after["lines"], strict=True):
        gone = line["dispatched"] - was["dispatched"]
        if gone and facts.blocked_left(before["from"], line["item"], gone):
            return int(line["item"])
    return 0


def _lines_known(op: Happened, before: Transfer) -> None:
    known = {line["line"] for line in before["lines"]}
    told = (*op.args.get("lines", ()), *op.args.get("returned", ()))
    if any(line["line"] not in known for line in told):
        raise Refusal("line_unknown")


_INTENTS = {
    "transfer.approve": _approve,
    "transfer.unapprove": _unapprove,
    "transfer.reject": _reject,
    "transfer.cancel": _cancel,
    "transfer.expire": _expire,
    "transfer.close": _close,
}
