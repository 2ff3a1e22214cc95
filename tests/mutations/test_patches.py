"""Every mutation still fits the code that it mutates, and is caught by tests that exist."""

import pytest

from tests.mutations.patches import TOP, Mutation, mutations


@pytest.mark.parametrize("mutation", mutations(), ids=lambda mutation: mutation.name)
def test_a_mutation_fits_the_shipped_code(mutation: Mutation) -> None:
    assert mutation.changed(TOP)
    assert all((TOP / path.partition("::")[0]).is_file() for path in mutation.tests)
