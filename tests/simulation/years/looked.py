"""The fifteen invariants by number, how often each was looked at, and how a year ends when one does not hold."""

from collections import Counter

INVARIANTS = {
    1: "every accepted operation has exactly one effect, however often it is pushed",
    2: "results of an outbox are a gap-free prefix",
    3: "when quiet, every phone's bucket is the hub's, rows and checksum",
    4: "the sequence of a bucket is dense over its history, and no cursor passes what is committed",
    5: "a phone holds no row of a bucket that its person may not read",
    6: "a pulled cut is consistent",
    7: "an operation is visible until it is replaced",
    8: "cursors and versions never go back within an epoch",
    9: "on hand is independent of arrival, and units are conserved",
    10: "a reservation is resolved at most once, and losers get the winner",
    11: "no fact is lost",
    12: "without faults every queue empties within a few rounds, and poison delays nobody else",
    13: "a reset ends and costs one snapshot",
    14: "after an older backup settled operations come back exactly once",
    15: "no operation has effect for a person who did not sign it",
}


class Broken(AssertionError):  # noqa: N818 -- an invariant, not a fault of the program
    """An invariant does not hold."""


class Looked:
    """Counts looks by invariant, and everything else that happened by its name."""

    def __init__(self) -> None:
        self.times: Counter[int] = Counter()
        self.happened: Counter[str] = Counter()

    def at(self, number: int, times: int = 1) -> None:
        self.times[number] += times

    def hold(self, number: int, holds: bool, what: object) -> None:
        """`what` is said only where it does not hold."""
        self.times[number] += 1
        if not holds:
            raise Broken(f"invariant {number} ({INVARIANTS[number]}): {what}")

    def count(self, what: str, times: int = 1) -> None:
        self.happened[what] += times

    def never(self) -> list[int]:
        """Invariants that nobody looked at: a run that proves nothing about them has failed."""
        return [number for number in INVARIANTS if not self.times[number]]
