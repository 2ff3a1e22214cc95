"""A file becomes a grey, upright picture, or a reason why not; what else the file holds is left behind."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Final, TypeVar

from pi_heif import HeifImagePlugin  # noqa: F401 -- teaches Pillow to open HEIC
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES: Final = 25 * 1024 * 1024
# What the largest cameras of phones give; a JPEG is unpacked smaller at once, the others whole.
MOST_PIXELS: Final = {
    "JPEG": 210_000_000,
    "MPO": 210_000_000,
    "PNG": 50_000_000,
    "WEBP": 50_000_000,
    "HEIF": 50_000_000,
}
# Phones put several pictures into one JPEG (MPO); the first is the photograph.
KINDS: Final = ("JPEG", "PNG", "WEBP", "HEIF")
# More than this shows no code better and takes longer.
KEPT_PIXELS: Final = 12_500_000
LEAST_SIDE_PX: Final = 8
ORIENTATION: Final = 0x0112
TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's readers raise on files that are not what they say.
BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    AttributeError,
    NotImplementedError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
)


Made = TypeVar("Made")


class Unseen(Exception):  # noqa: N818 -- a foreseen end, no bug
    """`code` is one of `sentences.py`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def open_photograph(data: bytes) -> Image.Image:
    """Grey, upright and of at most `KEPT_PIXELS`. Raises Unseen."""
    return guarded(data, _opened)


def guarded(data: bytes, make: Callable[[bytes], Made]) -> Made:
    """What `make` makes of a file, whatever the file is. Raises Unseen."""
    if not data:
        raise Unseen("photo_empty")
    if len(data) > MOST_BYTES:
        raise Unseen("photo_too_large")
    # Its size is judged below, by kind.
    Image.MAX_IMAGE_PIXELS = None
    try:
        return make(data)
    except UnidentifiedImageError as error:
        raise Unseen("photo_kind") from error
    except BROKEN as error:
        raise Unseen("photo_broken") from error


def _opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=KINDS) as picture:
        kind = judged(picture)
        turn = turn_of(picture)
        if kind in ("JPEG", "MPO") and picture.width * picture.height > KEPT_PIXELS:
            factor = (KEPT_PIXELS / (picture.width * picture.height)) ** 0.5
            picture.draft("L", (round(picture.width * factor), round(picture.height * factor)))
        grey = _grey(picture)
    factor = (grey.width * grey.height / KEPT_PIXELS) ** 0.5
    if factor > 1:
        grey = grey.resize((max(1, round(grey.width / factor)), max(1, round(grey.height / factor))), reducing_gap=2.0)
    return grey if turn is None else grey.transpose(turn)


def judged(picture: Image.Image) -> str:
    """Its kind, before any of its pixels is unpacked."""
    kind = picture.format or ""
    if picture.width * picture.height > MOST_PIXELS[kind]:
        raise Unseen("photo_too_many_pixels")
    if min(picture.size) < LEAST_SIDE_PX:
        raise Unseen("photo_too_small")
    if kind in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
        raise Unseen("photo_moving")
    return kind


def turn_of(picture: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(picture.getexif().get(ORIENTATION, 1))
    except BROKEN:
        # A photograph whose notes are broken is still one.
        return None


def _grey(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        # 16 bits a pixel.
        return ImageOps.autocontrast(picture.convert("I").point(lambda value: value / 256).convert("L"))
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        # What is transparent is paper.
        seen = picture.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        paper.alpha_composite(seen)
        return paper.convert("L")
    return picture.convert("L")
