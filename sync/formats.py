"""How the shop writes numbers, money, quantities, times and names, the same to the letter as `formats.js`.

Neither end asks its platform: Babel and Intl differ from each other, and between versions. Every function refuses what
it cannot write exactly (`ValueError`). Whole numbers stay within ±(2**53 − 1), which a phone can hold.
"""

import re
from collections.abc import Mapping
from typing import TypeVar

from sync.fold_table import FOLDS, MARKS, SPACES

MINUS = "\u2212"
LARGEST = 2**53 - 1
MINUTE_MS = 60_000
DAY_MS = 86_400_000
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Years 1 to 9999: outside them no stock moves, and neither end can be trusted to agree.
EARLIEST_MS = -62_135_596_800_000
LATEST_MS = 253_402_300_799_999
UNITS = {"each": {"en": "", "zh": ""}, "g": {"en": " g", "zh": " 克"}, "ml": {"en": " ml", "zh": " 毫升"}}

Zone = list[list[int]]
Value = TypeVar("Value")


def format_number(number: int) -> str:
    """`1,234` and `−5`, in both languages; the minus is U+2212, as wide as a digit."""
    whole = _whole(number)
    return (MINUS if whole < 0 else "") + f"{abs(whole):,}"


def format_quantity(quantity: int, unit: str, locale: str) -> str:
    """`12` of `each`, `1,250 g` or `1,250 克` of `g`, `ml` likewise. Never in kilograms: nothing is rounded."""
    return format_number(quantity) + _of(_of(UNITS, unit), locale)


def format_money(cents: int, symbol: str) -> str:
    """`¥1,234.05` of 123405 and "¥"; the minus stands before the symbol."""
    whole = _whole(cents)
    units, rest = divmod(abs(whole), 100)
    return f"{MINUS if whole < 0 else ''}{symbol}{units:,}.{rest:02d}"


def format_time(at_ms: int, zone: Zone) -> str:
    """`14:02`; `zone` is `[[from_ms, offset_minutes], …]` ascending, the first also holding for all time before it."""
    minute = _local_ms(at_ms, zone) % DAY_MS // MINUTE_MS
    return f"{minute // 60:02d}:{minute % 60:02d}"


def format_date(at_ms: int, zone: Zone, locale: str) -> str:
    """`22 Nov`, `11月22日`, the day it was in that zone."""
    _, month, day = _calendar(_local_ms(at_ms, zone) // DAY_MS)
    return _of({"en": f"{day} {MONTHS[month - 1]}", "zh": f"{month}月{day}日"}, locale)


def format_date_time(at_ms: int, zone: Zone, locale: str) -> str:
    """`22 Nov 14:02`, `11月22日 14:02`."""
    return f"{format_date(at_ms, zone, locale)} {format_time(at_ms, zone)}"


def local_day(at_ms: int, zone: Zone) -> str:
    """`2026-11-22`: the calendar day it was in that zone."""
    year, month, day = _calendar(_local_ms(at_ms, zone) // DAY_MS)
    return f"{year:04d}-{month:02d}-{day:02d}"


def format_day(day: str, locale: str) -> str:
    """`22 Nov 2026`, `2026年11月22日` of a calendar day `2026-11-22`, which lies in no zone (an expiry)."""
    parts = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", day)
    if parts is None:
        raise ValueError(f"not a day: {day}")
    year, month, date = (int(part) for part in parts.groups())
    return _of({"en": f"{date} {MONTHS[month - 1]} {year}", "zh": f"{year}年{month}月{date}日"}, locale)


def format_age(age_ms: int, locale: str) -> str:
    """`just now`, `3 min ago`, `2 h ago`, `5 days ago`; what lies ahead by a wrong clock is just now."""
    minutes = _whole(age_ms) // MINUTE_MS
    if minutes < 1:
        return _of({"en": "just now", "zh": "刚刚"}, locale)
    if minutes < 60:
        return _of({"en": f"{minutes} min ago", "zh": f"{minutes} 分钟前"}, locale)
    hours, days = minutes // 60, minutes // 1440
    if days < 1:
        return _of({"en": f"{hours} h ago", "zh": f"{hours} 小时前"}, locale)
    return _of({"en": "1 day ago" if days == 1 else f"{days} days ago", "zh": f"{days} 天前"}, locale)


def format_distance(metres: int, locale: str) -> str:
    """`850 m`, `4.2 km`, `51 km`: as exact as anybody drives by."""
    whole = _whole(metres)
    tenths = (whole + 50) // 100
    if whole < 1000:
        return f"{format_number(whole)}{_of({'en': ' m', 'zh': ' 米'}, locale)}"
    km = f"{tenths // 10}.{tenths % 10}" if tenths < 100 else format_number((whole + 500) // 1000)
    return km + _of({"en": " km", "zh": " 公里"}, locale)


def fold(text: str) -> str:
    """What the spellings of one name have in common, to search by: case, accents, width and spacing are gone.

    Each character is replaced by itself through a table that travels with the code, so no platform's Unicode version
    matters: `lower()` after NFKC gives other answers on 154 characters in Python and in JavaScript.
    """
    plain = _MARKS.sub("", _SPACES.sub(" ", text))
    return " ".join(word for word in "".join([_FOLD.get(each, each) for each in plain]).split(" ") if word)


def sort_key(text: str) -> str:
    """A folded text that sorts the same by code point, by UTF-8 byte and by UTF-16 unit, and `Tray 9` before `Tray 10`.

    For Chinese names give it the pinyin, which the hub makes and sends along.
    """
    return _ASTRAL.sub(_below_the_surrogates, _DIGITS.sub(_by_length, fold(text)))


def _by_length(digits: re.Match[str]) -> str:
    number = digits[0].lstrip("0") or "0"
    return "9" * (len(number) // 9) + str(len(number) % 9) + number


def _below_the_surrogates(character: re.Match[str]) -> str:
    rest = ord(character[0]) - 0x10000
    return "\uffff" + chr(0x4000 + (rest >> 10)) + chr(0x4000 + (rest & 0x3FF))


def _whole(number: int) -> int:
    if type(number) is not int or abs(number) > LARGEST:
        raise ValueError(f"not a whole number that both ends can hold: {number!r}")
    return number


def _of(table: Mapping[str, Value], key: str) -> Value:
    if key not in table:
        raise ValueError(f"not one of {', '.join(table)}: {key!r}")
    return table[key]


def _local_ms(at_ms: int, zone: Zone) -> int:
    if not zone or not EARLIEST_MS <= _whole(at_ms) <= LATEST_MS:
        raise ValueError(f"no time of day for {at_ms} in {zone}")
    offset_minutes = zone[0][1]
    for from_ms, minutes in zone:
        if from_ms <= at_ms:
            offset_minutes = minutes
    return at_ms + _whole(offset_minutes) * MINUTE_MS


def _calendar(days: int) -> tuple[int, int, int]:
    """Year, month and day of days since 1970-01-01, by Howard Hinnant's `civil_from_days`."""
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    return year, month, day_of_year - (153 * shifted_month + 2) // 5 + 1


def _folds() -> dict[str, str]:
    pairs = (item.split("\u2192") for line in FOLDS for item in line.split(" "))
    return {source: target for sources, target in pairs for source in sources}


_FOLD = _folds()
_MARKS = re.compile(f"[{MARKS}]")
_SPACES = re.compile(f"[{SPACES}]")
_DIGITS = re.compile("[0-9]+")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
