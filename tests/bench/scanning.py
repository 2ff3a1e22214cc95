"""What the scan page reads and how soon: from a camera that plays videos of codes, and from a hand scanner's keys."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.figures import Figure
from tests.bench.hub import Databases
from tests.bench.shop_for_phones import Missing, measured

RUNS = 3
MUSTS = {
    "frames": ("a second", ">= 15"),
    "long_tasks": ("tasks", "== 0"),
    "first_read": ("ms", "<= 500"),
    "burst": ("codes", "== 10"),
    "returned": ("scans", "== 2"),
    "rested": ("scans", "== 1"),
    "wedge": ("codes", "== 20"),
    "slow_lookups": ("codes", "== 20"),
}


@dataclass(frozen=True, slots=True)
class Scanning:
    """At 1280 × 720 and 30 pictures a second, in Chromium."""

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        try:
            if not shutil.which("chromium"):
                raise Missing("no Chromium is here")
            found = [measured("camera", {"throttled": False}) for _ in range(RUNS)]
        except Missing as missing:
            for what, (unit, must) in MUSTS.items():
                yield Figure.skipped(f"{name}_{what}", unit, must, str(missing))
            return
        runs = {
            "frames": [one["frames"] for one in found],
            "long_tasks": [one["long"] for one in found],
            "first_read": [ms for one in found for ms in one["first"]],
            "burst": [one["burst"] for one in found],
            "returned": [sum(one["returned"]) for one in found],
            "rested": [sum(one["rested"]) for one in found],
            "wedge": [one["wedge"]["counted"] for one in found],
            "slow_lookups": [one["slow"]["counted"] for one in found],
        }
        told = {
            "frames": "a code at rest, looked at for five seconds",
            "first_read": "from the tap that leads to the page, its reader loaded before",
            "burst": "ten different codes in two seconds",
            "returned": "a code that leaves and comes back",
            "rested": "a code that rests for three seconds",
            "wedge": f"keys of twenty codes, some alike, in {max(one['wedge']['ms'] for one in found):.0f} ms at most",
            "slow_lookups": "every look-up takes a second",
        }
        for what, (unit, must) in MUSTS.items():
            is_absolute = not must.startswith("==")
            yield Figure(f"{name}_{what}", unit, runs[what], must, is_absolute, told.get(what, ""))
