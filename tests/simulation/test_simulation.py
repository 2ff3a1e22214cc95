"""Several phones, a hub, and everything that goes wrong between them; then everything must be equal and true."""

from pathlib import Path

import pytest

from server.releases import Release
from server.settings import Settings
from tests.simulation.keeper import Keeper, Plan, Report, released


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return released(tmp_path_factory.mktemp("release"))


async def day(settings: Settings, release: Release, plan: Plan) -> Report:
    report = await Keeper(settings, release).live(plan)
    print(report.operations, "operations;", report.counted)
    if report.failed:
        again = f".venv/bin/python -m tests.simulation.replay --seed {plan.seed} --on {settings.database.split('+')[0]}"
        pytest.fail(f"{report.failed}\nagain: {again} --quarters {plan.quarters} --waves {plan.waves}", pytrace=False)
    return report


@pytest.mark.parametrize("seed", ["1"])
async def test_phones_and_hub_agree_after_a_rough_day(settings: Settings, release: Release, seed: str) -> None:
    report = await day(settings, release, Plan(seed, quarters=2, waves=8))
    assert report.operations > 100
    assert Path(release.folder).is_dir()
