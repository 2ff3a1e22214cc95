"""A photograph of goods becomes a small upright JPEG that holds pixels alone: not where it was taken, nor by what."""

import io
from typing import Final

from PIL import Image

from server.scanning.photos.opening import KINDS, guarded, judged, turn_of

LONGEST_SIDE_PX: Final = 1280
MOST_PICTURE_BYTES: Final = 300 * 1024
# The first that is small enough is taken; noise of this size is below the limit at the last.
TRIES: Final = ((1280, 80), (1280, 60), (960, 60), (640, 50), (480, 40))


def goods_picture(data: bytes) -> bytes:
    """A JPEG of at most `MOST_PICTURE_BYTES`. Raises Unseen."""
    return guarded(data, _packed)


def _packed(data: bytes) -> bytes:
    picture = _upright(data)
    for side_px, quality in TRIES:
        picture.thumbnail((side_px, side_px), Image.Resampling.BICUBIC)
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() <= MOST_PICTURE_BYTES:
            break
    return file.getvalue()


def _upright(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=KINDS) as picture:
        kind = judged(picture)
        turn = turn_of(picture)
        if kind in ("JPEG", "MPO"):
            picture.draft("RGB", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))
        picture.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX), Image.Resampling.BICUBIC, reducing_gap=2.0)
        colours = _colours(picture)
    return colours if turn is None else colours.transpose(turn)


def _colours(picture: Image.Image) -> Image.Image:
    """Without anything but pixels: a copy would carry the file's notes along."""
    if picture.mode.startswith("I"):
        # 16 bits a pixel.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    seen = picture.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    paper.alpha_composite(seen)
    return paper.convert("RGB")
