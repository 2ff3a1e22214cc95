"""Lives it again: `python -m tests.simulation.replay --seed 1 --on postgresql --operations 5000`.

A year is a model of phones on the real hub, in virtual time: the same seed gives the same year, word for word; with
`--years 20` it is those of the seeds "SEED 1" to "SEED 20". With `--quarters` it is a day of real phones on a hub of
its own instead, whose messages meet as they happen to.
"""

import argparse
import sys
from functools import partial

from server.settings import Settings
from tests.simulation.keeper import Keeper, Plan, Report, released
from tests.simulation.years.looked import INVARIANTS
from tests.simulation.years.run import Plan as YearPlan
from tests.simulation.years.run import live
from tests.simulation.years.together import Sum, live_all, on


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--operations", type=int, default=5_000, help="of a year")
    parser.add_argument("--years", type=int, help="so many years, as many at once as there are cores")
    parser.add_argument("--quarters", type=int, help="a day of real phones with so many quiet points")
    parser.add_argument("--waves", type=int, default=8)
    parser.add_argument("--pages", type=float, default=1, help="the share of all pages that is compared in a day")
    chosen = parser.parse_args()
    if chosen.quarters is not None:
        failed = _day(chosen.on, Plan(chosen.seed, chosen.quarters, chosen.waves, pages=chosen.pages))
    elif chosen.years is not None:
        plans = [YearPlan(f"{chosen.seed} {number}", chosen.operations) for number in range(1, chosen.years + 1)]
        failed = _shown(live_all(chosen.on, plans, partial(print, flush=True)))
    else:
        plan = YearPlan(chosen.seed, chosen.operations)
        whole = Sum(chosen.on)
        report = on(chosen.on, partial(live, plan=plan))
        whole.add(report)
        failed = _shown(whole)
        print("trace", report.trace)
    print(failed or "everything agreed")
    return 1 if failed else 0


def _shown(whole: Sum) -> str:
    print("\n".join(f"{times:>12,} {what}" for what, times in sorted(whole.happened.items())))
    print("\n".join(f"{whole.looked[number]:>12,} looks at {number}: {what}" for number, what in INVARIANTS.items()))
    print(f"{whole.operations:>12,} operations in {whole.days:,.0f} days")
    return "\n".join(whole.failed)


def _day(engine: str, plan: Plan) -> str:
    async def live_through(settings: Settings) -> Report:
        return await Keeper(settings, released(settings.data)).live(plan)

    report = on(engine, live_through)
    print("\n".join(f"{times:>12,} {what}" for what, times in sorted(report.counted.items())))
    print(f"{report.operations:>12,} operations saved")
    return report.failed


if __name__ == "__main__":
    sys.exit(main())
