"""The dark and light stripes of a printed code, in modules; twin of `symbols.js`.

A pattern is the widths of bars and spaces in turn, the first a bar, as the GS1 General Specifications (EAN/UPC) and
ISO/IEC 15417 (Code 128) draw them. Quiet zones stand beside it: `quiet` is how many modules stay light left and right.
"""

from collections.abc import Sequence
from typing import Any

# Widths of space, bar, space, bar of the digits 0 to 9 in the left half; in the right half the colours change places.
_DIGITS = ("3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112")
# Which of the six digits at the left are drawn backwards (1): so they carry the first digit, which is not drawn.
_FIRST = ("000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101", "010110", "011010")
_CODE_128 = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211"
    "221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113"
    "132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121"
    "312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211"
    "221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141"
    "114113114311411113411311113141114131311141411131211412211214211232"
)
_STOP = "2331112"
_TO_C, _TO_B, _FNC1, _START_B, _START_C = 99, 100, 102, 104, 105


def code_of(sku: str, gtins: Sequence[str]) -> dict[str, Any] | None:
    """The code that an item carries on its label: `{format, text, gtin, widths, quiet}`; None where a SKU without a
    GTIN has letters that Code 128 cannot carry.

    A GTIN of 14 digits is drawn as what it is: EAN-8, UPC-A, EAN-13, of several the lowest; only a case code (its
    first digit is not 0) becomes GS1-128. `gtin` is "" where there is none and the SKU is drawn.
    """
    ordered = sorted(gtins, key=lambda gtin: (not gtin.startswith("0"), gtin))
    if not ordered:
        widths = code_128(sku)
        return None if widths is None else _code("Code 128", sku, "", widths, [10, 10])
    gtin = ordered[0]
    if not gtin.startswith("0"):
        return _code("GS1-128", f"(01){gtin}", gtin, gs1_128(f"01{gtin}"), [10, 10])
    if gtin.startswith("000000"):
        return _code("EAN-8", gtin[6:], gtin, ean_8(gtin[6:]), [7, 7])
    if gtin.startswith("00"):
        return _code("UPC-A", gtin[2:], gtin, ean_13(gtin[1:]), [9, 9])
    return _code("EAN-13", gtin[1:], gtin, ean_13(gtin[1:]), [11, 7])


def ean_13(digits: str) -> str:
    """Of 13 digits; a UPC-A is drawn as the EAN-13 that begins with 0."""
    backwards = _FIRST[int(digits[0])]
    left = "".join(
        _DIGITS[int(digit)][::-1] if way == "1" else _DIGITS[int(digit)]
        for digit, way in zip(digits[1:7], backwards, strict=True)
    )
    return f"111{left}11111{_right(digits[7:])}111"


def ean_8(digits: str) -> str:
    """Of 8 digits."""
    return f"111{_right(digits[:4])}11111{_right(digits[4:])}111"


def code_128(text: str) -> str | None:
    """Of printable ASCII, pairs of digits in one symbol where that is shorter; None for any other text."""
    if not text or any(not " " <= letter <= "~" for letter in text):
        return None
    values: list[int] = []
    in_pairs = False
    place = 0
    while place < len(text):
        run = _digits_from(text, place)
        # A change of the set costs a symbol: worth it from four digits at an end, from six in the middle.
        is_long = run >= (4 if place == 0 or place + run == len(text) else 6)
        if in_pairs and run < 2:
            values.append(_TO_B)
            in_pairs = False
        elif not in_pairs and is_long and run % 2 == 0:
            values.append(_START_C if not values else _TO_C)
            in_pairs = True
        elif not values:
            values.append(_START_B)
        if in_pairs:
            values.append(int(text[place : place + 2]))
            place += 2
        else:
            values.append(ord(text[place]) - 32)
            place += 1
    return _drawn(values)


def gs1_128(element: str) -> str:
    """An application identifier and its value, all of them digits and even in number: 01 and a GTIN, 00 and an SSCC."""
    return _drawn([_START_C, _FNC1, *[int(element[place : place + 2]) for place in range(0, len(element), 2)]])


def bars_of(widths: str) -> list[list[int]]:
    """The bars as `[where it begins, how wide]`, in modules from the first."""
    bars, at = [], 0
    for place, width in enumerate(widths):
        if place % 2 == 0:
            bars.append([at, int(width)])
        at += int(width)
    return bars


def modules_in(widths: str) -> int:
    return sum(int(width) for width in widths)


def _code(name: str, text: str, gtin: str, widths: str, quiet: list[int]) -> dict[str, Any]:
    return {"format": name, "text": text, "gtin": gtin, "widths": widths, "quiet": quiet}


def _right(digits: str) -> str:
    return "".join(_DIGITS[int(digit)] for digit in digits)


def _digits_from(text: str, place: int) -> int:
    end = place
    while end < len(text) and "0" <= text[end] <= "9":
        end += 1
    return end - place


def _drawn(values: list[int]) -> str:
    check = sum(value * max(place, 1) for place, value in enumerate(values)) % 103
    return "".join(_CODE_128[6 * value : 6 * value + 6] for value in [*values, check]) + _STOP
