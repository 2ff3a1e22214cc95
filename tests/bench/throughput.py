"""Operations a second over HTTP, one or fifty a request, beside a transaction a request in the same run."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from sqlalchemy import select

from server.catalogue.tables import items
from tests.bench.figures import Figure
from tests.bench.hub import STOCKHAND, USUAL, Booked, Databases, Hub, Kind, running
from tests.bench.phones import AT_WORK, adjustment

PHONES = 64
# The usual way has one writer on SQLite and as many as its pool holds on PostgreSQL: more phones would only wait.
USUAL_PHONES = 20
RUNS = 5
SECONDS = 2.0
# Operations that lie ready for each run: more than either answers in that time.
READY, USUAL_READY = 25_600, 8_000
AGAINST = "a transaction a request, a statement a step"


@dataclass(frozen=True, slots=True)
class Throughput:
    """`batch` operations a request; `must` is for operations a second where a figure of its own was promised."""

    kind: Kind
    batch: int
    must: str = ""

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        places = list(islice(cycle(AT_WORK), PHONES))
        with (
            running(databases.new(self.kind), places, STOCKHAND) as ours,
            running(databases.new(self.kind), places[:USUAL_PHONES], USUAL) as usual,
        ):
            rate(ours, self.batch, 0.5)
            pairs = [
                (rate(ours, self.batch, SECONDS), rate(usual, self.batch, SECONDS, USUAL_READY)) for _ in range(RUNS)
            ]
        against = f"{statistics.median(other for _, other in pairs):,.0f} with {AGAINST}"
        if self.must:
            yield Figure(name, "operations/s", [run for run, _ in pairs], self.must, True, against)
        yield Figure(f"{name}_ratio", "times", [run / other for run, other in pairs], ">= 4", versus=against)


def rate(hub: Hub, batch: int, seconds: float, operations: int = READY) -> float:
    """Operations a second that all phones together had answered; every one of them stands in the ledger."""
    goods = [row.id for row in hub.read(select(items.c.id).where(items.c.archived_at.is_(None)))]
    queues = [phone.renewed() for phone in hub.phones]
    ready = operations // len(queues) // batch
    sent = [[[adjustment(phone, goods) for _ in range(batch)] for _ in range(ready)] for phone in queues]
    before = hub.booked()
    seen = hub.send([phone.caller(batches) for phone, batches in zip(queues, sent, strict=True)], seconds)
    answered = [op for batches, count in zip(sent, seen.messages, strict=True) for ops in batches[:count] for op in ops]
    assert seen.statuses == {"applied": len(answered)}, seen.statuses
    assert max(seen.messages) < ready, "a phone ran out of work"
    after = hub.booked()
    units = sum(op["args"]["delta"] for op in answered)
    assert after == Booked(before.entries + len(answered), before.units + units), (before, after)
    return len(answered) / seen.seconds
