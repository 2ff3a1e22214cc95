"""Whole numbers as two streams: a mark that says how large each one is, and the bits that the mark leaves open.

Marks are bytes, so that a compressor finds in them what is common; the bits are as good as random and stay as they are.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Of 2 ** FINE numbers between two powers of two, each has a mark of its own. More of them would not fit a byte.
FINE, FINE_OF_LARGE = 3, 2
LARGE = 2**32
# A phone counts no further.
LARGEST = 2**53 - 1
# A column with few different numbers is a list of them, the most frequent first, and places in it.
RANKED_FROM = 8
SAMPLE = 2_000


class Unpackable(ValueError):  # noqa: N818 -- a bucket that has to travel as rows
    """Something that the format has no place for."""


@dataclass(frozen=True, slots=True)
class Packed:
    """`spec` is what the reader must know. `plain` streams can be compressed and `dense` ones cannot, each in the order
    in which they are read; `bits` is about how many bits remain of both.
    """

    spec: dict[str, Any]
    plain: list[bytes]
    dense: list[bytes]
    bits: float


def pack_numbers(values: Sequence[int]) -> Packed:
    """The smallest of four ways: as they are, as steps up, as steps, as ranks. Raises `Unpackable`."""
    if len(set(values)) < 2:
        return Packed({"n": len(values), "same": values[0] if values else 0}, [], [], 0)
    counted = Counter(values)
    packed = _way(values, _best_way(values[:SAMPLE])).packed()
    if len(counted) * RANKED_FROM <= len(values):
        ranked = _ranked(values, counted)
        return ranked if ranked.bits < packed.bits else packed
    return packed


def pack_plain(values: Sequence[int]) -> Packed:
    return _plain(values).packed() if values else Packed({"n": 0, "same": 0}, [], [], 0)


def both(spec: dict[str, Any], one: Packed, other: Packed) -> Packed:
    """A column of two."""
    return Packed(spec, one.plain + other.plain, one.dense + other.dense, one.bits + other.bits)


def _ranked(values: Sequence[int], counted: Counter[int]) -> Packed:
    listed = sorted(counted, key=lambda value: (-counted[value], value))
    places = {value: place for place, value in enumerate(listed)}
    known, ranks = pack_plain(listed), pack_plain([places[value] for value in values])
    return both({"n": len(values), "values": known.spec, "ranks": ranks.spec}, known, ranks)


class _Way:
    """One way to write a column. Its marks say how long it will be; the open bits are written for the best one only."""

    def __init__(self, how: str, values: Sequence[int], codes: Sequence[int]) -> None:
        self._how, self._values, self._codes = how, values, codes
        self._fine = fine = FINE if max(codes) < LARGE else FINE_OF_LARGE
        # Half a million words are packed in the blink of an eye as long as each number is looked at once.
        self._different = set(codes)
        plain, tops = 2 << fine, 1 << fine
        marks = {
            code: code
            if code < plain
            else plain + ((bits := code.bit_length() - 1 - fine) - 1 << fine) + (code >> bits) - tops
            for code in self._different
        }
        self._marks = bytes([marks[code] for code in codes])
        counted = Counter(self._marks)
        open_bits = sum(count * _open_bits(mark, fine) for mark, count in counted.items())
        self.bits = open_bits - sum(count * math.log2(count / len(codes)) for count in counted.values())

    def packed(self) -> Packed:
        values, fine = self._values, self._fine
        written = {code: _written(code, fine) for code in self._different}
        bits = "".join([written[code] for code in self._codes])
        size = -(-len(bits) // 8)
        # The one in front keeps the zeros after it.
        body = int("1" + bits.ljust(size * 8, "0"), 2).to_bytes(size + 1, "big")[1:]
        first, least, most = values[0], min(values), max(values)
        spec = {"n": len(values), "how": self._how, "first": first, "least": least, "most": most, "fine": fine}
        return Packed({**spec, "bits": size}, [self._marks], [body], self.bits)


def _best_way(values: Sequence[int]) -> str:
    """Judged by the beginning of a column: what is right for two thousand numbers is right for the rest."""
    steps = [after - before for before, after in pairwise(values)]
    if min(steps, default=0) >= 0:
        return "rising"
    if max(steps) - min(steps) >= LARGEST // 8:
        return "plain"
    return min(("plain", "steps"), key=lambda how: _way(values, how).bits)


def _way(values: Sequence[int], how: str) -> _Way:
    """`how` it is best, if it can be so."""
    _check(values)
    steps = [after - before for before, after in pairwise(values)] if how != "plain" else []
    if how == "rising" and min(steps, default=0) >= 0:
        return _Way("rising", values, [0, *steps])
    if how != "plain" and max(map(abs, steps), default=0) < LARGEST // 4:
        return _Way("steps", values, [0, *[2 * step if step >= 0 else -2 * step - 1 for step in steps]])
    return _plain(values)


def _plain(values: Sequence[int]) -> _Way:
    _check(values)
    least = min(values)
    return _Way("plain", values, [value - least for value in values] if least else values)


def _check(values: Sequence[int]) -> None:
    least, most = min(values), max(values)
    if max(most, most - least) > LARGEST or least < -LARGEST:
        raise Unpackable(f"numbers from {least} to {most}")


def _open_bits(mark: int, fine: int) -> int:
    return max(0, (mark - (2 << fine) >> fine) + 1)


def _written(code: int, fine: int) -> str:
    open_bits = code.bit_length() - 1 - fine
    return f"{code & (1 << open_bits) - 1:0{open_bits}b}" if open_bits > 0 else ""
