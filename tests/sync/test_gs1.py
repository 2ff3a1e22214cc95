import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.gs1 import check_digit, check_digit_fits, expand_upc_e, gtin_of, read, what_is
from sync.gs1_identifiers import TABLE, identifier_of

_EXAMPLES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "sync/examples/gs1.json").read_text("utf-8")
)
TODAY = "2026-11-22"


@pytest.mark.parametrize("example", _EXAMPLES["what_is"], ids=lambda example: example["name"])
def test_a_code_means_what_the_example_says(example: dict[str, Any]) -> None:
    assert what_is(example["code"]) == example["means"]


def test_a_code_tells_what_the_example_of_each_rule_says() -> None:
    wrong = []
    for example in _EXAMPLES["read"]:
        told: dict[str, Any] = dict(read(example["code"], example.get("today", TODAY)))
        told["values"] = {ai: told["ais"].get(ai) for ai in example["tells"].get("values", ())}
        differs = {name: told[name] for name, value in example["tells"].items() if told[name] != value}
        wrong += [(example["rule"], example["code"], differs)] if differs else []
    assert wrong == []
    assert len(_EXAMPLES["read"]) >= 300


def test_every_application_identifier_has_a_sound_example_and_a_broken_one() -> None:
    sound: set[str] = set()
    broken: set[str] = set()
    for example in _EXAMPLES["read"]:
        wrong = {error["ai"] for error in example["tells"]["errors"]}
        sound |= set(read(example["code"], TODAY)["ais"]) - wrong
        broken |= wrong
    kinds = {pattern: "[0-9]".join(pattern.split("n")) for pattern in TABLE["identifiers"]}
    for shown in (sound, broken):
        some = {pattern for pattern, form in kinds.items() if any(re.fullmatch(form, ai) for ai in shown)}
        # Of the measures that differ only in their unit one of each kind is shown.
        assert {pattern for pattern in set(kinds) - some if not re.match("3[2-6]", pattern)} == set()


def test_what_an_identifier_needs_or_bars_is_one_too() -> None:
    for pattern, entry in TABLE["identifiers"].items():
        named = " ".join([*entry.get("needs", ()), *entry.get("bars", ()), *entry.get("key", ())])
        for ai in re.split(r"[ +]", named):
            assert not ai or identifier_of(ai.removesuffix("s").replace("n", "0")), (pattern, ai)


@given(st.text(alphabet="0123456789", min_size=13, max_size=13))
def test_one_wrong_digit_never_passes_the_check(payload: str) -> None:
    digits = payload + check_digit(payload)
    assert check_digit_fits(digits)
    for place, digit in enumerate(digits):
        assert not check_digit_fits(digits[:place] + str((int(digit) + 1) % 10) + digits[place + 1 :])


@given(st.text(alphabet="0123456789", min_size=11, max_size=11).filter(lambda payload: payload.strip("0") != ""))
def test_the_upc_and_the_ean_of_one_item_are_one_gtin(payload: str) -> None:
    upc_a = payload + check_digit(payload)
    assert gtin_of(upc_a) == gtin_of("0" + upc_a) == gtin_of("00" + upc_a)


@given(st.text())
def test_any_text_has_a_meaning(code: str) -> None:
    meaning = what_is(code)
    assert "gtin" not in meaning or len(meaning["gtin"]) == 14


def test_a_upc_e_is_the_upc_a_it_was_made_from() -> None:
    assert expand_upc_e("04252614") == "042100005264"
    assert expand_upc_e("04252615") is None
