"""What a scanned, typed or pasted code means, after the GS1 General Specifications (release 26).

Twin of gs1.js; examples/gs1.json holds both. `what_is` finds an item, `read` says everything that a code tells."""

import re
from typing import Literal, Required, TypedDict

from sync.gs1_dates import day_of
from sync.gs1_digits import all_digits as all_digits
from sync.gs1_digits import check_digit as check_digit
from sync.gs1_digits import check_digit_fits as check_digit_fits
from sync.gs1_digits import expand_upc_e as expand_upc_e
from sync.gs1_digits import gtin_of as gtin_of
from sync.gs1_elements import SEPARATOR, Elements, Error, in_brackets, in_string, judged
from sync.gs1_identifiers import identifier_at, identifier_of
from sync.gs1_links import in_link
from sync.gs1_measures import InStore, Weight, in_store_of, weight_of

_WIDE_DIGITS = {0xFF10 + n: str(n) for n in range(10)}
# AIM identifiers that promise a GS1 element string: GS1-128, DataBar, GS1 DataMatrix, GS1 QR, GS1 DotCode.
_ELEMENT_STRING_MARKS = ("]C1", "]e0", "]d2", "]Q3", "]J1")
# How hand scanners and people write a separator that they cannot send; no value may hold one of these.
_WRITTEN_SEPARATOR = re.compile(r"\{GS\}|\{FNC1\}|\^|\u241d")
# Beyond the Basic Multilingual Plane a character is two to a phone and one to the hub.
_TWO_TO_A_PHONE = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")
# The most that any symbol holds, a QR code of digits.
_MOST_CHARACTERS = 7089

Form = Literal["elements", "link", "digits", "text"]


class Meaning(TypedDict, total=False):
    """`text` is the code without its wrapping; `gtin` (14 digits) is there when the code names a trade item."""

    text: Required[str]
    gtin: str


class Reading(TypedDict):
    """Everything that a code tells; what it does not tell, or tells wrongly, is None.

    `ais` holds each application identifier's value as it stands there, also where `errors` names it. `expiry` and
    `best_before` are ISO days. `quantity` is the count inside. `content` is the GTIN of what a logistic unit holds.
    """

    text: str
    form: Form
    gtin: str | None
    ais: dict[str, str]
    lot: str | None
    expiry: str | None
    best_before: str | None
    serial: str | None
    quantity: int | None
    weight: Weight | None
    sscc: str | None
    content: str | None
    in_store: InStore | None
    addon: str | None
    errors: list[Error]


class _Apart(TypedDict):
    text: str
    form: Form
    digits: str
    elements: Elements
    errors: list[Error]
    mark: str


def what_is(code: str) -> Meaning:
    """Never fails: a code that names no trade item is its own text."""
    apart = _apart(code)
    gtin = _gtin_of_digits(apart) if apart["form"] == "digits" else _gtin_of_elements(dict(apart["elements"][::-1]))
    return {"text": apart["text"], "gtin": gtin} if gtin else {"text": apart["text"]}


def read(code: str, today: str) -> Reading:
    """Never fails either. `today` is an ISO day, and decides only in which century a date lies."""
    apart = _apart(code)
    ais, sound, errors = judged(apart["elements"], today)
    is_digits = apart["form"] == "digits"
    gtin = _gtin_of_digits(apart) if is_digits else _gtin_of_elements(ais)
    sscc = _sscc_in(apart["digits"]) if is_digits else sound.get("00")
    if is_digits and not gtin and not sscc and len(apart["digits"]) in (8, 12, 13, 14):
        errors.append({"ai": "", "code": "check_digit"})
    expiry = sound.get("17", sound.get("7003", "")[:6])
    best_before, count = sound.get("15"), sound.get("30", sound.get("37"))
    return {
        "text": apart["text"],
        "form": apart["form"],
        "gtin": gtin,
        "ais": ais,
        "lot": sound.get("10"),
        "expiry": day_of(expiry, today, True) if expiry else None,
        "best_before": day_of(best_before, today, True) if best_before else None,
        "serial": sound.get("21"),
        "quantity": int(count) if count else None,
        "weight": weight_of(sound),
        "sscc": sscc,
        "content": sound.get("02", sound.get("8026", "")[:14]) or None,
        "in_store": in_store_of(gtin) if is_digits and gtin else None,
        "addon": apart["digits"][13:] if apart["mark"] == "]E3" and is_digits else None,
        "errors": apart["errors"] + errors,
    }


def sscc_of(code: str) -> str | None:
    """The number of the logistic unit that a code names, 18 digits with a check digit that fits."""
    apart = _apart(code)
    is_digits = apart["form"] == "digits"
    return _sscc_in(apart["digits"] if is_digits else dict(apart["elements"][::-1]).get("00", ""))


def _apart(code: str) -> _Apart:
    text = code.translate(_WIDE_DIGITS).strip(" \t\r\n")
    mark = ""
    if len(text) > 3 and text[0] == "]" and text[1].isascii() and text[1].isalpha() and " " <= text[2] <= "~":
        mark, text = text[:3], text[3:]
    is_marked = mark in _ELEMENT_STRING_MARKS
    if text.startswith(SEPARATOR):
        text, is_marked = text.lstrip(SEPARATOR), True
    apart: _Apart = {"text": text, "form": "text", "digits": "", "elements": [], "errors": [], "mark": mark}
    string = _TWO_TO_A_PHONE.sub("\ufffd", text)
    if len(string) > _MOST_CHARACTERS:
        return apart
    form: Form = "link"
    found = in_link(string)
    if found is None:
        form, string = "elements", _WRITTEN_SEPARATOR.sub(SEPARATOR, string)
        found = in_brackets(string.lstrip(SEPARATOR))
        if found is None and (is_marked or _begins_like_elements(string)):
            found = in_string(string)
    if found is not None:
        return {**apart, "form": form, "elements": found[0], "errors": found[1]}
    digits = text.replace(" ", "").replace("-", "")
    return {**apart, "form": "digits", "digits": digits} if all_digits(digits) else apart


def _begins_like_elements(text: str) -> bool:
    """Most wedge scanners leave out the mark: a key that checks, then nothing or another AI, is taken as elements."""
    if SEPARATOR in text:
        return text[0] == SEPARATOR or identifier_of(identifier_at(text, 0)) is not None
    length = {"00": 20, "01": 16, "02": 16}.get(text[:2], 0)
    if not length or len(text) < length or not check_digit_fits(text[2:length]) or not text[2:length].strip("0"):
        return False
    rest = text[length : length + 2]
    return all_digits(rest) if rest else text[:2] != "02"


def _gtin_of_digits(apart: _Apart) -> str | None:
    digits = apart["digits"][:13] if apart["mark"] == "]E3" else apart["digits"]
    # No trade item has a GTIN-8 that begins with 0, so such digits are a UPC-E first, unless the symbol said EAN-8.
    upc_a = None if apart["mark"] == "]E4" else expand_upc_e(digits)
    return gtin_of(upc_a) if upc_a else gtin_of(digits)


def _gtin_of_elements(values: dict[str, str]) -> str | None:
    """Of the item itself, the item made to order, or the item that this is a piece of; never of what is inside."""
    named = (values.get("01"), values.get("03"), values.get("8006", "")[:14])
    first = next((each for each in named if each), "")
    return gtin_of(first) if len(first) == 14 else None


def _sscc_in(digits: str) -> str | None:
    return digits if len(digits) == 18 and check_digit_fits(digits) and digits.strip("0") else None
