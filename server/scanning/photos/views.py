"""A picture to be read, made of the photograph, that knows where its pixels came from."""

from dataclasses import dataclass
from math import cos, radians, sin

from PIL import Image

from server.scanning.photos.readings import Box, around

# x and y in the photograph are a·x + b·y + c and d·x + e·y + f of those in the view.
Way = tuple[float, float, float, float, float, float]
HERE: Way = (1, 0, 0, 0, 1, 0)


@dataclass(frozen=True, slots=True)
class View:
    picture: Image.Image
    way: Way = HERE

    def back(self, box: Box) -> Box:
        """Where in the photograph a box of this view lies."""
        a, b, c, d, e, f = self.way
        corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
        return around([(a * x + b * y + c, d * x + e * y + f) for x, y in corners])

    def changed(self, picture: Image.Image) -> "View":
        """The same place with other greys, and perhaps another size."""
        across, down = self.picture.width / picture.width, self.picture.height / picture.height
        a, b, c, d, e, f = self.way
        return View(picture, (a * across, b * down, c, d * across, e * down, f))

    def scaled(self, factor: float, how: Image.Resampling = Image.Resampling.BICUBIC) -> "View":
        size = max(1, round(self.picture.width * factor)), max(1, round(self.picture.height * factor))
        return self if size == self.picture.size else self.changed(self.picture.resize(size, how))


def upright(picture: Image.Image, box: Box, degrees: float, scale: float = 1.0, rows: int | None = None) -> View:
    """What lies in `box` of the frame that is turned by `degrees` around the picture's first pixel.

    `scale` times as large; no higher than `rows` where they are given, for bars need no height.
    """
    left, top, right, bottom = box
    width, height = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    height = height if rows is None else min(height, rows)
    across, down = (right - left) / width, (bottom - top) / height
    turn_cos, turn_sin = cos(radians(degrees)), sin(radians(degrees))
    start = left * turn_cos - top * turn_sin, left * turn_sin + top * turn_cos
    way = (across * turn_cos, -down * turn_sin, start[0], across * turn_sin, down * turn_cos, start[1])
    cut = picture.transform((width, height), Image.Transform.AFFINE, way, Image.Resampling.BICUBIC, fillcolor=255)
    return View(cut, way)


def turned(picture: Image.Image, degrees: float) -> View:
    """The whole picture in the frame that is turned by `degrees`."""
    turn_cos, turn_sin = cos(radians(degrees)), sin(radians(degrees))
    corners = [(x, y) for x in (0, picture.width) for y in (0, picture.height)]
    box = around([(x * turn_cos + y * turn_sin, -x * turn_sin + y * turn_cos) for x, y in corners])
    return upright(picture, box, degrees)
