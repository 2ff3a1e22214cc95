"""Who came first and who came second: each transfer is decided once, and the loser is told by whom."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from server.statements import from_json
from tests.simulation.years.looked import Looked

if TYPE_CHECKING:
    from tests.simulation.years.books import Ledgers

DECIDING = ("transfer.approve", "transfer.reject")


def resolved_once(looked: Looked, books: "Ledgers") -> None:
    """At most one approval or rejection stands, and what it promised ends once; one word on what was held back."""
    settled = Counter(
        from_json(row.args)["operation"]
        for row in books.outcomes
        if row.kind == "review.settle" and row.status == "applied" and not row.repeats
    )
    for operation, times in settled.items():
        looked.hold(10, times == 1, f"the review of {operation} was settled {times} times")
    deeds: dict[str, Counter[str]] = defaultdict(Counter)
    for row in books.outcomes:
        if books.has_effect(row) and row.kind.startswith("transfer."):
            deeds[from_json(row.args).get("transfer", row.operation_id)][row.kind] += 1
    for transfer, done in deeds.items():
        looked.hold(10, done["transfer.request"] == 1, f"{transfer} was asked for {done['transfer.request']} times")
        decided = sum(done[kind] for kind in DECIDING) - done["transfer.unapprove"]
        looked.hold(10, 0 <= decided <= 1, f"{transfer} was decided more than once: {done}")
        taken_back = sum(done[f"transfer.{kind}"] for kind in ("reject", "cancel", "expire"))
        looked.hold(10, taken_back <= 1, f"{transfer} was taken back more than once: {done}")
        # What moves after the end is an exception, and that is closed once more.
        moved = done["transfer.dispatch"] + done["transfer.receive"]
        looked.hold(10, done["transfer.close"] <= moved, f"{transfer} was closed more often than it moved: {done}")
        decision = books.transfers[transfer].decision
        looked.hold(10, decision == _decision(done), f"{transfer} stands at {decision} after {dict(done)}")


def _decision(done: Counter[str]) -> str:
    """The last word of those that were said; cancelled goods that moved all the same are closed after that."""
    for kind, decision in (
        ("close", "closed"),
        ("cancel", "cancelled"),
        ("expire", "cancelled"),
        ("reject", "rejected"),
    ):
        if done[f"transfer.{kind}"]:
            return decision
    return "approved" if done["transfer.approve"] > done["transfer.unapprove"] else "requested"


def losers_know_the_winner(looked: Looked, outcomes: Iterable[Any]) -> None:
    for row in outcomes:
        if row.status != "refused" or row.repeats:
            continue
        now = from_json(row.now)
        if row.code == "review_settled":
            looked.hold(10, bool(now) and {"accepted", "by", "at"} <= now.keys(), f"whose word stands? {now}")
        elif row.code == "state_changed":
            looked.hold(10, bool(now) and {"state", "by", "at"} <= now.keys(), f"{row.kind}: who won? {now}")
        elif row.code == "not_enough_available":
            looked.hold(10, bool(now) and "available" in now, f"{row.kind}: how many are there? {now}")
