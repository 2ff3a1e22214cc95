"""Who came first and who came second: each transfer is decided once, and the loser is told by whom."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from server.statements import from_json
from tests.simulation.years.looked import Looked

DECIDING = ("transfer.approve", "transfer.reject")


def resolved_once(looked: Looked, outcomes: Iterable[Any], transfers: Mapping[str, Any]) -> None:
    """One approval or rejection at most, and one end of what it promised."""
    deeds: dict[str, Counter[str]] = defaultdict(Counter)
    for row in outcomes:
        if row.status == "applied" and not row.repeats and row.kind.startswith("transfer."):
            deeds[from_json(row.args).get("transfer", row.operation_id)][row.kind] += 1
    for transfer, done in deeds.items():
        looked.hold(10, done["transfer.request"] == 1, f"{transfer} was asked for {done['transfer.request']} times")
        looked.hold(10, sum(done[kind] for kind in DECIDING) <= 1, f"{transfer} was decided more than once: {done}")
        taken_back = done["transfer.reject"] + done["transfer.cancel"]
        looked.hold(10, taken_back <= 1, f"{transfer} was taken back more than once: {done}")
        # What moves after the end is an exception, and that is closed once more.
        moved = done["transfer.dispatch"] + done["transfer.receive"]
        looked.hold(10, done["transfer.close"] <= moved, f"{transfer} was closed more often than it moved: {done}")
        decision = transfers[transfer].decision
        looked.hold(10, decision == _decision(done), f"{transfer} stands at {decision} after {dict(done)}")


def _decision(done: Counter[str]) -> str:
    """The last word of those that were said; cancelled goods that moved all the same are closed after that."""
    for kind, decision in (
        ("close", "closed"),
        ("cancel", "cancelled"),
        ("reject", "rejected"),
        ("approve", "approved"),
    ):
        if done[f"transfer.{kind}"]:
            return decision
    return "requested"


def losers_know_the_winner(looked: Looked, outcomes: Iterable[Any]) -> None:
    for row in outcomes:
        if row.status != "refused" or row.repeats:
            continue
        now = from_json(row.now)
        if row.code == "state_changed":
            looked.hold(10, bool(now) and {"state", "by", "at"} <= now.keys(), f"{row.kind}: who won? {now}")
        elif row.code == "not_enough_available":
            looked.hold(10, bool(now) and "available" in now, f"{row.kind}: how many are there? {now}")
