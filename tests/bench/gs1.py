"""Whether a phone and the hub make the same of every code."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.figures import Figure
from tests.bench.hub import TOP, Databases
from tests.sync.gs1_twins import compared

STRINGS, BATCHES = 10_000, 10


@dataclass(frozen=True, slots=True)
class Gs1Twins:
    """Strings as labels and links have them, whole and spoilt, each batch read on another day."""

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        examples = json.loads((TOP / "sync/examples/gs1.json").read_text("utf-8"))
        count = sum(map(len, examples.values()))
        yield Figure(
            f"{name}_examples", "examples", [count], ">= 300", versus="each with its rule, held by `make test`"
        )
        batches = [compared(1_000 + batch, STRINGS, f"20{26 + batch * 7}-06-30") for batch in range(BATCHES)]
        differing = [len(batch.differing) for batch in batches]
        yield Figure(f"{name}_differences", "strings", [sum(differing)], "== 0", versus=f"of {STRINGS * BATCHES:,}")
