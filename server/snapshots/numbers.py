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
    steps = [after - before for before, after in pairwise(values)]
    ways = [pack_plain(values)]
    if min(steps) >= 0:
        ways.append(_packed("rising", values, [0, *steps]))
    elif max(steps) - min(steps) < LARGEST // 4:
        ways.append(_packed("steps", values, [0, *[2 * step if step >= 0 else -2 * step - 1 for step in steps]]))
    counted = Counter(values)
    if len(counted) * RANKED_FROM <= len(values):
        ways.append(_ranked(values, counted))
    return min(ways, key=lambda way: way.bits)


def pack_plain(values: Sequence[int]) -> Packed:
    if not values:
        return Packed({"n": 0, "same": 0}, [], [], 0)
    least = min(values)
    if max(max(values), max(values) - least) > LARGEST or least < -LARGEST:
        raise Unpackable(f"numbers from {least} to {max(values)}")
    return _packed("plain", values, [value - least for value in values] if least else values)


def _ranked(values: Sequence[int], counted: Counter[int]) -> Packed:
    listed = sorted(counted, key=lambda value: (-counted[value], value))
    places = {value: place for place, value in enumerate(listed)}
    known, ranks = pack_plain(listed), pack_plain([places[value] for value in values])
    spec = {"n": len(values), "values": known.spec, "ranks": ranks.spec}
    return both(spec, known, ranks)


def both(spec: dict[str, Any], one: Packed, other: Packed) -> Packed:
    """A column of two."""
    return Packed(spec, one.plain + other.plain, one.dense + other.dense, one.bits + other.bits)


def _packed(how: str, values: Sequence[int], codes: Sequence[int]) -> Packed:
    fine = FINE if max(codes) < LARGE else FINE_OF_LARGE
    different = set(codes)
    # Built of lists and dictionaries alone: half a million words are packed in the blink of an eye.
    marked = {code: _mark(code, fine) for code in different}
    written = {code: _open_bits(code, fine) for code in different}
    marks = bytes([marked[code] for code in codes])
    bits = "".join([written[code] for code in codes])
    size = -(-len(bits) // 8)
    # The one in front keeps the zeros after it.
    body = int("1" + bits.ljust(size * 8, "0"), 2).to_bytes(size + 1, "big")[1:]
    spec = {"n": len(values), "how": how, "first": values[0], "least": min(values), "most": max(values), "fine": fine}
    return Packed({**spec, "bits": size}, [marks], [body], _entropy(marks) + len(bits))


def _mark(code: int, fine: int) -> int:
    plain = 2 << fine
    if code < plain:
        return code
    open_bits = code.bit_length() - 1 - fine
    return plain + (open_bits - 1 << fine) + (code >> open_bits) - (1 << fine)


def _open_bits(code: int, fine: int) -> str:
    open_bits = code.bit_length() - 1 - fine
    return f"{code & (1 << open_bits) - 1:0{open_bits}b}" if open_bits > 0 else ""


def _entropy(marks: bytes) -> float:
    size = len(marks)
    return -sum(count * math.log2(count / size) for count in Counter(marks).values())
