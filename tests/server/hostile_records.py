"""Records made to tell two template engines apart: quotes, markup, code, odd spaces, empty things, missing things."""

import random
from typing import Any

# One a line in the string, and what a line cannot hold after it.
TEXTS = r"""
0
False
None
a
x & y
<script>alert('1')</script>
say "no"
it's
&amp; &#39;
{{ page }} {count} {store}
$& $1 `${x}` \\ \n \u0041
]]> --%> <!--
Café
保存
数量 12
שלום
__proto__
constructor
toString
name
items
é<é>é""".splitlines()
TEXTS += ["", " ", "a\r\nb", "\t", "\x00", "\u2028", "\u00a0", "Cafe\u0301", "\U0001f469\u200d\U0001f373", "\U00020bb7"]
TEXTS += ["\ufeff", "\uffff", "\ud7ff", "\ue000", "z" * 300]
# Sums stay what a phone can hold; printed as they are, numbers go to the edge of it.
NUMBERS = [0, 1, -1, 2, 3, 9, 10, 999, 1000, -1000, 123456, 2**31, -(2**31) - 1, 2**51]
SCALARS: list[Any] = [*TEXTS, *NUMBERS, 2**53 - 1, -(2**53) + 1, True, False, None]
THINGS: list[Any] = [
    *SCALARS,
    [],
    [0],
    [[]],
    {},
    {"a": 1},
    [None, "x"],
    {"a": {"b": [1, True]}},
    {"a": {"b": [True, 1]}},
]


def hostile_record(chance: random.Random) -> dict[str, Any]:
    """A record with every field the templates beside this file read; one time in six something is missing or wrong."""
    numbers = [chance.choice(NUMBERS) for _ in range(chance.randrange(4))]
    record: dict[str, Any] = {
        "title": chance.choice(TEXTS),
        "sentence": chance.choice(TEXTS) + chance.choice(TEXTS),
        "texts": [chance.choice(TEXTS) for _ in range(chance.randrange(3))],
        "count": chance.choice(NUMBERS),
        "numbers": numbers,
        "place": chance.randrange(-1, 2),
        "flag": chance.choice([True, False, None, 0, 1, "", "x"]),
        "any": chance.choice(SCALARS),
        "thing": chance.choice(THINGS),
        "left": chance.choice(SCALARS),
        "right": chance.choice(SCALARS),
        "list": [chance.choice(THINGS) for _ in range(chance.randrange(4))],
        "who": {chance.choice(TEXTS): chance.choice(SCALARS), "name": chance.choice(TEXTS)},
        "key": chance.choice(["name", "constructor", "__proto__", "", 0]),
        "items": chance.choice(SCALARS),
        "lines": [_line(chance) for _ in range(chance.randrange(3))],
        "at": chance.choice(
            [0, -1, 1_795_356_120_000, 951_782_399_999, -(10**12), chance.randrange(-(10**13), 10**13)]
        ),
        "zone": chance.choice([[[-(10**15), 480]], [[0, 60], [951_782_399_999, 120]], [[0, -570]], []]),
        "day": chance.choice(["2026-11-22", "2024-02-29", "2026-13-01", "2026-1-1", ""]),
        "age": chance.choice([0, -5, 59_999, 60_000, 3_600_000, 86_400_000, 172_800_000, 10**12]),
    }
    record["list2"] = chance.choice([record["list"], [chance.choice(THINGS)], list(reversed(record["list"]))])
    if chance.random() < 1 / 6:
        record.pop(chance.choice(list(record)))
    return record


def _line(chance: random.Random) -> dict[str, Any]:
    return {
        "name": chance.choice(TEXTS),
        "quantity": chance.choice(NUMBERS),
        "unit": chance.choice(["each", "g", "ml", "ml", "g", "each", "box"]),
        "items": [chance.choice(SCALARS) for _ in range(chance.randrange(3))],
        "tags": [chance.choice(TEXTS) for _ in range(chance.randrange(4))],
    }
