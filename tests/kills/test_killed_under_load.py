"""The hub is killed while phones push: what was acknowledged is in the books, once."""

import pytest

from server.settings import Settings
from tests.kills.night import Night, live_through


def stands(night: Night) -> None:
    print(night)
    assert night.untrue == []
    assert (night.lost, night.doubled, night.found) == (0, 0, night.acknowledged)


async def test_what_was_acknowledged_outlives_three_kills(settings: Settings) -> None:
    night = await live_through(settings, 3, "three kills")
    stands(night)
    assert night.acknowledged > 100


@pytest.mark.prove
async def test_what_was_acknowledged_outlives_fifty_kills(settings: Settings) -> None:
    night = await live_through(settings, 50, "fifty kills")
    stands(night)
    assert night.unheard > 0, "no kill came between a commit and its answer"
