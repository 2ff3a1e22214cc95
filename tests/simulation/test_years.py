"""Years of a chain in virtual time: the real door, pull and SQL, a model of the phones, and fifteen invariants."""

import pytest

from server.settings import Settings
from tests.simulation.proof import Proof
from tests.simulation.years.run import Plan, live
from tests.simulation.years.together import live_all

POSTGRES = pytest.mark.postgres
PROVED = {"sqlite": 180, "postgresql": 20}


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("settings", "seed", "operations"),
    [
        ("sqlite", "a wet spring", 5_000),
        ("sqlite", "a long summer", 5_000),
        ("sqlite", "the end of a year", 3_000),
        ("sqlite", "an early autumn", 5_000),
        pytest.param("postgresql", "a cold winter", 2_000, marks=POSTGRES),
    ],
    indirect=["settings"],
)
async def test_nothing_is_lost_doubled_or_shown_to_others_in_a_year(
    settings: Settings, seed: str, operations: int
) -> None:
    report = await live(settings, Plan(seed, operations))
    assert report.operations >= operations
    assert len(report.looked) == 15


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_the_same_seed_gives_the_same_year(settings: Settings, migrated_file: object) -> None:
    first = await live(settings, Plan("again", 400))
    assert settings.database_file
    settings.database_file.unlink()
    settings.database_file.write_bytes(migrated_file.read_bytes())  # type: ignore[attr-defined]
    second = await live(settings, Plan("again", 400))
    assert first.trace == second.trace
    assert (first.looked, first.happened) == (second.looked, second.happened)


@pytest.mark.prove
@pytest.mark.parametrize("engine", [pytest.param("sqlite"), pytest.param("postgresql", marks=POSTGRES)])
def test_nothing_is_lost_in_a_million_operations(engine: str, proof: Proof) -> None:
    plans = [Plan(f"year {number}") for number in range(1, PROVED[engine] + 1)]
    whole = live_all(engine, plans, print)
    proof.add_years(whole)
    assert not whole.failed, "\n".join(whole.failed)
