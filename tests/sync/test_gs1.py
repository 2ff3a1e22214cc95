import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.gs1 import check_digit, check_digit_fits, expand_upc_e, gtin_of, what_is

_EXAMPLES = json.loads((Path(__file__).parents[2] / "sync/examples/gs1.json").read_text("utf-8"))["what_is"]


@pytest.mark.parametrize("example", _EXAMPLES, ids=lambda example: example["name"])
def test_a_code_means_what_the_example_says(example: dict[str, object]) -> None:
    assert what_is(str(example["code"])) == example["means"]


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
