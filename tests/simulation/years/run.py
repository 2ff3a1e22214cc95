"""One year from its seed to its end, with what was looked at and what happened; a failure says how to see it again."""

from dataclasses import dataclass, field

import structlog

from server.settings import Settings
from tests.simulation.years.arrival import arrives_otherwise
from tests.simulation.years.events import EVENTS
from tests.simulation.years.exchange import FATES
from tests.simulation.years.looked import INVARIANTS, Broken
from tests.simulation.years.on_the_loop import on_the_loop
from tests.simulation.years.poison import poisoned
from tests.simulation.years.year import Year

QUIET_AFTER = 1_250
# In a year of this many operations all must have befallen somebody and been looked at, or it proves little.
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
    """`looked` by the number of an invariant, `happened` by name."""

    operations: int = 0
    days: float = 0
    looked: dict[int, int] = field(default_factory=dict)
    happened: dict[str, int] = field(default_factory=dict)
    trace: str = ""


class Noted:
    """Says of whatever ends a year when that was, and how to see it again."""

    def __init__(self, year: Year, plan: Plan, engine: str) -> None:
        self._year, self._plan, self._engine = year, plan, engine

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error:
            error.add_note(f"in round {self._year.round}; again: {self._plan.again(self._engine)}")


async def live(settings: Settings, plan: Plan) -> YearReport:
    """An empty, migrated database is lived through. Raises `Broken`, with a note on how to see it again."""
    # Operations are meant to break here, thousands of them.
    told = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50), cache_logger_on_first_use=False)
    year = Year(settings, plan.seed)
    try:
        with on_the_loop(), poisoned(), Noted(year, plan, "sqlite" if settings.on_sqlite else "postgresql"):
            await year.open()
            try:
                await arrives_otherwise(year, await year.live(plan.operations, QUIET_AFTER))
                _proves_much(year, plan)
            finally:
                await year.close()
    finally:
        structlog.configure(**told)
    days = (year.clock() - year.began_at) / 86_400_000
    return YearReport(len(year.written), days, dict(year.looked.times), dict(year.looked.happened), year.trace)


def _proves_much(year: Year, plan: Plan) -> None:
    if plan.operations < A_WHOLE_YEAR:
        return
    missing = [f"invariant {number} was never looked at: {INVARIANTS[number]}" for number in year.looked.never()]
    missing += [f"never happened: {name}" for name in FAULTS if not year.looked.happened[name]]
    if missing:
        raise Broken("\n".join(missing))
