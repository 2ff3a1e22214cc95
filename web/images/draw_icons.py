"""Draws the app's icons as PNG, in the sizes that phones ask for, from the lines of `logo.svg` beside it.

Run it after the logo has changed: `python web/images/draw_icons.py`.
"""

import math
from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).parent
GREEN, WHITE, MINT = (17, 89, 60), (255, 255, 255), (142, 227, 186)
# The logo's own grid and, in it, the rounding of the tile and the width of a line.
GRID, ROUNDING, STROKE = 64, 15, 4
# Drawn larger and scaled down: Pillow draws without smoothing.
FINER = 4

Point = tuple[float, float]


def corner(turns: int) -> list[Point]:
    """One corner of the scanning frame, turned by quarters around the middle."""
    bend = [(20 - 3 * math.cos(a), 20 - 3 * math.sin(a)) for a in (i * math.pi / 24 for i in range(13))]
    points = [(17.0, 24.0), *bend, (24.0, 17.0)]
    for _ in range(turns):
        points = [(GRID - y, x) for x, y in points]
    return points


def mark() -> list[tuple[list[Point], tuple[int, int, int]]]:
    bars: list[list[Point]] = [[(x, 27.0), (x, 37.0)] for x in (25.0, 32.0, 39.0)]
    return [(corner(turns), WHITE) for turns in range(4)] + [(bar, MINT) for bar in bars]


def icon(size: int, *, rounded: bool, zoom: float) -> Image.Image:
    """`zoom` makes the mark smaller or larger within its tile; a tile that a phone cuts itself is not `rounded`."""
    scale = size * FINER / GRID
    image = Image.new("RGBA", (size * FINER, size * FINER), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    edge = size * FINER - 1
    draw.rounded_rectangle((0, 0, edge, edge), ROUNDING * scale if rounded else 0, fill=GREEN)
    half = STROKE * zoom * scale / 2
    for points, colour in mark():
        placed = [tuple((GRID / 2 + (v - GRID / 2) * zoom) * scale for v in point) for point in points]
        draw.line([(x, y) for x, y in placed], fill=colour, width=round(half * 2))
        for x, y in placed:
            draw.ellipse((x - half, y - half, x + half, y + half), fill=colour)
    small = image.resize((size, size), Image.Resampling.LANCZOS)
    return small if rounded else small.convert("RGB")


def draw_all() -> None:
    for size in (192, 512):
        icon(size, rounded=True, zoom=1.0).save(HERE / f"icon-{size}.png", optimize=True)
        icon(size, rounded=False, zoom=0.92).save(HERE / f"icon-maskable-{size}.png", optimize=True)
    icon(180, rounded=False, zoom=1.0).save(HERE / "apple-touch-icon.png", optimize=True)


if __name__ == "__main__":
    draw_all()
