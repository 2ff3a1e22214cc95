"""Numbers of parcels, each given out once, and what their labels show. Pure.

An SSCC is an extension digit, the company prefix, a serial number and a check digit: 18 digits (GS1 General
Specifications 2.2.1). The numbers of a prefix are counted up from 0, the extension digit last.
"""

from collections.abc import Mapping
from typing import Any

from sync.gs1_digits import check_digit
from sync.label_face import DIGITS, HIGHEST_BARS, LEAST_BAR, LOWEST_BARS
from sync.label_text import MM, line, words_on
from sync.labels import PAPERS, printable
from sync.symbols import bars_of, gs1_128, modules_in

QUIET = 10
# The nominal module of logistic labels; where it fits the bars are no wider.
MOST_BAR = 2820
MOST_AT_ONCE = 100


def numbers_of(prefix: str) -> int:
    """How many a prefix has."""
    return int(10 ** (17 - len(prefix)))


def sscc(prefix: str, number: int) -> str:
    """The SSCC with that place among those of the prefix, 0 being the first."""
    extension, serial = divmod(number, 10 ** (16 - len(prefix)))
    payload = f"{extension}{prefix}{serial:0{16 - len(prefix)}}"
    return payload + check_digit(payload)


def papers_for_parcels() -> tuple[str, ...]:
    """Those on whose labels the bars are wide enough to be read."""
    return tuple(paper for paper in PAPERS if _bar(paper))


def parcel_face(number: str, words: Mapping[str, str], paper: str) -> dict[str, Any]:
    """`{boxes, texts}` of a parcel's label, as `label_face` has them; `words` are `{name, other, price, meta}`."""
    x, y, wide, high = printable(paper)["inner"]
    dot, bar, widths = printable(paper)["dot"], _bar(paper), gs1_128(f"00{number}")
    tall = max(LOWEST_BARS, min(HIGHEST_BARS, high - 13 * MM))
    foot = y + high - DIGITS
    long = (modules_in(widths) + 2 * QUIET) * bar
    start = (x + (wide - long) // 2) // dot * dot + QUIET * bar
    boxes = [[start + at * bar, foot - tall, width * bar, tall] for at, width in bars_of(widths)]
    middle = start + modules_in(widths) * bar // 2
    digits = line(middle, y + high - 1_500, 7_200, f"(00) {number}", "middle")
    shown = [one for one in words_on((x, y, wide, foot - tall - y), dict(words)) if one["text"]]
    return {"boxes": boxes, "texts": [*shown, digits]}


def _bar(paper: str) -> int:
    """The widest module of whole dots with which a number fits; 0 where it could not be read."""
    place = printable(paper)
    room = place["inner"][2] // (modules_in(gs1_128("00" + "0" * 18)) + 2 * QUIET)
    bar: int = min(room, MOST_BAR) // place["dot"] * place["dot"]
    return bar if bar >= LEAST_BAR else 0
