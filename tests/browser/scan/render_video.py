"""Draws barcodes held before a camera, as Motion JPEG, which Chromium plays as its fake camera at 30 frames a second.

Usage: python render_video.py SCENES OUTPUT. SCENES is JSON: a list of {"format", "text", "frames", "turn"?,
"beneath"?, "blur"?, "light"?, "scratches"?}; a scene without a format shows an empty counter. `turn` is in degrees,
`beneath` is the text of a second code on the same paper, `blur` a radius in pixels, `light` 1 by day and 0 at night,
`scratches` how many lines run over the code. The hand trembles and the sensor is noisy, always alike.
"""

import io
import json
import random
import sys
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

_SIZE = (1280, 720)
_COUNTER = (118, 112, 104)


def symbol(format_name: str, text: str) -> Image.Image:
    """The printed code with its quiet zone on white paper: 520 pixels wide, a square one 360."""
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, format_name))
    drawn = Image.fromarray(made.to_image(scale=4, add_quiet_zones=True)).convert("L")
    width = 520 if drawn.width > 1.3 * drawn.height else 360
    height = max(200, round(drawn.height * width / drawn.width)) if width == 520 else width
    drawn = drawn.resize((width, height), Image.Resampling.LANCZOS)
    paper = Image.new("RGB", (width + 60, height + 60), "white")
    paper.paste(drawn, (30, 30))
    return paper


def stacked(above: Image.Image, beneath: Image.Image) -> Image.Image:
    small = [each.resize((each.width * 2 // 3, each.height * 2 // 3)) for each in (above, beneath)]
    paper = Image.new("RGB", (max(each.width for each in small), sum(each.height for each in small)), "white")
    paper.paste(small[0], (0, 0))
    paper.paste(small[1], (0, small[0].height))
    return paper


def scratch(paper: Image.Image, count: int, hand: random.Random) -> None:
    pen = ImageDraw.Draw(paper)
    for _ in range(count):
        height = hand.randint(0, paper.height)
        ends = (0, height, paper.width, height + hand.randint(-40, 40))
        pen.line(ends, fill=hand.choice(("white", "black")), width=6)


def frame(paper: Image.Image | None, scene: dict[str, Any], hand: random.Random) -> bytes:
    """One picture of the counter, with the paper trembling around its middle, as JPEG."""
    picture = Image.new("RGB", _SIZE, _COUNTER)
    if paper:
        turn = scene.get("turn", 0) + hand.uniform(-1, 1)
        turned = paper.convert("RGBA").rotate(turn, Image.Resampling.BICUBIC, expand=True)
        corner = [(whole - part) // 2 + hand.randint(-6, 6) for whole, part in zip(_SIZE, turned.size, strict=True)]
        picture.paste(turned, (corner[0], corner[1]), turned)
        picture = picture.filter(ImageFilter.GaussianBlur(scene.get("blur", 0) or hand.uniform(0.4, 1.1)))
        picture = ImageEnhance.Brightness(picture).enhance(scene.get("light", 1))
    noise = Image.effect_noise(_SIZE, 14).convert("RGB")
    out = io.BytesIO()
    Image.blend(picture, noise, 0.08).save(out, "JPEG", quality=70)
    return out.getvalue()


def main(scenes_path: str, output_path: str) -> None:
    hand = random.Random(7)
    with Path(output_path).open("wb") as video:
        for scene in json.loads(Path(scenes_path).read_text("utf-8")):
            paper = symbol(scene["format"], scene["text"]) if "format" in scene else None
            if paper and "beneath" in scene:
                paper = stacked(paper, symbol(scene["format"], scene["beneath"]))
            if paper:
                scratch(paper, scene.get("scratches", 0), hand)
            # Three pictures shown in turn look alive enough and are quick to draw.
            pictures = [frame(paper, scene, hand) for _ in range(3)]
            video.writelines(pictures[number % 3] for number in range(scene["frames"]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
