"""What a scanned, typed or pasted code means, after the GS1 General Specifications.

Twin of gs1.js; examples/gs1.json holds both."""

from typing import Required, TypedDict

_DIGITS = frozenset("0123456789")
_WIDE_DIGITS = {0xFF10 + n: str(n) for n in range(10)}
_GROUP_SEPARATOR = "\x1d"
# AIM identifiers that promise a GS1 element string: GS1-128, DataBar, GS1 DataMatrix, GS1 QR, GS1 DotCode.
_ELEMENT_STRING_MARKS = ("]C1", "]e0", "]d2", "]Q3", "]J1")


class Meaning(TypedDict, total=False):
    """`text` is the code without its wrapping; `gtin` (14 digits) is there when the code names a trade item."""

    text: Required[str]
    gtin: str


def check_digit(payload: str) -> str:
    """The digit that belongs after `payload`: modulo 10, weights 3, 1 from the right (General Specifications 7.9)."""
    weighted = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(payload)))
    return str(-weighted % 10)


def check_digit_fits(digits: str) -> bool:
    """True for ASCII digits only, of which the last is the check digit of the others."""
    return len(digits) > 1 and _all_digits(digits) and check_digit(digits[:-1]) == digits[-1]


def gtin_of(digits: str) -> str | None:
    """GTIN-8, UPC-A, EAN-13 or ITF-14 digits as 14; None for another length, a wrong check digit or only zeros."""
    if len(digits) not in (8, 12, 13, 14) or not check_digit_fits(digits) or not digits.strip("0"):
        return None
    return digits.rjust(14, "0")


def expand_upc_e(digits: str) -> str | None:
    """The 12 digits of UPC-A behind a UPC-E of number system, six digits and check digit; None when they do not fit.

    A number that another last digit would have shortened further was never printed so, and is refused too.
    """
    if len(digits) != 8 or not _all_digits(digits) or digits[0] not in "01":
        return None
    body, last = digits[1:7], digits[6]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3" and body[2] > "2":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4" and body[3] > "0":
        middle = body[:4] + "00000" + body[4]
    elif last > "4" and body[4] > "0":
        middle = body[:5] + "0000" + last
    else:
        return None
    expanded = digits[0] + middle + digits[7]
    return expanded if check_digit_fits(expanded) else None


def what_is(code: str) -> Meaning:
    """Never fails: a code that names no trade item is its own text."""
    text = code.translate(_WIDE_DIGITS).strip(" \t\r\n")
    is_element_string = text.startswith(_ELEMENT_STRING_MARKS)
    is_ean_8 = text.startswith("]E4")
    if len(text) > 3 and text[0] == "]" and text[1].isascii() and text[1].isalpha() and " " <= text[2] <= "~":
        text = text[3:]
    if text.startswith(_GROUP_SEPARATOR):
        text, is_element_string = text.lstrip(_GROUP_SEPARATOR), True
    gtin = (
        _gtin_in_element_string(text, is_element_string)
        or _gtin_in_digital_link(text)
        or (None if is_element_string else _gtin_in_digits(text, is_ean_8))
    )
    return {"text": text, "gtin": gtin} if gtin else {"text": text}


def _all_digits(text: str) -> bool:
    return text != "" and all(character in _DIGITS for character in text)


def _gtin_in_digits(text: str, is_ean_8: bool) -> str | None:
    digits = text.replace(" ", "").replace("-", "")
    # No trade item has a GTIN-8 that begins with 0, so such digits are a UPC-E first, unless the symbol said EAN-8.
    upc_a = None if is_ean_8 else expand_upc_e(digits)
    return gtin_of(upc_a) if upc_a else gtin_of(digits)


def _gtin_in_element_string(text: str, is_marked: bool) -> str | None:
    if text.startswith("(01)"):
        return gtin_of(text[4:18]) if len(text) == 18 or text[18:19] == "(" else None
    if not text.startswith("01") or len(text) < 16:
        return None
    # Most wedge scanners leave out the mark: 01, a GTIN that checks, then nothing or another AI is taken as AI 01.
    rest = text[16:].lstrip(_GROUP_SEPARATOR)
    if is_marked or rest == "" or _all_digits(rest[:2]):
        return gtin_of(text[2:16])
    return None


def _gtin_in_digital_link(text: str) -> str | None:
    scheme, found, rest = text.partition("://")
    if not found or scheme.lower() not in ("http", "https"):
        return None
    path = rest.split("#")[0].split("?")[0].split("/")[1:]
    # The primary key is the rightmost one: what stands before it is the publisher's own path.
    for place in range(len(path) - 2, -1, -1):
        if path[place] in ("01", "gtin"):
            return gtin_of(path[place + 1])
    return None
