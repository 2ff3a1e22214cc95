"""What a page shows of work that waits for somebody's word, and what they say; twin of `reviews.js`.

A review is the row of a `reviews:` bucket, see `PROTOCOL.md`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sync.forms import Fields, Read, one, stripped
from sync.operations import may_be_accepted, problems
from sync.roles import Reader
from sync.unknown_codes import code_doubt, shown_code

Review = Mapping[str, Any]


def mine_to_settle(reviews: Iterable[Review], reader: Reader) -> list[Review]:
    """Those that the reader may settle, oldest first: of a store they manage, of none where they mind the chain.

    Never their own, and none that they accepted already and that waits for somebody else beside them.
    """
    found = [review for review in reviews if not _has_spoken(review, reader["person"]) and _minds(review, reader)]
    return sorted(found, key=lambda review: (review["at"], review["id"]))


def change_of(review: Review) -> int | None:
    """Units by which on hand of its one item changes when it is accepted; None where that cannot be said."""
    kind, args = review["kind"], review["args"]
    if review["status"] != "review":
        return None
    if kind == "stock.adjust":
        return int(args["delta"])
    if kind == "stock.move" and len(args["lines"]) == 1:
        return int(args["lines"][0]["delta"])
    if kind == "stock.count" and _of_the_whole_item(args) and review["units_then"] is not None:
        return int(args["counted"] - review["units_then"])
    return None


def _of_the_whole_item(args: Mapping[str, Any]) -> bool:
    return not args.get("lot") and not args.get("shelf") and not isinstance(args.get("scope"), list)


def item_of(review: Review) -> int:
    """The one item that it is about; 0 where it is about several or none."""
    args = review["args"]
    if review["kind"] in ("stock.adjust", "stock.count"):
        return int(args["item"])
    return int(args["lines"][0]["item"]) if review["kind"] == "stock.move" and len(args["lines"]) == 1 else 0


def review_row(
    review: Review, told: Mapping[str, Any], on_hand: int | None, waiting: str, store_name: str, taken_by: str = ""
) -> dict[str, Any]:
    """One review as a card. `told` is its line of `journal.told`, `on_hand` that of its store now, None where unknown.

    `waiting` is what this phone has said and not sent: accept, decline or "". Figures stand beside a flag that says
    whether they are known. `taken_by` is another item that has the barcode which somebody says is an item's.
    """
    barcode = review["args"].get("code", "") if review["kind"] == "barcode.teach" else ""
    change = change_of(review)
    then = review["units_then"]
    after = None if change is None or on_hand is None else on_hand + change
    return {
        **told,
        "person_name": review["name"],
        "store_name": store_name,
        "signed": review["signed"],
        "near": review["units_near"],
        "has_then": then is not None,
        "book_then": then or 0,
        "has_now": on_hand is not None,
        "book_now": on_hand or 0,
        "has_change": change is not None,
        "change": change or 0,
        "has_after": after is not None,
        "after": after or 0,
        "is_booked": review["status"] == "applied",
        "acceptable": may_be_accepted(review["kind"], review["signed"]),
        "barcode": shown_code(barcode) if barcode else "",
        "doubt": code_doubt(barcode) if barcode else "",
        "taken_by": taken_by,
        "rule": rule_of(review),
        "policy": dict(review["args"]) if review["kind"] == "policy.save" and "was" in review["args"] else None,
        "people": review.get("people", 1),
        "accepted_by": ", ".join(word["name"] for word in review.get("words", ())),
        "waiting": waiting,
    }


def rule_of(review: Review) -> dict[str, Any] | None:
    """The approval rule that somebody wants to make or take away; None for any other work."""
    args = review["args"]
    if review["kind"] != "approval.save" or "rule" not in args:
        return None
    told = {name: args[name] for name in ("work", "units", "cents", "level", "people", "gone")}
    return {**told, "reason": args.get("reason", ""), "percent": args.get("percent", 0)}


def review_groups(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What has no effect yet, then what is booked and wants a look; groups without rows are left out."""
    groups = {
        "waits": [row for row in rows if not row["is_booked"]],
        "booked": [row for row in rows if row["is_booked"]],
    }
    return [{"title": title, "rows": kept} for title, kept in groups.items() if kept]


def review_form(fields: Fields) -> Read:
    """A card of the page of reviews → `review.settle`."""
    said = one(fields, "accept")
    if said not in ("yes", "no"):
        return {"problem": {"code": "field_wrong", "params": {"field": "accept"}}}
    args: dict[str, Any] = {"operation": one(fields, "review"), "accept": said == "yes"}
    note = stripped(one(fields, "note"))
    if note:
        args["note"] = note
    elif "note" in fields and said == "no":
        # Where the card asks for a reason, its author shall hear one.
        return {"problem": {"code": "reason_missing", "params": {"field": "note"}}}
    found = problems("review.settle", 1, args)
    return {"problem": found[0]} if found else {"kind": "review.settle", "args": args}


def _has_spoken(review: Review, person: int) -> bool:
    return review["by"] == person or any(word["person"] == person for word in review.get("words", ()))


def _minds(review: Review, reader: Reader) -> bool:
    store = review["store"]
    return bool(reader["levels"].get(store, 0) >= review.get("level", 3) if store else reader["level"] == 5)
