"""Days and times inside element strings, as ISO days; twin of gs1_dates.js."""

from sync.gs1_digits import all_digits

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def year_of(two: str, today: str) -> int:
    """The year meant by its last two digits, at most 49 years back or 50 ahead (General Specifications 7.12).

    `today` is an ISO day; what is none stands for the year 2000.
    """
    this_year = int(today[:4]) if len(today) >= 4 and all_digits(today[:4]) else 2000
    ahead = int(two) - this_year % 100
    century = this_year // 100 - (1 if ahead >= 51 else 0) + (1 if ahead <= -50 else 0)
    return century * 100 + int(two)


def day_of(six: str, today: str, may_end_month: bool) -> str | None:
    """`2026-11-30` of `261130`, and of `261100` where the day 00 stands for the last of the month; None for no day."""
    return iso_day(year_of(six[:2], today), int(six[2:4]), int(six[4:6]), may_end_month)


def iso_day(year: int, month: int, day: int, may_end_month: bool) -> str | None:
    """The ISO day, or None where the calendar has none."""
    if not 1 <= month <= 12:
        return None
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    last = 29 if month == 2 and is_leap else _LENGTHS[month - 1]
    if day == 0 and may_end_month:
        day = last
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= day <= last else None
