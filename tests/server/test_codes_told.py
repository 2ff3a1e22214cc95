"""`stockhand gs1` as somebody at a terminal meets it."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from server.cli import main


def told(*codes: str, typed: bytes = b"") -> list[dict[str, Any]]:
    result = CliRunner().invoke(main, ["gs1", *codes], input=typed)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_code_is_told_in_one_line_of_json() -> None:
    bracketed, link = told("(01)09506000134352(17)271231(10)ABC(30)6", "https://id.gs1.org/01/09506000134352/21/S1")
    assert {name: bracketed[name] for name in ("gtin", "lot", "expiry", "quantity", "errors")} == {
        "gtin": "09506000134352",
        "lot": "ABC",
        "expiry": "2027-12-31",
        "quantity": 6,
        "errors": [],
    }
    assert bracketed["ais"] == {"01": "09506000134352", "17": "271231", "10": "ABC", "30": "6"}
    assert link["serial"] == "S1"


@pytest.mark.parametrize("separator", ["\x1d", "\\x1d", "{GS}", "{FNC1}", "^"])
def test_a_separator_is_understood_however_it_is_written(separator: str) -> None:
    (code,) = told(f"010950600013435210ABC{separator}3103001250")
    assert code["lot"] == "ABC"
    assert code["weight"] == {"value": "1.250", "unit": "kg", "grams": 1250}


def test_without_a_code_each_line_of_the_input_is_one() -> None:
    lines = b"5012345678900\r\n\n]C1010950600013435210A\x1d17271231\n\xff\x00\x1d\n"
    assert [(code["gtin"], code["lot"]) for code in told(typed=lines)] == [
        ("05012345678900", None),
        ("09506000134352", "A"),
        (None, None),
    ]


@pytest.mark.parametrize(
    "code", ["", "-", "-x", "(", "(01)", "]", "]C1", "\x1d", "%", "https://", "\U0001f9c0", "9" * 9000]
)
def test_no_code_is_too_odd_to_be_told(code: str) -> None:
    (line,) = told("--", code)
    assert line["gtin"] is None


def test_the_command_explains_itself_with_an_example() -> None:
    result = CliRunner().invoke(main, ["gs1", "--help"])
    assert result.exit_code == 0
    assert "Example: stockhand gs1" in result.output
