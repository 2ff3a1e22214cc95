"""What staff wait for on a phone that carries the whole catalogue: a code, a key, a form, a worker that had slept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.bench.figures import Figure
from tests.bench.hub import Databases
from tests.bench.shop_for_phones import Missing, ShopForPhones, measured

RUNS = 3


def p95(some: list[float]) -> float:
    return within(some, 95)


def within(some: list[float], percent: int) -> float:
    """How long so many of a hundred waits took at most."""
    return sorted(some)[len(some) * percent // 100]


@dataclass(frozen=True, slots=True)
class Waits:
    """A script of `phone/` that tells how long each of many waits took, in milliseconds, by what was waited for.

    `musts` are bounds by that name ("" for the only one) for `percent` of the waits; with `throttled` it is measured
    once more on a quarter of a processor.
    """

    shop: ShopForPhones
    script: str
    musts: dict[str, str]
    throttled: str = ""
    wishes: dict[str, Any] = field(default_factory=dict)
    percent: int = 95

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        for throttled in (False, True) if self.throttled else (False,):
            musts = {"throttled": self.throttled} if throttled else self.musts
            try:
                with self.shop.open(databases) as plan:
                    wishes = {**plan, **self.wishes, "throttled": throttled}
                    found = [measured(self.script, wishes) for _ in range(RUNS)]
            except Missing as missing:
                yield from (
                    Figure.skipped(called(name, what), "ms", must, str(missing)) for what, must in musts.items()
                )
                continue
            for what, must in musts.items():
                waits = [one.get(what) or one["ms"] for one in found]
                every = [wait for some in waits for wait in some]
                shares = ", ".join(f"{share} % within {within(every, share):.0f} ms" for share in (50, 95))
                told = f"{self.percent} % of {len(waits[0])} waits a run; of all {shares}"
                yield Figure(called(name, what), "ms", [within(some, self.percent) for some in waits], must, True, told)


def called(name: str, what: str) -> str:
    return f"{name}_{what}" if what else name
