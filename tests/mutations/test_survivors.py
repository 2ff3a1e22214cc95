"""No mutation survives the tests that are named for it."""

from pathlib import Path

import pytest

from tests.mutations.__main__ import lines
from tests.mutations.patches import Mutation, mutations
from tests.mutations.trial import SEEDS, try_out, unchanged_code_survives


@pytest.mark.prove
def test_the_seeds_end_well_where_nothing_is_changed(tmp_path: Path) -> None:
    assert unchanged_code_survives(tmp_path, SEEDS)


@pytest.mark.prove
@pytest.mark.parametrize("mutation", mutations(), ids=lambda mutation: mutation.name)
def test_a_mutation_is_caught_by_an_ordinary_test(mutation: Mutation, tmp_path: Path) -> None:
    trial = try_out(mutation, tmp_path, SEEDS)
    print("\n".join([f"{mutation.name}: {mutation.what}", *lines(trial)]))
    assert trial.caught, f"{mutation.name} survived"
