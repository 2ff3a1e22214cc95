"""A moment as a field of a form holds it, on the clock of a store."""

import re
from datetime import UTC, datetime

from server.page_frame import Zone

MINUTE_MS = 60_000
_LOCAL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2})(:[0-9]{2})?")


def local_text(at_ms: int, zone: Zone) -> str:
    """`2026-11-22T14:02`."""
    moment = datetime.fromtimestamp((at_ms + _offset_ms(at_ms, zone)) // 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M")


def moment_of(text: str, zone: Zone) -> int | None:
    """The ms of a local time; None for what is none. An hour that comes twice means the first."""
    if not _LOCAL.fullmatch(text):
        return None
    try:
        local_ms = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000
    except (ValueError, OverflowError):
        return None
    candidates = [local_ms - offset * MINUTE_MS for offset in sorted({part[1] for part in zone}, reverse=True)]
    return next((at for at in candidates if at + _offset_ms(at, zone) == local_ms), candidates[-1])


def _offset_ms(at_ms: int, zone: Zone) -> int:
    offset = zone[0][1]
    for since, minutes in zone:
        if since <= at_ms:
            offset = minutes
    return offset * MINUTE_MS
