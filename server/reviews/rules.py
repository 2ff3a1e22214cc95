"""Settling a review: an intent of somebody who may, once, and never of whoever did the work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.approvals.words import ONE_MANAGER, Word
from server.counts.agreement import FAR_FROM_BOOK, Sighting, agree
from server.decisions import Decision, Facts, Happened, Needs, Overtaken, Settlement, Touch, Write
from server.people.roles import administers
from server.refusals import Refusal

# Of the buckets that hear of reviews: whether they do is known only when an operation is decided.
LATE = ("reviews:", "counts:")


@dataclass(slots=True)
class Reviewed:
    """What waits to be settled: `happened` is the operation as it will have effect once it is accepted.

    `store` is 0 where it is about none. `authors` are who did it and who it says did it. `settled` is what became of
    it, `{accepted, by, at}` with the winner's name, once somebody was first. Where it `takes_effect` by this word,
    `needs` is what the operation itself asks for, and `minded` what its own noun loads for it.
    """

    happened: Happened
    status: str
    store: int
    authors: frozenset[int]
    acceptable: bool
    told_to: str | None
    code: str | None = None
    settled: Mapping[str, Any] | None = None
    needs: Needs = field(default_factory=Needs)
    takes_effect: bool = False
    minded: Any = None
    buckets: set[str] = field(default_factory=set)
    # What it said where it is a count of a whole item, and what the count said that is named beside it.
    seen: Sighting | None = None
    seen_again: Sighting | None = None
    # Whose words it needs, and who accepted it so far.
    word: Word = ONE_MANAGER
    words: Sequence[int] = ()


def needs(_op: Happened) -> Needs:
    return Needs()


def decide(op: Happened, facts: Facts) -> Decision:
    review: Reviewed | None = facts.minded
    if review is None:
        raise Refusal("review_unknown")
    if not (_seen_alike(op, review, facts) if "count" in op.args else _may(op, review, facts)):
        raise Refusal("not_allowed")
    if op.by in review.authors:
        raise Refusal("own_work")
    if review.settled:
        now = dict(review.settled)
        raise Overtaken("review_settled", now, name=now["by"], accepted=int(now["accepted"]))
    if op.by in review.words and op.args["accept"]:
        raise Refusal("word_given")
    accepted = op.args["accept"]
    if review.status == "applied" and not accepted:
        raise Refusal("review_has_effect")
    if accepted and review.status == "review" and not review.acceptable:
        raise Refusal("review_no_fact")
    decision = Decision()
    if accepted and review.status == "review" and len(review.words) + 1 < review.word.people:
        return _one_of_several(op, review)
    decision.settlement = Settlement(
        review.happened.id, accepted, op.by, op.at, settled_in=op.id, note=op.args.get("note") or ""
    )
    told = rows_of_review(review.happened.id, review.code, review.store)
    decision.touched = [Touch(*row, gone=True) for row in told]
    if review.told_to:
        decision.touched.append(Touch(review.told_to, f"outcome:{review.happened.id}"))
    if accepted and review.status == "review":
        decision.accepts = review.happened
    return decision


def _one_of_several(op: Happened, review: Reviewed) -> Decision:
    """An acceptance that waits for another person's."""
    said = {"said_at": op.at, "said_in": op.id}
    return Decision(
        code="one_of_several",
        params={"people": review.word.people},
        writes=[Write("review_words", {"operation_id": review.happened.id, "person_id": op.by}, said)],
        touched=[Touch(f"reviews:{review.store}", f"review:{review.happened.id}")],
    )


def rows_of_review(operation: str, code: str | None, store: int) -> list[tuple[str, str]]:
    """(bucket, key) of what phones are told while it waits: who may settle it, and for a count that is far from the
    book whoever may count once more.
    """
    rows = [(f"reviews:{store}", f"review:{operation}")]
    return [*rows, (f"counts:{store}", f"recount:{operation}")] if code == FAR_FROM_BOOK and store else rows


def _seen_alike(op: Happened, review: Reviewed, facts: Facts) -> bool:
    """Whether a second person, who says so, counted the same."""
    one, other = review.seen, review.seen_again
    if not one or not other or not op.args["accept"] or op.by != other.by or review.word != ONE_MANAGER:
        return False
    return agree(one, other, facts.policies.count_tolerance_units)


def _may(op: Happened, review: Reviewed, facts: Facts) -> bool:
    if review.store:
        return facts.level(op.by, review.store, op.at) >= review.word.level
    return administers(facts.roles.get(op.by, []), op.at)


def store_of(
    kind: str, args: Mapping[str, Any], transfers: Mapping[str, Mapping[str, Any]], stores: Mapping[int, Any]
) -> int:
    """The store whose manager looks at such an operation, 0 where it is about none that we know.

    What leaves is the lender's to look at, the rest of a transfer the borrower's. `args` are of sound shape.
    """
    store = 0
    if kind.startswith(("stock.", "count.", "code.")) or kind == "barcode.teach":
        store = args.get("store", 0)
    elif kind == "transfer.request":
        store = args["from" if args.get("push") else "to"]
    elif kind.startswith("transfer.") and args["transfer"] in transfers:
        leaves = kind in ("transfer.dispatch", "transfer.approve", "transfer.unapprove", "transfer.reject")
        store = transfers[args["transfer"]]["from" if leaves else "to"]
    return store if store in stores else 0
