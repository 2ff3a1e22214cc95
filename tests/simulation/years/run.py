"""One year from its seed to its end, with what was looked at and what happened; a failure says how to see it again."""

import traceback
from dataclasses import dataclass, field

import pytest
import structlog

from server.settings import Settings
from tests.simulation.years.arrival import arrives_otherwise
from tests.simulation.years.events import EVENTS
from tests.simulation.years.exchange import FATES
from tests.simulation.years.looked import INVARIANTS
from tests.simulation.years.on_the_loop import on_the_loop
from tests.simulation.years.poison import poisoned
from tests.simulation.years.year import Year

QUIET_AFTER = 1_250
# What must have befallen somebody in a year of this many operations, or it proves little.
A_WHOLE_YEAR = 4_000
FAULTS = tuple(name for name in (*FATES, *EVENTS) if name not in ("nothing", "item edited", "item archived"))


@dataclass(frozen=True)
class Plan:
    """So many operations are saved; nothing else is given, and nothing else matters."""

    seed: str
    operations: int = 5_000

    def again(self, engine: str) -> str:
        """How to see it again on `sqlite` or `postgresql`."""
        return f"python -m tests.simulation.replay --seed '{self.seed}' --on {engine} --operations {self.operations}"


@dataclass
class YearReport:
    """`looked` by the number of an invariant, `happened` by name; `failed` is what was wrong, "" for nothing."""

    operations: int = 0
    days: float = 0
    looked: dict[int, int] = field(default_factory=dict)
    happened: dict[str, int] = field(default_factory=dict)
    trace: str = ""
    failed: str = ""


async def live(settings: Settings, plan: Plan) -> YearReport:
    """An empty, migrated database is lived through. What is wrong stands in the report."""
    # Operations are meant to break here, thousands of them.
    told = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50), cache_logger_on_first_use=False)
    year = Year(settings, plan.seed)
    failed = ""
    try:
        with on_the_loop(), poisoned():
            failed = await _whole(year, plan)
    finally:
        structlog.configure(**told)
    missing = [f"invariant {number} was never looked at: {INVARIANTS[number]}" for number in year.looked.never()]
    if plan.operations >= A_WHOLE_YEAR:
        missing += [f"never happened: {name}" for name in FAULTS if not year.looked.happened[name]]
    days = (year.clock() - year.began_at) / 86_400_000
    looked, happened = dict(year.looked.times), dict(year.looked.happened)
    return YearReport(len(year.written), days, looked, happened, year.trace, failed or "\n".join(missing))


async def _whole(year: Year, plan: Plan) -> str:
    try:
        await year.open()
        books = await year.live(plan.operations, QUIET_AFTER)
        await arrives_otherwise(year, books)
    except Exception:
        return f"in round {year.round}: {traceback.format_exc()}"
    finally:
        await year.close()
    return ""


async def live_through(settings: Settings, plan: Plan) -> YearReport:
    """A year that must end well."""
    report = await live(settings, plan)
    print(f"{report.operations} operations in {report.days:.0f} days")
    if report.failed:
        again = plan.again("sqlite" if settings.on_sqlite else "postgresql")
        pytest.fail(f"{report.failed}\nagain: {again}", pytrace=False)
    return report
