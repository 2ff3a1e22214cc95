"""Numbers, money, truth and moments as people of many countries write them. Each raises `Refused`, never guesses."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from server.imports.reading.lines import Refused

MOST_PRICE_CENTS = 2_000_000_000
# A thousand tons in grams: more is a barcode in the wrong column.
MOST_QUANTITY = 1_000_000_000
_HAS_CLOCK = re.compile(r"[:时Tt]|\d{12}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BLANKS = re.compile(r"[\s\u00a0\u202f'’]")
_WHOLE = re.compile(r"[+-]?\d{1,12}(?:[.,]0{1,2})?|[+-]?\d{1,12}[.,]0{4,}")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3}){2,}|(?:,\d{3}){2,})")
_UNCLEAR = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_CURRENCY = r"CNY|RMB|EUR|USD|GBP|CHF|[¥€$£元]"
_MONEY = re.compile(rf"(?:{_CURRENCY})?(\d[\d.,]{{0,20}})(?:{_CURRENCY})?", re.IGNORECASE)
_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+|\d+")
_YES = frozenset(("yes", "y", "true", "1", "x", "ja", "j", "oui", "o", "sí", "si", "s", "是", "有", "对", "真", "✓"))
_NO = frozenset(("no", "n", "false", "0", "-", "nein", "nee", "non", "否", "无", "不", "假"))
# Day first with dots; with slashes only where a number says which is the day; year first, also in Chinese.
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T,]+(.+))?")
_YEAR_FIRST = re.compile(r"(\d{4})[./年-](\d{1,2})[./月-](\d{1,2})日?(?:[ T]*(\d.*))?")
_CLOCK = re.compile(r"(\d{1,2})[:时](\d{2})(?:[:分](\d{2})(?:[.,](\d{1,6}))?)?[分秒]?(?: ?([AaPp])\.?[Mm]\.?)?")


def whole(text: str, field: str) -> int:
    """`12`, `-3`, `1 200`, `5.00`, `1.234.567`; `1,234` could be either and is refused."""
    if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 11:
        number = int(text)
    else:
        plain = _BLANKS.sub("", unicodedata.normalize("NFKC", text).replace("−", "-"))
        if _THOUSANDS.fullmatch(plain):
            number = int(plain.replace(".", "").replace(",", ""))
        elif _UNCLEAR.fullmatch(plain):
            raise Refused("number_unclear", field=field, value=text)
        elif _WHOLE.fullmatch(plain):
            number = int(re.split("[.,]", plain)[0])
        else:
            raise Refused("number_wrong", field=field, value=text)
    if abs(number) > MOST_QUANTITY:
        raise Refused("number_range", field=field, value=text, low=-MOST_QUANTITY, high=MOST_QUANTITY)
    return number


# Prices come again and again: 1.99 is thought about once.
@lru_cache(16_384)
def cents(text: str, of_workbook: bool) -> int:
    """`12.50`, `12,5`, `1.234,50`, `¥ 1,234.00`; the numbers of a workbook have a point and no thousands."""
    found = _MONEY.fullmatch(_BLANKS.sub("", unicodedata.normalize("NFKC", text)))
    if found is None:
        raise Refused("price_wrong", value=text)
    plain = found[1]
    if _UNCLEAR.fullmatch(plain) and not of_workbook:
        raise Refused("number_unclear", field="price", value=text)
    last = max(plain.rfind("."), plain.rfind(","))
    if last >= 0 and plain.count(plain[last]) == 1:
        units, fraction = plain[:last], plain[last + 1 :].rstrip("0")
    else:
        units, fraction = plain, ""
    if not _GROUPS.fullmatch(units) or not (fraction == "" or fraction.isdigit()):
        raise Refused("price_wrong", value=text)
    if len(fraction) > 2:
        raise Refused("price_finer_than_cents", value=text)
    price = int(units.replace(".", "").replace(",", "")) * 100 + int(fraction.ljust(2, "0"))
    if price > MOST_PRICE_CENTS:
        raise Refused("number_range", field="price", value=text, low=0, high=MOST_PRICE_CENTS // 100)
    return price


def yes_or_no(text: str, field: str) -> bool:
    word = text.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Refused("yes_no_wrong", field=field, value=text)


def degrees(text: str, field: str, most: int) -> float:
    """A latitude or longitude; a decimal comma is understood."""
    try:
        number = float(text.replace(",", ".").replace("−", "-"))
    except ValueError as problem:
        raise Refused("number_wrong", field=field, value=text) from problem
    if not -most <= number <= most:
        raise Refused("number_range", field=field, value=text, low=-most, high=most)
    return number


def moment(text: str, field: str, *, day_ends: bool = False) -> tuple[int, bool]:
    """Milliseconds, and whether they are the store's own clock read as UTC (the text names no offset).

    A day without a time is its first moment, or the one after its last where `day_ends`.
    """
    read = _of_digits(text) or _of_iso(text) or _of_parts(text)
    if read is None:
        raise Refused("time_wrong", field=field, value=text)
    if read is _EITHER:
        raise Refused("time_unclear", field=field, value=text)
    is_local = read.tzinfo is None
    at = (read.replace(tzinfo=UTC) if is_local else read) - _EPOCH
    if day_ends and is_local and not _HAS_CLOCK.search(text):
        at += timedelta(days=1)
    if not timedelta(days=365 * 20) < at < timedelta(days=365 * 130):
        raise Refused("time_range", field=field, value=text)
    return at // timedelta(milliseconds=1), is_local


def _of_digits(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970, and `20261122140200`."""
    if not (text.isascii() and text.isdigit()):
        return None
    if len(text) in (10, 13):
        return _EPOCH + timedelta(milliseconds=int(text.ljust(13, "0")))
    return _of_iso(f"{text[:8]}T{text[8:]}") if len(text) in (12, 14) else None


def _of_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _of_parts(text: str) -> datetime | None:
    plain = unicodedata.normalize("NFKC", text)
    if found := _YEAR_FIRST.fullmatch(plain):
        year, month, day, clock = found.groups()
    elif found := _DAY_FIRST.fullmatch(plain):
        first, mark, second, year, clock = found.groups()
        day, month = first, second
        if mark != ".":
            if int(first) <= 12 and int(second) <= 12 and first != second:
                return _EITHER
            if int(second) > 12:
                day, month = second, first
    else:
        return None
    hours = _of_clock(clock)
    try:
        return None if hours is None else datetime(int(year), int(month), int(day)) + hours  # noqa: DTZ001 - local
    except ValueError:
        return None


def _of_clock(text: str | None) -> timedelta | None:
    if text is None:
        return timedelta()
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[5]:
        hour = hour % 12 + (12 if found[5] in "Pp" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=int((found[4] or "0").ljust(6, "0")))


# Given for a text that two countries read differently.
_EITHER = datetime.max  # noqa: DTZ901 - no moment
