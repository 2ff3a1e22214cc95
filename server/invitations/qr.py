"""A QR code as one path of an SVG: no script, no inline style, sharp at any size."""

from typing import TypedDict

import segno

BORDER = 4


class QrCode(TypedDict):
    """`path` is in a square of `size` units; `text` is what the code says."""

    size: int
    path: str
    text: str


def qr_code(text: str) -> QrCode:
    """Each run of dark modules is one piece of the path."""
    rows = [[bool(dark) for dark in row] for row in segno.make(text, error="m", micro=False).matrix_iter(border=BORDER)]
    pieces = [f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row)]
    return QrCode(size=len(rows), path="".join(pieces), text=text)


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many follow each other."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found
