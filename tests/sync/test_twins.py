"""Both twins pass every example, and answer the same to thousands of inputs nobody would write by hand."""

import json
import re
from typing import Any

import pytest

from sync.operations import KINDS
from tests.house import TOP
from tests.sync.hostile_calls import hostile_calls
from tests.sync.twin_calls import answer, answers_of_the_twin

NAMES = (
    "operations",
    "canonical",
    "checksum",
    "projection",
    "forms",
    "roles",
    "shelf",
    "papers",
    "parcels",
    "spoken",
    "lending",
    "instead",
    "journal",
    "reviews",
    "counts",
    "unknown_codes",
    "lots",
    "draft",
    "tour",
    "ids",
    "symbols",
    "qr",
    "label_text",
    "label_face",
    "labels",
)


def examples_of(name: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads((TOP / f"sync/examples/{name}.json").read_text("utf-8"))
    return listed


@pytest.mark.parametrize(
    "example",
    [example for name in NAMES for example in examples_of(name)],
    ids=lambda example: f"{example['call']}: {example['name']}",
)
def test_an_example_holds(example: dict[str, Any]) -> None:
    assert answer(example) == example["gives"]


def test_every_kind_has_a_sound_example_and_a_refused_one() -> None:
    shapes = [example for example in examples_of("operations") if example["call"] == "problems"]
    for kind in KINDS:
        given = [bool(example["gives"]) for example in shapes if example["with"][0] == kind]
        assert set(given) == {False, True}, kind


def test_every_function_that_both_ends_offer_has_an_example() -> None:
    shown = {(example["module"], example["call"]) for name in NAMES for example in examples_of(name)}
    missing = []
    for module in {module for module, _call in shown}:
        here = re.findall(r"^def ([a-z]\w+)", (TOP / f"sync/{module}.py").read_text("utf-8"), re.MULTILINE)
        there = re.findall(r"^export function (\w+)", (TOP / f"sync/{module}.js").read_text("utf-8"), re.MULTILINE)
        missing += [call for call in here if camel(call) in there and (module, call) not in shown]
    assert missing == []


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_twins_agree_on_what_nobody_would_write(seed: int) -> None:
    calls = hostile_calls(seed, 1500)
    differing = [
        (call, mine, theirs)
        for call, mine, theirs in zip(calls, map(answer, calls), answers_of_the_twin(calls), strict=True)
        if mine != theirs
    ]
    assert differing[:3] == []
