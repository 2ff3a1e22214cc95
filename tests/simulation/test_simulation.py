"""Several phones, a hub, and everything that goes wrong between them; then everything must be equal and true."""

import pytest

from server.releases import Release
from server.settings import Settings
from tests.simulation.keeper import Plan, live_through
from tests.simulation.proof import Proof


async def test_phones_and_hub_agree_after_a_rough_day(settings: Settings, release: Release) -> None:
    report = await live_through(settings, release, Plan("a rough day", quarters=2, waves=4, pages=0.02))
    assert report.operations > 200
    happened = {what.partition(" ")[2] for what in report.counted if what.startswith("ended ")}
    assert {"stock.adjust applied", "transfer.approve applied", "stock.adjust review not_allowed"} <= happened
    # Which of them depends on whom the weather held up.
    assert any(what.startswith(("transfer.dispatch applied", "transfer.receive applied")) for what in happened)
    assert {"worker killed", "answer lost", "message doubled", "message repeated later"} <= report.counted.keys()


@pytest.mark.prove
@pytest.mark.parametrize("seed", [f"long {number}" for number in (1, 2)])
async def test_phones_and_hub_agree_after_many_long_days(
    settings: Settings, release: Release, seed: str, proof: Proof
) -> None:
    proof.add(settings, seed, await live_through(settings, release, Plan(seed, quarters=2, waves=12, pages=0.05)))
