"""Takes a photograph of a label: turned, tilted, small, blurred, dark, flat, noisy, partly hidden."""

import random
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from tests.photographs.rendering import RENDERERS, Label

SIZE = 800, 600
Point = tuple[float, float]


def photograph(seed: int, kind: str) -> tuple[Image.Image, Label]:
    """The same seed and kind, the same picture."""
    chance = random.Random(f"{kind} {seed}")
    label = RENDERERS[kind](chance)
    wear = chance.sample(("hide", "blur", "noise", "dark", "flat", "shadow"), k=chance.randint(1, 3))
    picture = label.picture
    if "hide" in wear:
        picture = _hidden(picture, chance, is_matrix=label.format in ("QR Code", "Data Matrix"))
    picture = _seen_from(picture, chance)
    if "blur" in wear:
        picture = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.6, 2.4)))
    return Image.fromarray(_lit(picture, chance, wear)), label


def _hidden(picture: Image.Image, chance: random.Random, *, is_matrix: bool) -> Image.Image:
    """A thumb or a scratch: lines are left whole somewhere, and a square keeps what its error correction needs."""
    worn = picture.copy()
    draw = ImageDraw.Draw(worn)
    wide, high = picture.size
    grey = chance.randint(0, 255)
    if is_matrix:
        edge = int(min(wide, high) * chance.uniform(0.05, 0.12))
        x, y = chance.randint(int(wide * 0.4), int(wide * 0.7)), chance.randint(int(high * 0.4), int(high * 0.7))
        draw.ellipse((x, y, x + edge, y + edge), fill=grey)
        return worn
    for _ in range(chance.randint(1, 2)):
        x, tall = chance.randint(0, wide), high * chance.uniform(0.25, 0.45)
        top = chance.choice((0.0, high - tall))
        draw.ellipse((x - wide * 0.2, top, x + wide * 0.2, top + tall), fill=grey)
    for _ in range(chance.randint(0, 5)):
        at, end = chance.randint(0, high), chance.randint(0, high)
        draw.line((0, at, wide, end), fill=chance.choice((30, 225)), width=chance.randint(2, 6))
    return worn


def _seen_from(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Laid somewhere on a surface, turned by any angle and tilted, modules of 1.2 to 3.5 pixels."""
    module_px = chance.uniform(1.2, 3.5)
    scale = min(module_px / 6, 0.92 * SIZE[0] / picture.width)
    half = picture.width * scale / 2, picture.height * scale / 2
    turn = radians(
        chance.choice((0, 90, 180, 270)) + chance.choice((0, 0, 1)) * chance.uniform(-45, 45) + chance.gauss(0, 4)
    )
    tilt = chance.uniform(0, 0.25), chance.uniform(0, 0.25)
    corners: list[Point] = []
    for x, y in ((-1, -1), (-1, 1), (1, 1), (1, -1)):
        near = 1 + tilt[0] * x * 0.5 + tilt[1] * y * 0.5
        across, down = x * half[0] * near, y * half[1] * near
        corners.append((across * cos(turn) - down * sin(turn), across * sin(turn) + down * cos(turn)))
    extent = max(max(abs(x) / (SIZE[0] / 2 - 12), abs(y) / (SIZE[1] / 2 - 12)) for x, y in corners)
    fit = min(1.0, 1 / extent)
    middle = SIZE[0] / 2, SIZE[1] / 2
    placed = [(x * fit + middle[0], y * fit + middle[1]) for x, y in corners]
    return _laid(picture, placed, chance)


def _laid(picture: Image.Image, placed: list[Point], chance: random.Random) -> Image.Image:
    """Drawn twice as large and made smaller, as the cells of a camera average."""
    twice = [(2 * x, 2 * y) for x, y in placed]
    wide, high = picture.size
    ways = _perspective(twice, [(0, 0), (0, high), (wide, high), (wide, 0)])
    size = SIZE[0] * 2, SIZE[1] * 2
    # What is made much smaller is softened first, or thin bars would fall between the pixels.
    softened = picture.filter(ImageFilter.GaussianBlur(0.9))
    shown = softened.transform(size, Image.Transform.PERSPECTIVE, ways, Image.Resampling.BICUBIC, fillcolor=0)
    mask = Image.new("L", picture.size, 255).transform(size, Image.Transform.PERSPECTIVE, ways, fillcolor=0)
    surface = Image.new("L", size, chance.randint(40, 200))
    surface.paste(shown, (0, 0), mask)
    return surface.resize(SIZE, Image.Resampling.BOX)


def _perspective(seen: list[Point], meant: list[Point]) -> tuple[float, ...]:
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, meant, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(float(value) for value in np.linalg.solve(np.array(rows, dtype=float), np.array(values, dtype=float)))


def _lit(picture: Image.Image, chance: random.Random, wear: list[str]) -> NDArray[np.uint8]:
    greys = np.asarray(picture, dtype=np.float64)
    high, wide = greys.shape
    if "flat" in wear:
        contrast = chance.uniform(0.12, 0.4)
        greys = 128 * (1 - contrast) + greys * contrast + chance.uniform(-40, 40)
    if "dark" in wear:
        greys = greys * chance.uniform(0.12, 0.4)
    if "shadow" in wear:
        turn = chance.uniform(0, 6.28)
        ramp = np.linspace(-1, 1, wide)[None, :] * cos(turn) + np.linspace(-1, 1, high)[:, None] * sin(turn)
        greys = greys * (0.55 + 0.45 / (1 + np.exp(-ramp * chance.uniform(2, 12))))
    noise = np.random.default_rng(chance.getrandbits(32))
    sigma = chance.uniform(5, 22) if "noise" in wear else 1.5
    if "dark" in wear or "flat" in wear:
        sigma = min(sigma, 7.0)
    return np.clip(greys + noise.normal(0, sigma, greys.shape), 0, 255).astype(np.uint8)
