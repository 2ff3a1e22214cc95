"""The hub's clock; handed to whatever needs the time, so that a test may hold it."""

import time
from collections.abc import Callable

Clock = Callable[[], int]


def now_ms() -> int:
    """Milliseconds since 1970, UTC: the only kind of time that is stored or sent."""
    return time.time_ns() // 1_000_000
