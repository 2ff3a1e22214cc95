"""Where bars stand in a photograph and how they are turned, by the directions in which its greys change."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import atan2, cos, degrees, pi, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from server.scanning.photos.readings import Box, around
from server.scanning.photos.views import View, upright

Greys = NDArray[np.float32]
Cells = NDArray[np.float32]

# Places are looked for in a picture no longer than this, in cells of so many of its pixels.
LOOKED_AT_PX = 960
CELL_PX = 8
# How much of a cell's change goes one way (1: all of it), and how strong it is beside the photograph's strongest.
ONE_WAY = 0.55
STRONG = 0.06
AT_LEAST_CELLS = 5
# Cells belong together while their directions differ by less.
SAME_WAY_RAD = 0.35
# Of the height of bars so many lines are looked at.
ROWS = 140


@dataclass(frozen=True, slots=True)
class Place:
    """Across the bars the line runs `degrees` from the x axis; the box is in the frame that is turned so."""

    degrees: float
    left: float
    top: float
    right: float
    bottom: float
    weight: float

    @property
    def length(self) -> float:
        return self.right - self.left

    @property
    def box(self) -> Box:
        """Upright in the photograph, around all of it."""
        turn = self.degrees * pi / 180
        corners = [(x, y) for x in (self.left, self.right) for y in (self.top, self.bottom)]
        return around([(x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)) for x, y in corners])

    def view(self, picture: Image.Image, scale: float, lean: float = 0.0, room: float = 0.12) -> View:
        """Upright bars with `room` beside them, in lengths of theirs; `lean` turns the frame a little more."""
        beside, above = room * self.length + 6, 0.02 * (self.bottom - self.top)
        box = self.left - beside, self.top - above, self.right + beside, self.bottom + above
        if lean:
            return upright(picture, _leaned(box, lean), self.degrees + lean, scale, ROWS)
        return upright(picture, box, self.degrees, scale, ROWS)


def _leaned(box: tuple[float, float, float, float], lean: float) -> tuple[float, float, float, float]:
    """The same middle in a frame that is turned by `lean` degrees more."""
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    turn = lean * pi / 180
    new_across, new_down = across * cos(turn) + down * sin(turn), -across * sin(turn) + down * cos(turn)
    half, tall = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    return new_across - half, new_down - tall, new_across + half, new_down + tall


def places(picture: Image.Image, cell_px: int = CELL_PX) -> list[Place]:
    """Strongest first."""
    factor = min(1.0, LOOKED_AT_PX / max(picture.size))
    small = picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))))
    if min(small.size) < 3 * cell_px:
        return []
    greys = np.asarray(small, dtype=np.float32)
    across, down = _changes(greys)
    xx, yy, xy = (_smoothed(_summed(change, cell_px)) for change in (across * across, down * down, across * down))
    strength = xx + yy
    way = np.hypot(xx - yy, 2 * xy) / (strength + 1e-3)
    turn = np.arctan2(2 * xy, xx - yy) / 2
    strongest = float(np.quantile(strength, 0.99))
    is_bar = (way > ONE_WAY) & (strength > STRONG * strongest) & (strength > 60 * cell_px * cell_px)
    groups = (cells for cells in _together(is_bar, turn) if len(cells) >= AT_LEAST_CELLS)
    found = [_place(cells, turn, strength, cell_px / factor) for cells in groups]
    return sorted(found, key=lambda place: -place.weight)


def _changes(greys: Greys) -> tuple[Greys, Greys]:
    """How the greys change to the right and downwards, over two pixels."""
    across, down = np.zeros_like(greys), np.zeros_like(greys)
    across[:, 1:-1] = greys[:, 2:] - greys[:, :-2]
    down[1:-1, :] = greys[2:, :] - greys[:-2, :]
    return across, down


def _summed(change: Greys, cell_px: int) -> Cells:
    high, wide = (edge // cell_px for edge in change.shape)
    whole = change[: high * cell_px, : wide * cell_px].reshape(high, cell_px, wide, cell_px)
    summed: Cells = whole.sum(axis=(1, 3))
    return summed


def _smoothed(cells: Cells) -> Cells:
    padded = np.pad(cells, 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return np.asarray((rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9, dtype=np.float32)


def _together(is_bar: NDArray[np.bool_], turn: Cells) -> Iterator[list[tuple[int, int]]]:
    left = {(int(y), int(x)) for y, x in zip(*np.nonzero(is_bar), strict=True)}
    ways: list[list[float]] = turn.tolist()
    while left:
        cells = [left.pop()]
        for y, x in cells:
            for near in ((y, x + 1), (y, x - 1), (y + 1, x), (y - 1, x)):
                if near in left and _between(ways[y][x], ways[near[0]][near[1]]) < SAME_WAY_RAD:
                    left.discard(near)
                    cells.append(near)
        yield cells


def _between(one: float, other: float) -> float:
    """The angle between two lines, which have no head and no tail."""
    return abs((one - other + pi / 2) % pi - pi / 2)


def _place(cells: list[tuple[int, int]], turn: Cells, strength: Cells, px: float) -> Place:
    at = np.array(cells)
    weights = strength[at[:, 0], at[:, 1]]
    ways = turn[at[:, 0], at[:, 1]]
    angle = atan2(float((weights * np.sin(2 * ways)).sum()), float((weights * np.cos(2 * ways)).sum())) / 2
    x, y = (at[:, 1] + 0.5) * px, (at[:, 0] + 0.5) * px
    along, beside = x * cos(angle) + y * sin(angle), -x * sin(angle) + y * cos(angle)
    half = px / 2
    return Place(
        degrees(angle),
        float(along.min()) - half,
        float(beside.min()) - half,
        float(along.max()) + half,
        float(beside.max()) + half,
        float(weights.sum()),
    )
