"""The twins of `sync/gs1*` say the same of whatever is scanned, and nothing makes them fail."""

import pytest

from tests.sync.gs1_twins import compared

FORMS = {"elements", "link", "digits", "text"}


@pytest.mark.parametrize("today", ["2026-11-22", "2051-02-28", "nonsense"])
def test_both_ends_say_the_same_of_what_nobody_would_print(today: str) -> None:
    both = compared(len(today), 2_000, today)
    assert both.differing[:3] == []
    assert both.forms == FORMS
