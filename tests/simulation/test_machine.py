"""The same phones and the same hub, moved by Hypothesis: what breaks an invariant is told in the fewest steps."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from server.settings import Settings
from tests.simulation.years.events import EVENTS, befall
from tests.simulation.years.exchange import FATES
from tests.simulation.years.on_the_loop import on_the_loop
from tests.simulation.years.poison import poisoned
from tests.simulation.years.quiet import quiet
from tests.simulation.years.sight import all_in_sight
from tests.simulation.years.year import Year

PHONES = some.integers(0, 13)
MOST_HOURS = 60


class Machine(RuleBasedStateMachine):
    """Who does what is drawn here; what they do it with comes from the seed."""

    migrated: Path

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(on_the_loop())
        self.stack.enter_context(poisoned())
        self.runner = self.stack.enter_context(asyncio.Runner())
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))

    def wait(self, work: Coroutine[Any, Any, Any]) -> None:
        self.runner.run(work)

    @initialize(seed=some.integers(0, 1_000_000))
    def opens(self, seed: int) -> None:
        shutil.copy(self.migrated, self.folder / "stockhand.db")
        where = Settings(f"sqlite+aiosqlite:///{self.folder}/stockhand.db", self.folder)
        self.year = Year(where, str(seed))
        self.wait(self.year.open())
        for phone in self.year.phones:
            self.wait(self.year.exchange.pull(phone, 0))

    @rule(which=PHONES, deeds=some.integers(1, 6))
    def works(self, which: int, deeds: int) -> None:
        for _deed in range(deeds):
            self.year.works(self._phone(which))

    @rule(hours=some.integers(0, MOST_HOURS))
    def time_passes(self, hours: int) -> None:
        self.year.clock.goes_on(1_000 + hours * 3_600_000)

    @rule(which=some.lists(PHONES, min_size=1, max_size=5, unique=True), fate=some.sampled_from(["", *FATES]))
    def push(self, which: list[int], fate: str) -> None:
        phones = {one.name: one for one in map(self._phone, which)}
        cut, self.year.cut = self.year.cut, ""
        self.wait(self.year.exchange.push(list(phones.values()), 0, cut, fate))

    @rule(which=PHONES, roughness=some.sampled_from([0, 0, 0.5]), other=some.one_of(some.none(), PHONES))
    def pull(self, which: int, roughness: float, other: int | None) -> None:
        meanwhile = None if other is None else self._phone(other)
        self.wait(self.year.exchange.pull(self._phone(which), roughness, meanwhile))
        all_in_sight(self.year.looked, self._phone(which))

    @rule(event=some.sampled_from([name for name in EVENTS if name != "nothing"]))
    def befalls(self, event: str) -> None:
        self.year.round += 1
        self.wait(befall(self.year, event))

    def _phone(self, which: int) -> Any:
        return self.year.phones[which % len(self.year.phones)]

    def teardown(self) -> None:
        try:
            if hasattr(self, "year"):
                self.wait(quiet(self.year))
        finally:
            if hasattr(self, "year"):
                self.wait(self.year.close())
            self.stack.close()


def settled(examples: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    phases = [Phase.explicit, Phase.generate, Phase.shrink]
    return settings(
        max_examples=examples,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=checks,
        phases=phases,
    )


def test_no_short_story_breaks_an_invariant(migrated_file: Path) -> None:
    Machine.migrated = migrated_file
    run_state_machine_as_test(Machine, settings=settled(12))


@pytest.mark.prove
def test_no_story_of_many_breaks_an_invariant(migrated_file: Path) -> None:
    Machine.migrated = migrated_file
    run_state_machine_as_test(Machine, settings=settled(1_000))
