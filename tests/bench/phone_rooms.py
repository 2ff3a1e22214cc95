"""How much memory a phone's worker holds, and what it is like with eight times as many goods."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.figures import Figure
from tests.bench.hub import Databases
from tests.bench.phones_at_work import p95
from tests.bench.shop_for_phones import Missing, ShopForPhones, measured


@dataclass(frozen=True, slots=True)
class WorkerMemory:
    """`HeapProfiler.collectGarbage`, then `Runtime.getHeapUsage` of the worker: heap in use, embedder's heap in use and
    the backing stores of array buffers.
    """

    shop: ShopForPhones
    must: str = "<= 40"

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        try:
            with self.shop.open(databases) as plan:
                runs = [measured("memory", plan) for _ in range(3)]
        except Missing as missing:
            yield Figure.skipped(name, "MiB", self.must, str(missing))
            return
        told = f"heap {runs[-1]['heap']:.1f}, array buffers {runs[-1]['buffers']:.1f}, after a collection"
        yield Figure(name, "MiB", [run["mib"] for run in runs], self.must, versus=told)


@dataclass(frozen=True, slots=True)
class LargeAssortment:
    """A store that carries nearly everything the customer has: it opens, finds and fits."""

    shop: ShopForPhones

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        try:
            with self.shop.open(databases) as plan:
                starts = measured("cold_start", {**plan, "runs": 5})["ms"]
                keys = [measured("search", {**plan, "words": 12})["ms"] for _ in range(3)]
        except Missing as missing:
            yield Figure.skipped(name, "ms", "<= 100", str(missing))
            return
        told = f"each key of words; a worker that had been stopped answers in {sorted(starts)[2]:.0f} ms"
        yield Figure(f"{name}_search", "ms", [p95(some) for some in keys], "<= 100", True, told)
        yield from WorkerMemory(self.shop, "<= 250")(f"{name}_memory", databases)
