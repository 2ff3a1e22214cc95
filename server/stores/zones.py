"""Time zones as phones need them: when the clock was or will be put forward or back, as plain numbers."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypedDict
from zoneinfo import ZoneInfo, available_timezones


class ZoneGroup(TypedDict):
    """Zones of one part of the world, as a list on a page shows them."""

    region: str
    zones: list[str]


FIRST_YEAR, LAST_YEAR = 2024, 2037


# Names that time zones had when they were countries'; each has another name today.
_OLD_REGIONS = {"Brazil", "Canada", "Chile", "Mexico", "US"}


@cache
def known_zones() -> frozenset[str]:
    """Names of places, as `Europe/Brussels`; the abbreviations that the tables carry too name no place."""
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")) | {"UTC"}


@cache
def zone_groups() -> list[ZoneGroup]:
    known = sorted(known_zones())
    regions = sorted({zone.partition("/")[0] for zone in known if "/" in zone} - _OLD_REGIONS)
    groups = [ZoneGroup(region=one, zones=[zone for zone in known if zone.startswith(f"{one}/")]) for one in regions]
    return [*groups, ZoneGroup(region="UTC", zones=["UTC"])]


@cache
def transitions(time_zone: str) -> list[list[int]]:
    """`[from_ms, offset_minutes]`, ascending; the first reaches back for ever.

    Phones have no tables of time zones that agree with ours to the letter, so the few moments they need travel.
    """
    zone = ZoneInfo(time_zone)
    at = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    found = [[-8_640_000_000_000_000, _offset_minutes(zone, at)]]
    while at.year <= LAST_YEAR:
        after = at + timedelta(days=1)
        if _offset_minutes(zone, after) != found[-1][1]:
            moment = _first_moment(zone, at, after)
            found.append([int(moment.timestamp()) * 1000, _offset_minutes(zone, moment)])
        at = after
    return found


def _first_moment(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = _offset_minutes(zone, before)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        before, after = (middle, after) if _offset_minutes(zone, middle) == old else (before, middle)
    return after


def _offset_minutes(zone: ZoneInfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset() or timedelta()
    return int(offset.total_seconds()) // 60
