"""What stood in a file before, in memory that does not grow with the file."""

from array import array

# A million and a half keys of a generation take 24 MB; the one before is kept, so whatever stands twice within a
# million and a half lines is found, and in a file of a million items everything.
_MOST_SLOTS = 1 << 21
_FEWEST_SLOTS = 1 << 12
_KEY_BITS = (1 << 64) - 1


class Seen:
    """Keys and the lines they first stood on. A key is known by 64 bits that differ in every process."""

    def __init__(self) -> None:
        self._now = _Generation(_FEWEST_SLOTS)
        self._before: _Generation | None = None

    def line_of(self, key: str) -> int:
        """The line that `key` stood on, 0 for one that is new."""
        bits = hash(key) & _KEY_BITS or 1
        return self._now.find(bits) or (self._before.find(bits) if self._before else 0)

    def claim(self, key: str, line: int) -> int:
        """The line that `key` stood on; a new one stands on `line` from now, and 0 is given."""
        bits = hash(key) & _KEY_BITS or 1
        if self._before and (before := self._before.find(bits)):
            return before
        generation = self._now
        if not generation.room:
            generation = self._now = self._next(generation)
        return generation.claim(bits, line)

    def _next(self, full: "_Generation") -> "_Generation":
        if full.size < _MOST_SLOTS:
            return full.doubled()
        self._before = full
        return _Generation(_FEWEST_SLOTS)


class _Generation:
    """A table of open addresses: a key stands at the first free slot from where its bits point."""

    __slots__ = ("_keys", "_lines", "_mask", "room", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.room = size * 3 // 4
        self._mask = size - 1
        self._keys = array("Q", bytes(8 * size))
        self._lines = array("I", bytes(4 * size))

    def find(self, bits: int) -> int:
        keys, mask = self._keys, self._mask
        slot = bits & mask
        while key := keys[slot]:
            if key == bits:
                return self._lines[slot]
            slot = (slot + 1) & mask
        return 0

    def claim(self, bits: int, line: int) -> int:
        keys, mask = self._keys, self._mask
        slot = bits & mask
        while key := keys[slot]:
            if key == bits:
                return self._lines[slot]
            slot = (slot + 1) & mask
        keys[slot], self._lines[slot] = bits, line
        self.room -= 1
        return 0

    def doubled(self) -> "_Generation":
        larger = _Generation(self.size * 2)
        for bits, line in zip(self._keys, self._lines, strict=True):
            if bits:
                larger.claim(bits, line)
        return larger
