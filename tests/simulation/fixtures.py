"""What the tests here and in `tests/same_page` ask for."""

from collections.abc import Iterator

import pytest

from server.releases import Release
from tests.simulation.keeper import released
from tests.simulation.proof import Proof

_proof = Proof()


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return released(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="session")
def proof() -> Iterator[Proof]:
    """One for all folders; whoever ends last writes the whole."""
    yield _proof
    _proof.write()
