"""Every offline page of every person is the same from both ends: status, headers and every byte."""

import pytest

from server.releases import Release
from server.settings import Settings
from tests.simulation.keeper import Plan, live_through
from tests.simulation.proof import Proof, pages_in


async def test_every_page_is_the_same_from_the_hub_and_from_the_phone(settings: Settings, release: Release) -> None:
    # `make prove` asks for all of them.
    share = 0.1
    report = await live_through(settings, release, Plan("a day of pages", quarters=1, waves=4, pages=share))
    assert pages_in(report) > 3000 * share


@pytest.mark.prove
@pytest.mark.parametrize("seed", ["every page"])
async def test_every_page_is_the_same_at_every_quiet_point(
    settings: Settings, release: Release, seed: str, proof: Proof
) -> None:
    proof.add(settings, seed, await live_through(settings, release, Plan(seed, quarters=1, waves=5, pages=1)))
