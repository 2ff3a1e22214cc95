"""What a reader says it saw, where, and in the words that both readers share."""

from dataclasses import dataclass
from typing import Literal

from sync.gs1 import check_digit_fits, expand_upc_e, what_is

Reader = Literal["pyzbar", "zxing-cpp", "scan-lines"]
Box = tuple[float, float, float, float]
Point = tuple[float, float]

MATRIX = frozenset({"QR Code", "Data Matrix"})
RETAIL = frozenset({"EAN-13", "EAN-8", "UPC-A", "UPC-E"})


@dataclass(frozen=True, slots=True)
class Reading:
    """`box` is left, top, right, bottom in pixels of the upright photograph; `mark` the AIM identifier or ""."""

    format: str
    text: str
    reader: Reader
    box: Box
    addon: str = ""
    mark: str = ""

    @property
    def gtin(self) -> str | None:
        """14 digits where the code names a trade item."""
        if self.format == "EAN-8":
            return what_is("]E4" + self.text).get("gtin")
        if self.format == "UPC-E":
            return (expand_upc_e(self.text) or "").rjust(14, "0") or None
        return what_is(self.mark + self.text).get("gtin")


def retail_code(digits: str, is_upc_e: bool) -> tuple[str, str] | None:
    """The format and digits as they are printed, of what a reader gives as 8, 12 or 13 digits.

    An EAN-13 that begins with 0 is a UPC-A to the last bar. None for what no symbol can hold.
    """
    if not digits.isascii() or not digits.isdigit():
        return None
    if is_upc_e:
        printed = digits if len(digits) == 8 else upc_e_of(digits[-12:])
        return ("UPC-E", printed) if printed and expand_upc_e(printed) else None
    if not check_digit_fits(digits) or not digits.strip("0"):
        return None
    if len(digits) == 13 and digits[0] == "0":
        return "UPC-A", digits[1:]
    named = {8: "EAN-8", 12: "UPC-A", 13: "EAN-13"}.get(len(digits))
    return (named, digits) if named else None


def upc_e_of(upc_a: str) -> str | None:
    """The eight digits that a UPC-A of twelve is shortened to; None where it cannot be."""
    if len(upc_a) != 12:
        return None
    first, maker, goods, check = upc_a[0], upc_a[1:6], upc_a[6:11], upc_a[11]
    bodies = (
        maker[:2] + goods[2:] + maker[2],
        maker[:3] + goods[3:] + "3",
        maker[:4] + goods[4] + "4",
        maker + goods[4],
    )
    for body in bodies:
        if expand_upc_e(first + body + check) == upc_a:
            return first + body + check
    return None


def around(points: list[Point]) -> Box:
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across), min(down), max(across), max(down)


def overlap(one: Box, other: Box) -> float:
    """Which part of the smaller box lies in the larger; a line across bars counts as wide as a tenth of itself."""
    one, other = _thickened(one), _thickened(other)
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / min(_area(one), _area(other))


def _thickened(box: Box) -> Box:
    edge = 0.05 * max(box[2] - box[0], box[3] - box[1]) + 1
    return box[0] - edge, box[1] - edge, box[2] + edge, box[3] + edge


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
