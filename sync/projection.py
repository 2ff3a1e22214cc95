"""What an operation makes of a transfer and of the stock figures; twin of `projection.js`.

The hub books by these rules and the phone shows what waits by them, so both agree before they have spoken.
A transfer is the document that `PROTOCOL.md` describes. Nothing here asks whether somebody may; the hub's rules do.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Transfer = dict[str, Any]
Line = dict[str, Any]
FIGURES = ("on_hand", "reserved", "in_transit_in", "in_transit_out")
ORDER = ("request", "push", "approve", "unapprove", "reject", "cancel", "expire", "dispatch", "receive", "close")
# Somebody who forgot to end a count is led by figures again the next day.
LONGEST_SESSION_MS = 24 * 3_600_000
# What is done in the store that gives, or in its name.
GIVES = ("push", "approve", "unapprove", "reject", "expire", "dispatch")
DECIDED = {
    "transfer.approve": "approved",
    "transfer.unapprove": "requested",
    "transfer.reject": "rejected",
    "transfer.cancel": "cancelled",
    "transfer.expire": "cancelled",
}


def transfer_after(before: Transfer | None, op: Mapping[str, Any], items: Mapping[int, Mapping[str, Any]]) -> Transfer:
    """The transfer once `op` has happened; `before` stays untouched.

    `op` is `{id, kind, args, at, by, name}` with `at` its effective time and `name` the person's name. `items` names
    the items of a request: `{id: {sku, name_en, name_zh, unit}}`.
    """
    args = op["args"]
    if before is None:
        after = _requested(op, items)
    else:
        after = {**before, "lines": [dict(line) for line in before["lines"]], "events": list(before["events"])}
        _change_lines(after["lines"], op["kind"], args, before["decision"] == "closed")
        after["decision"] = DECIDED.get(op["kind"], after["decision"])
        if op["kind"] == "transfer.close":
            after["decision"] = "closed"
    after["events"].append(_event(op, after))
    after["events"].sort(key=event_order)
    after["state"] = state_of(after["decision"], after["lines"])
    return after


def event_order(event: Mapping[str, Any]) -> tuple[int, int, str]:
    """The place of an event in the timeline: by time, and within one moment as a transfer goes."""
    return event["at"], ORDER.index(event["kind"]), event["operation"]


def state_of(decision: str, lines: Sequence[Line]) -> str:
    """What people decided and what goods did, in one word.

    Goods that moved without a standing approval, or arrived without having left, are an exception; it heals by itself
    when the missing dispatch comes in, and otherwise by closing.
    """
    moved = any(line["dispatched"] or line["received"] or line["damaged"] for line in lines)
    if not moved:
        return decision
    roads = [on_road(line) for line in lines]
    if decision == "closed":
        return "exception" if any(roads) else "closed"
    if decision != "approved" or any(road < 0 for road in roads):
        return "exception"
    if not any(line["received"] or line["damaged"] for line in lines):
        return "dispatched"
    return "short" if any(roads) or any(reserved(decision, line) for line in lines) else "received"


def has_ended(state: str) -> bool:
    """Nothing more is expected of it."""
    return state in ("received", "closed", "rejected", "cancelled")


def on_road(line: Line) -> int:
    """Units that left and neither arrived nor came back nor were written off."""
    return int(line["dispatched"] - line["received"] - line["damaged"] - line["lost"] - line.get("returned", 0))


def reserved(decision: str, line: Line) -> int:
    """Units promised and not yet gone."""
    return max((line["approved"] or 0) - line["dispatched"], 0) if decision == "approved" else 0


def is_pushed(transfer: Transfer) -> bool:
    """Whether the store that has the goods proposed it, and not the one that needs them."""
    return any(event["kind"] == "push" for event in transfer["events"])


def asking_store(transfer: Transfer) -> int:
    """The store in which somebody asked for it, and may cancel it."""
    return int(transfer["from" if is_pushed(transfer) else "to"])


def stock_effects(before: Transfer | None, after: Transfer) -> list[dict[str, int]]:
    """How the four figures of each store and item change, `{store, item, on_hand, reserved, …}`; zeros left out."""
    sums: dict[tuple[int, int], list[int]] = {}
    old = {line["line"]: line for line in before["lines"]} if before else {}
    for line in after["lines"]:
        was = old.get(line["line"])
        gone = line["dispatched"] - (was["dispatched"] if was else 0)
        come = line["received"] - (was["received"] if was else 0)
        back = line.get("returned", 0) - (was.get("returned", 0) if was else 0)
        road = on_road(line) - (on_road(was) if was else 0)
        kept = reserved(after["decision"], line) - (reserved(before["decision"], was) if before and was else 0)
        _add(sums, (after["from"], line["item"]), (back - gone, kept, 0, road))
        _add(sums, (after["to"], line["item"]), (come, 0, road, 0))
    return _effects(sums)


def adjust_effects(args: Mapping[str, Any]) -> list[dict[str, int]]:
    """The same for a `stock.adjust`."""
    figures = {"on_hand": args["delta"], "reserved": 0, "in_transit_in": 0, "in_transit_out": 0}
    return [{"store": args["store"], "item": args["item"], **figures}]


def move_effects(args: Mapping[str, Any]) -> list[dict[str, int]]:
    """The same for a `stock.move`."""
    sums: dict[tuple[int, int], list[int]] = {}
    for line in args["lines"]:
        _add(sums, (args["store"], line["item"]), (line["delta"], 0, 0, 0))
    return _effects(sums)


def counts_blindly(sessions: Iterable[Mapping[str, Any]], store: int, now: int) -> bool:
    """Whether one of a person's sessions of counting hides the figures of a store; see the rows `count:`."""
    return any(
        one["blind"] and one["store"] == store and not one["closed"] and one["at"] > now - LONGEST_SESSION_MS
        for one in sessions
    )


def count_effects(args: Mapping[str, Any], units: int) -> list[dict[str, int]]:
    """The same for a `stock.count` where the book says `units` of what was counted; nothing where both agree."""
    return _effects({(args["store"], args["item"]): [args["counted"] - units, 0, 0, 0]})


def steps(transfer: Transfer, levels: Mapping[int, int], person: int) -> dict[str, Any]:
    """What this person may do now: `step`, the next one or "", and what else: `may_unapprove` and the like.

    `levels` is the person's acting level (2-4) by store; stores without one are missing.
    """
    here, there = levels.get(transfer["from"], 0), levels.get(transfer["to"], 0)
    state = transfer["state"]
    decides = here >= 3 and transfer["requested_by"] != person
    may_close = state in ("dispatched", "short", "exception") and max(here, there) >= 3
    away = any(on_road(line) > 0 for line in transfer["lines"])
    step = ""
    if decides and state == "requested":
        step = "approve"
    elif here >= 2 and _still_to_go(transfer):
        step = "dispatch"
    elif state in ("dispatched", "short") and there >= 2 and away:
        step = "receive"
    elif may_close and state != "dispatched":
        step = "close"
    may_cancel = state in ("requested", "approved") and levels.get(asking_store(transfer), 0) >= 2
    return {
        "step": step,
        "may_unapprove": decides and state == "approved",
        "may_reject": decides and state == "requested",
        "may_cancel": may_cancel,
        "may_close": may_close,
        "may_return": may_close and here >= 3 and away,
        "may_find": state == "closed" and there >= 2 and any(line["lost"] > 0 for line in transfer["lines"]),
    }


def _requested(op: Mapping[str, Any], items: Mapping[int, Mapping[str, Any]]) -> Transfer:
    args = op["args"]
    lines = [
        {
            "line": number,
            "item": asked["item"],
            **{name: items[asked["item"]][name] for name in ("sku", "name_en", "name_zh", "unit")},
            "requested": asked["quantity"],
            "approved": None,
            **dict.fromkeys(("dispatched", "received", "damaged", "lost", "returned"), 0),
        }
        for number, asked in enumerate(args["lines"], start=1)
    ]
    return {
        "id": op["id"],
        "from": args["from"],
        "to": args["to"],
        "decision": "requested",
        "state": "requested",
        "requested_by": op["by"],
        "requested_at": op["at"],
        "note": args.get("note") or "",
        "lines": lines,
        "events": [],
    }


def _change_lines(lines: list[Line], kind: str, args: Mapping[str, Any], closed: bool) -> None:
    told = {line["line"]: line for line in args.get("lines", ())}
    back = {line["line"]: line["quantity"] for line in args.get("returned", ())}
    for line in lines:
        one = told.get(line["line"])
        if kind == "transfer.approve":
            line["approved"] = one["quantity"] if one else 0
        elif kind == "transfer.unapprove":
            line["approved"] = None
        elif kind == "transfer.close":
            line["returned"] = line.get("returned", 0) + back.get(line["line"], 0)
            line["lost"] += on_road(line)
        elif one and kind == "transfer.dispatch":
            line["dispatched"] += one["quantity"]
        elif one and kind == "transfer.receive":
            line["received"] += one["received"]
            line["damaged"] += one["damaged"]
            if closed:
                # Found again: what closing wrote off was not lost.
                line["lost"] -= min(max(-on_road(line), 0), max(line["lost"], 0))


def _event(op: Mapping[str, Any], transfer: Transfer) -> dict[str, Any]:
    kind = "push" if op["args"].get("push") else op["kind"].removeprefix("transfer.")
    store = asking_store(transfer) if kind == "cancel" else transfer["from" if kind in GIVES else "to"]
    parcel = op["args"].get("parcel")
    held = [line for line in op["args"]["lines"] if line["quantity"]] if parcel and kind == "dispatch" else []
    return {
        "operation": op["id"],
        "kind": kind,
        "at": op["at"],
        "by": op["by"],
        "name": op["name"],
        "store": store,
        "reason": op["args"].get("reason") or "",
        **({"parcel": parcel} if parcel else {}),
        **({"held": held} if held else {}),
    }


def _still_to_go(transfer: Transfer) -> bool:
    open_states = transfer["state"] in ("approved", "dispatched", "short")
    return open_states and any(reserved(transfer["decision"], line) for line in transfer["lines"])


def _effects(sums: Mapping[tuple[int, int], list[int]]) -> list[dict[str, int]]:
    return [
        {"store": store, "item": item, **dict(zip(FIGURES, figures, strict=True))}
        for (store, item), figures in sums.items()
        if any(figures)
    ]


def _add(sums: dict[tuple[int, int], list[int]], key: tuple[int, int], figures: tuple[int, int, int, int]) -> None:
    kept = sums.setdefault(key, [0, 0, 0, 0])
    for i, figure in enumerate(figures):
        kept[i] += figure
