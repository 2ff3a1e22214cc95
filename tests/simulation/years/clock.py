"""Virtual time: nobody waits for it."""

from tests import shop


class Clock:
    def __init__(self, now_ms: int = shop.NOW) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def goes_on(self, ms: int) -> None:
        self.now_ms += ms
