"""Whether a value is what its application identifier holds; twin of gs1_values.js."""

import re
from collections.abc import Callable

from sync.gs1_coupons import is_coupon, is_offer
from sync.gs1_dates import day_of, iso_day
from sync.gs1_digits import check_digit_fits, check_pair
from sync.gs1_identifiers import TABLE, Identifier, Part

_SETS = {
    "N": re.compile(r"[0-9]*"),
    "X": re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*"),
    "Y": re.compile(r"[#\-/0-9A-Z]*"),
    "Z": re.compile(r"[\-0-9A-Z_a-z]*={0,2}"),
}
_COUNTRIES = frozenset(" ".join(TABLE["countries"]).split(" "))
_COUNTRY_LETTERS = frozenset(" ".join(TABLE["country_letters"]).split(" "))
_CURRENCIES = frozenset(" ".join(TABLE["currencies"]).split(" "))
_PACKAGE = re.compile(r"[0-9A-Z]{1,3}")
_SEQUENCE = re.compile(r"([1-9])/([1-9])")
_ESCAPES = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")
_ACCOUNT = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{7,30}")
_FOUR_DIGITS = re.compile(r"[0-9]{4}")

# Each rule of the table: the code of the error, and whether a part of a value keeps it.
_RULES: dict[str, tuple[str, Callable[[str, str], bool]]] = {
    "check": ("check_digit", lambda piece, _: check_digit_fits(piece)),
    "pair": ("check_pair", lambda piece, _: check_pair(piece[:-2]) == piece[-2:]),
    "prefix": ("company_prefix", lambda piece, _: _FOUR_DIGITS.match(piece) is not None),
    "date": ("date", lambda piece, today: day_of(piece, today, False) is not None),
    "date0": ("date", lambda piece, today: day_of(piece, today, True) is not None),
    "birthday": ("date", lambda piece, _: _is_birthday(piece)),
    "time": ("time", lambda piece, _: piece[:2] < "24" and piece[2:] < "60"),
    "hour": ("time", lambda piece, _: piece < "24"),
    "minute": ("time", lambda piece, _: piece < "60"),
    "country": ("country", lambda piece, _: piece in _COUNTRIES),
    "processor_country": ("country", lambda piece, _: piece in _COUNTRIES or piece == "999"),
    "country_letters": ("country", lambda piece, _: piece in _COUNTRY_LETTERS),
    "currency": ("currency", lambda piece, _: piece in _CURRENCIES),
    "latitude": ("position", lambda piece, _: piece <= "1800000000"),
    "longitude": ("position", lambda piece, _: piece <= "3600000000"),
    "piece": ("piece", lambda piece, _: "00" < piece[:2] <= piece[2:]),
    "iban": ("iban", lambda piece, _: _is_account(piece)),
    "coupon": ("coupon", is_coupon),
    "offer": ("coupon", is_offer),
    "escapes": ("escape", lambda piece, _: _ESCAPES.fullmatch(piece) is not None),
    "package": ("value", lambda piece, _: _PACKAGE.fullmatch(piece) is not None),
    "sequence": ("value", lambda piece, _: _is_sequence(piece)),
    "importer": ("value", lambda piece, _: piece != "=" and _SETS["Z"].fullmatch(piece) is not None),
    "media": ("value", lambda piece, _: "01" <= piece <= "10" or piece >= "80"),
    "sex": ("value", lambda piece, _: piece in "0129"),
    "yes_no": ("value", lambda piece, _: piece in "01"),
    "winding": ("value", lambda piece, _: piece in "019"),
    "minus": ("value", lambda piece, _: piece == "-"),
    "zero": ("value", lambda piece, _: piece == "0"),
    "not_zero": ("value", lambda piece, _: piece.strip("0") != ""),
    "plain_number": ("value", lambda piece, _: piece == "0" or piece[0] != "0"),
    "not_digits": ("value", lambda piece, _: _SETS["N"].fullmatch(piece) is None),
}


def problem(identifier: Identifier, value: str, today: str) -> str | None:
    """The code of the first thing wrong with a value; None where it is what the specification asks.

    `today` is an ISO day, which decides the century of a date.
    """
    if value == "":
        return "empty"
    if len(value) < identifier.least:
        return "too_short"
    if len(value) > identifier.most:
        return "too_long"
    at = 0
    for part in identifier.parts:
        piece = value[at : at + part.most]
        if part.may_miss and piece == "":
            break
        wrong = _problem_of_part(part, piece, today)
        if wrong:
            return wrong
        at += len(piece)
    return None


def _problem_of_part(part: Part, piece: str, today: str) -> str | None:
    if len(piece) < part.least:
        return "too_short"
    if _SETS[part.characters].fullmatch(piece) is None:
        return "character"
    for rule in part.rules:
        code, keeps = _RULES[rule]
        if not keeps(piece, today):
            return code
    return None


def _is_birthday(piece: str) -> bool:
    return piece[:4] != "0000" and iso_day(int(piece[:4]), int(piece[4:6]), int(piece[6:]), False) is not None


def _is_sequence(piece: str) -> bool:
    said = _SEQUENCE.fullmatch(piece)
    return said is not None and said[1] <= said[2]


def _is_account(piece: str) -> bool:
    """An IBAN: a country, and 1 modulo 97 of all its characters, letters as 10 to 35 (ISO 13616)."""
    if _ACCOUNT.fullmatch(piece) is None or piece[:2] not in _COUNTRY_LETTERS:
        return False
    left = 0
    for character in piece[4:] + piece[:4]:
        value = int(character, 36)
        left = (left * (10 if value < 10 else 100) + value) % 97
    return left == 1
