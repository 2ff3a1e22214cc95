"""Files that are almost pictures: each begins as a good one and is spoilt by a seed."""

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import segno
from PIL import Image
from pillow_heif import HeifImagePlugin  # noqa: F401 -- teaches Pillow to write HEIC

from tests.photographs.spoiling import photograph

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "BMP", "TIFF", "MPO")


@cache
def good(kind: str) -> bytes:
    picture, _ = photograph(14, "ean_13")
    file = io.BytesIO()
    picture.resize((400, 300)).save(file, kind)
    return file.getvalue()


def hostile(seed: int) -> bytes:
    chance = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    whole = bytearray(good(kind))
    for _ in range(chance.randint(1, 2)):
        chance.choice(MUTATIONS)(whole, chance)
    return bytes(whole)


def _flip_bits(whole: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 20, 200))):
        if whole:
            whole[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)


def _spoil_header(whole: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        if whole:
            whole[chance.randrange(min(64, len(whole)))] = chance.randrange(256)


def _cut_off(whole: bytearray, chance: random.Random) -> None:
    del whole[chance.randrange(len(whole) + 1) :]


def _cut_out(whole: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(whole) + 1)
    del whole[begin : begin + chance.choice((1, 7, 500))]


def _repeat(whole: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(whole) + 1)
    whole[begin:begin] = whole[begin : begin + chance.choice((4, 100, 5000))]


def _swell(whole: bytearray, chance: random.Random) -> None:
    """Sizes somewhere in the header become as large as they can be said."""
    for _ in range(chance.randint(1, 3)):
        begin = chance.randrange(min(200, len(whole)) + 1)
        whole[begin : begin + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\xff\xff"))


def _zeros(whole: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(whole) + 1)
    whole[begin : begin + 300] = bytes(len(whole[begin : begin + 300]))


def _another_name(whole: bytearray, chance: random.Random) -> None:
    """The beginning of one kind before the rest of another."""
    other = good(chance.choice(KINDS))
    length = chance.choice((4, 12, 32, 200))
    whole[:length] = other[:length]


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    *(_flip_bits, _spoil_header, _cut_off, _cut_out, _repeat, _swell, _zeros, _another_name),
)


@cache
def corpus() -> dict[str, bytes]:
    """What fails, or is known to fail, somewhere: by name."""
    return dict(_corpus())


def _corpus() -> Iterator[tuple[str, bytes]]:
    yield "nothing", b""
    yield "text", b"4006209700068\n" * 40
    yield "a png of 60000 by 60000", png_bomb(60_000)
    yield "a png of 6900 by 6900 that is all there", png_bomb(6_900)
    yield "a png whose size is zero", png_bomb(0)
    yield "a moving webp", _moving("WEBP")
    yield "a moving png", _moving("PNG")
    yield "a webp that turns endlessly", good("WEBP")[:30] + b"\0" * 64
    yield "a jpeg with nothing but its name", b"\xff\xd8\xff"
    yield "a heic with nothing but its name", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    yield "noise", _saved(Image.effect_noise((1600, 1600), 120), "PNG")
    yield "stripes", _saved(_stripes(), "PNG")
    for number, part in enumerate(parts_of_a_qr_code()):
        yield f"part {number + 1} of a QR code in parts", part


def png_bomb(side_px: int) -> bytes:
    """All zeros, packed a thousandfold where it is small enough to be made."""
    rows = zlib.compress(bytes((side_px + 1) * min(side_px, 7000)), 1) if side_px else b""
    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def parts_of_a_qr_code() -> list[bytes]:
    """Structured append: one text in several symbols, on which one reader raises."""
    made = []
    for symbol in segno.make_sequence("https://example.com/01/04006209700068/10/" + "ABC123" * 12, version=4):
        drawn = io.BytesIO()
        symbol.save(drawn, kind="png", scale=5)
        made.append(drawn.getvalue())
    return made


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _moving(kind: str) -> bytes:
    frames = [Image.new("L", (64, 64), grey) for grey in (0, 120, 255)]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=50)
    return file.getvalue()


def _stripes() -> Image.Image:
    """Bars everywhere, and no code."""
    row = bytes(255 * (x * x // 900 % 2) for x in range(3000))
    return Image.frombytes("L", (3000, 1), row).resize((3000, 2000))


def _saved(picture: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()
