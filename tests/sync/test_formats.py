import hashlib
import json
import random
import subprocess
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import formats
from sync.fold_table import FOLDS

TOP = Path(__file__).parents[2]
EXAMPLES: list[dict[str, Any]] = json.loads((TOP / "sync/examples/formats.json").read_text("utf-8"))
# The scripts that the table covers; the rest of Unicode stays as it is.
COVERED = [(0x41, 0x58F), (0x1C80, 0x1C8F), (0x1D00, 0x1DBF), (0x1E00, 0x1FFF), (0x2010, 0x218F), (0x2460, 0x24FF)]
COVERED += [(0x2C60, 0x2C7F), (0x2E80, 0x2FDF), (0x3200, 0x33FF), (0xA640, 0xA69F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F)]
COVERED += [(0xF900, 0xFAFF), (0xFB00, 0xFB17), (0xFE50, 0xFE6F), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6)]
TABLE = {source: item.split("→")[1] for line in FOLDS for item in line.split(" ") for source in item.split("→")[0]}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example['function']}-{example['arguments']}")
def test_a_format_gives_what_the_example_says(example: dict[str, Any]) -> None:
    function = getattr(formats, example["function"])
    if example.get("refused"):
        with pytest.raises(ValueError, match=r"^n"):
            function(*example["arguments"])
    else:
        assert function(*example["arguments"]) == example["gives"]


def folded_by_unicode(character: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(each for each in plain if unicodedata.category(each) != "Mn")


def is_left_alone(character: str, folded: str) -> bool:
    is_mark_or_none = unicodedata.category(character) in ("Mn", "Cn")
    has_kana_or_hangul = any(0x1100 <= ord(each) <= 0x11FF or 0x3040 <= ord(each) <= 0x30FF for each in folded)
    return is_mark_or_none or folded in ("", character) or " " in folded or has_kana_or_hangul


def test_the_table_says_what_unicode_says_of_the_scripts_it_covers() -> None:
    assert {source: target for source, target in TABLE.items() if folded_by_unicode(source) != target} == {}
    covered = {chr(point) for first, last in COVERED for point in range(first, last + 1)}
    missing = {each for each in covered - set(TABLE) if not is_left_alone(each, folded_by_unicode(each))}
    # A character younger than Unicode 14 may be missing: it then stays as it is at both ends.
    assert [each for each in sorted(missing) if unicodedata.unidata_version == "14.0.0"] == []


def test_folding_twice_changes_nothing() -> None:
    for point in range(0x110000):
        once = formats.fold(chr(point))
        assert formats.fold(once) == once, hex(point)


def test_both_ends_fold_every_character_and_write_everything_alike(tmp_path: Path) -> None:
    calls = random_calls(random.Random(14), 6000)
    (tmp_path / "calls.json").write_text(json.dumps([[camel(name), given] for name, given in calls]))
    batch = TOP / "tests/sync/formats_batch.js"
    subprocess.run(["node", batch, tmp_path / "calls.json", tmp_path / "answers.json"], check=True)
    theirs = json.loads((tmp_path / "answers.json").read_text("utf-8"))
    digest = hashlib.sha256()
    for point in range(0x110000):
        if not 0xD800 <= point <= 0xDFFF:
            digest.update(f"{formats.fold(f'a{chr(point)}B')}\n".encode())
    assert theirs["all"] == digest.hexdigest()
    ours = [answer(name, given) for name, given in calls]
    differing = [each for each in zip(calls, ours, theirs["answers"], strict=True) if each[1] != each[2]]
    assert differing == []
    assert sum(1 for each in ours if each is not None) > len(ours) / 2


def answer(name: str, given: list[Any]) -> str | None:
    try:
        written: str = getattr(formats, name)(*given)
    except ValueError:
        return None
    return written


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def random_calls(chance: random.Random, count: int) -> list[tuple[str, list[Any]]]:
    def number() -> int:
        return chance.randrange(-(10 ** chance.randrange(1, 17)), 10 ** chance.randrange(1, 17))

    def zone() -> list[list[int]]:
        starts = sorted(number() for _ in range(chance.randrange(1, 4)))
        return [[start, chance.randrange(-720, 841)] for start in starts]

    def text() -> str:
        points = [chance.randrange(0xD800) for _ in range(5)] + [chance.randrange(0x10000, 0x30000), 0x41, 0x37, 0x30]
        return "".join(chr(each) for each in chance.sample(points, 6))

    locale = ["en", "zh"]
    calls: list[tuple[str, list[Any]]] = []
    while len(calls) < count:
        calls += [
            ("format_number", [number()]),
            ("format_quantity", [number(), chance.choice(["each", "g", "ml"]), chance.choice(locale)]),
            ("format_money", [number(), chance.choice(["¥", "€", "HK$"])]),
            ("format_date_time", [number() // 100, zone(), chance.choice(locale)]),
            ("format_age", [number(), chance.choice(locale)]),
            ("sort_key", [text()]),
        ]
    return calls


@given(st.integers(-60_000 * 525_600 * 1900, 60_000 * 525_600 * 7000), st.integers(-840, 840))
def test_a_time_is_the_calendars_time(at_ms: int, offset_minutes: int) -> None:
    local = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms, minutes=offset_minutes)
    zone = [[0, offset_minutes]]
    assert formats.format_time(at_ms, zone) == f"{local:%H:%M}"
    assert formats.format_date(at_ms, zone, "zh") == f"{local.month}月{local.day}日"


@given(st.lists(st.text()))
def test_names_sort_the_same_by_code_point_by_byte_and_by_utf_16_unit(names: list[str]) -> None:
    keys = [formats.sort_key(name.encode("utf-8", "ignore").decode()) for name in names]
    assert (
        sorted(keys)
        == sorted(keys, key=lambda key: key.encode())
        == sorted(keys, key=lambda key: key.encode("utf-16-be"))
    )


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_numbers_within_names_sort_by_their_size(left: int, right: int) -> None:
    keys = formats.sort_key(f"Tray {left}"), formats.sort_key(f"Tray {right}")
    assert (keys[0] < keys[1]) == (left < right)
