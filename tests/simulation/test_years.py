"""Years of a chain in virtual time: the real door, pull and SQL, a model of the phones, and fifteen invariants."""

import pytest

from server.settings import Settings
from tests import shop
from tests.simulation.proof import Proof
from tests.simulation.years.on_the_loop import on_the_loop
from tests.simulation.years.phone import Phone
from tests.simulation.years.quiet import quiet
from tests.simulation.years.run import Plan, live
from tests.simulation.years.together import live_all
from tests.simulation.years.year import Year

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


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_restored_phone_gets_past_what_nobody_can_read(settings: Settings) -> None:
    year = Year(settings, "restored")
    with on_the_loop():
        await year.open()
        try:
            phone = year.phones[0]
            _finds(year, phone, "sent")
            await year.exchange.push([phone], 0)
            backup = phone.disk.copy()
            _finds(year, phone, "sent, and not in the backup")
            await year.exchange.push([phone], 0)
            phone.disk = backup
            # The hub cannot read this one, and has another at its number.
            _finds(year, phone, 0.5)
            _finds(year, phone, "waits behind it")
            await quiet(year)
        finally:
            await year.close()


def _finds(year: Year, phone: Phone, note: object) -> None:
    args = {"store": shop.GHENT, "item": 1, "delta": 1, "reason": "found", "note": note}
    year.wrote(phone, phone.record("stock.adjust", args))


@pytest.mark.prove
@pytest.mark.parametrize("engine", [pytest.param("sqlite"), pytest.param("postgresql", marks=POSTGRES)])
def test_nothing_is_lost_in_a_million_operations(engine: str, proof: Proof) -> None:
    plans = [Plan(f"year {number}") for number in range(1, PROVED[engine] + 1)]
    whole = live_all(engine, plans, print)
    proof.add_years(whole)
    assert not whole.failed, "\n".join(whole.failed)
