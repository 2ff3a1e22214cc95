"""What staff wait for on a phone that carries the whole catalogue: a code, a key, a form, a worker that had slept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.bench.figures import Figure
from tests.bench.hub import Databases
from tests.bench.shop_for_phones import Missing, ShopForPhones, measured

RUNS = 3


def p95(some: list[float]) -> float:
    return sorted(some)[len(some) * 95 // 100]


@dataclass(frozen=True, slots=True)
class Waits:
    """A script of `phone/` that tells how long each of many waits took, in milliseconds, by what was waited for.

    `musts` are bounds of the slowest twentieth by that name ("" for the only one); with `throttled` it is measured once
    more on a quarter of a processor.
    """

    shop: ShopForPhones
    script: str
    musts: dict[str, str]
    throttled: str = ""
    wishes: dict[str, Any] = field(default_factory=dict)

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
                middle = sorted(wait for some in waits for wait in some)
                told = f"slowest twentieth of {len(waits[0])}; half are within {middle[len(middle) // 2]:.0f} ms"
                yield Figure(called(name, what), "ms", [p95(some) for some in waits], must, True, told)


def called(name: str, what: str) -> str:
    return f"{name}_{what}" if what else name
