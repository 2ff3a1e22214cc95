"""The twins of `sync/gs1*` say the same of whatever is scanned, and nothing makes them fail."""

import json
import subprocess
from pathlib import Path

import pytest

from sync.gs1 import read, what_is
from sync.gs1_told import told_of
from tests.house import TOP
from tests.sync.gs1_strings import Strings

FORMS = {"elements", "link", "digits", "text"}


@pytest.mark.parametrize("today", ["2026-11-22", "2051-02-28", "nonsense"])
def test_both_ends_say_the_same_of_what_nobody_would_print(today: str, tmp_path: Path) -> None:
    assert _compared(len(today), 2_000, today, tmp_path) == FORMS


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(10))
def test_both_ends_say_the_same_of_100_000(seed: int, tmp_path: Path) -> None:
    assert _compared(1_000 + seed, 10_000, f"20{26 + seed * 7}-06-30", tmp_path) == FORMS


def _compared(seed: int, count: int, today: str, folder: Path) -> set[str]:
    """The forms that were met."""
    strings = Strings(seed)
    # As they would travel: two halves of a character that meet are that character.
    codes = json.loads(json.dumps([strings.next() for _ in range(count)]))
    asked, answered = folder / "codes.json", folder / "answers.json"
    asked.write_text(json.dumps({"today": today, "codes": codes}), "ascii")
    subprocess.run(["node", str(TOP / "tests/sync/gs1_batch.js"), str(asked), str(answered)], check=True)
    told = json.loads(answered.read_text("utf-8"))
    mine = [read(code, today) for code in codes]
    differing = [each for each in zip(codes, mine, told["readings"], strict=True) if each[1] != each[2]]
    assert differing[:3] == []
    assert [what_is(code) for code in codes] == told["meanings"]
    assert [told_of(code, today) for code in codes] == told["shown"]
    assert all(what_is(code).get("gtin") == here["gtin"] for code, here in zip(codes, mine, strict=True))
    return {here["form"] for here in mine}
