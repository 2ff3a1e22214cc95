"""Our own reading of interleaved 2 of 5 from lines averaged along upright bars: whole, from quiet to quiet zone."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Line = NDArray[np.float32]

BANDS = 7
# A run this many times as long as the line's narrow ones is no space inside a code.
QUIET = 5.0
# Fewer digits stand in any print by chance.
SHORTEST = 6
# Narrow and wide.
DIGITS = {
    "00110": "0",
    "10001": "1",
    "01001": "2",
    "11000": "3",
    "00101": "4",
    "10100": "5",
    "01100": "6",
    "00011": "7",
    "10010": "8",
    "01010": "9",
}


def averaged(picture: Image.Image, bands: int = BANDS) -> NDArray[np.float32]:
    """`bands` lines, each the mean of a band of rows; the outer ones lie at the edges of the bars."""
    return np.asarray(picture.resize((picture.width, bands), Image.Resampling.BOX), dtype=np.float32)


def runs_of(line: Line, window: int) -> tuple[bool, NDArray[np.float64]] | None:
    """Lengths of dark and light runs in pixels, with parts of one; whether the first is dark. None for a flat line."""
    highest, lowest = _envelope(line, window)
    middle = (highest + lowest) / 2
    if float(highest.max() - lowest.min()) < 8:
        return None
    signed = line - middle
    # Where nothing contrasts there are no bars.
    signed = np.where(highest - lowest < 0.15 * float(highest.max() - lowest.min()), 1.0, signed)
    before, after = signed[:-1], signed[1:]
    at = np.nonzero((before < 0) != (after < 0))[0]
    if len(at) < 20:
        return None
    edges = at + before[at] / (before[at] - after[at])
    ends = np.concatenate(([0.0], edges, [float(len(line) - 1)]))
    return bool(signed[0] < 0), np.diff(ends)


def _envelope(line: Line, window: int) -> tuple[Line, Line]:
    half = max(2, window // 2)
    padded = np.pad(line, half, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    return around.max(axis=1), around.min(axis=1)


def two_of_five(picture: Image.Image) -> Iterator[str]:
    """What each band says; of upright bars, in either direction."""
    for line in averaged(picture):
        found = runs_of(line, max(16, len(line) // 12))
        if found is None:
            continue
        starts_dark, runs = found
        for ordered, is_dark in ((runs, starts_dark), (runs[::-1], starts_dark == (len(runs) % 2 == 1))):
            text = _whole_code(ordered.tolist(), is_dark)
            if text:
                yield text


def _whole_code(runs: list[float], starts_dark: bool) -> str | None:
    for begin in range(2 if starts_dark else 1, len(runs) - 26, 2):
        start = runs[begin : begin + 4]
        narrow = sum(start) / 4
        if runs[begin - 1] >= QUIET * narrow and max(start) <= 1.9 * min(start):
            text = _digits(runs, begin + 4, narrow)
            if text:
                return text
    return None


def _digits(runs: list[float], place: int, narrow: float) -> str | None:
    text = ""
    while place + 10 <= len(runs) and not _is_end(runs, place, narrow):
        pair = runs[place : place + 10]
        bars, spaces = _digit(pair[0::2]), _digit(pair[1::2])
        if bars is None or spaces is None:
            return None
        text, place = text + bars + spaces, place + 10
        # A label that bends away from the lens grows or shrinks along the line.
        narrow = 0.7 * narrow + 0.3 * sum(sorted(pair)[:6]) / 6
    return text if len(text) >= SHORTEST and _is_end(runs, place, narrow) else None


def _is_end(runs: list[float], place: int, narrow: float) -> bool:
    """A wide bar, a narrow space, a narrow bar, and quiet."""
    if place + 3 >= len(runs):
        return False
    bar, space, last, quiet = runs[place : place + 4]
    return quiet >= QUIET * narrow and bar > 1.5 * max(space, last) and max(space, last) < 1.9 * narrow


def _digit(widths: list[float]) -> str | None:
    """Two of the five are wide; refused where the narrowest wide one is hardly wider than the widest narrow one."""
    ordered = sorted(widths)
    if ordered[3] < 1.35 * ordered[2]:
        return None
    return DIGITS.get("".join("1" if width >= ordered[3] else "0" for width in widths))
