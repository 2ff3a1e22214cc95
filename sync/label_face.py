"""What one label shows and where: its bars, its QR code, its words; twin of `label_face.js`.

Lengths are in thirds of a micrometre, 3000 to the millimetre. The smallest modules are those of the GS1 General
Specifications: 0.249 mm for bars that are printed on demand (75.5 % of the nominal size), 0.396 mm for a QR code.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sync.formats import format_money
from sync.label_text import MM, line, words_on
from sync.qr import qr_rows
from sync.shelf import Row, name_in, other_name_in
from sync.symbols import bars_of, code_of, modules_in

Box = list[int]
LEAST_BAR, MOST_BAR = 747, 1270
LEAST_DOT, MOST_DOT = 1188, 1800
LOWEST_BARS, HIGHEST_BARS, DIGITS = 7 * MM, 15 * MM, 9_000
# From this height on the QR code stands above the bars, else beside them.
TALL = 27 * MM
QUIET_DOTS = 4


def face_of(item: Row, inner: Sequence[int], dot: int, codes: str, shop: Mapping[str, str]) -> dict[str, Any]:
    """`{problem, format, text, link, boxes, texts}` of an item on a label whose printable part is `inner` `[x, y, wide,
    high]`; `shop` is `{address, currency, locale}`. `boxes` are dark, `[x, y, wide, high]`. With a problem nothing is
    drawn: `letters`, `no_gtin`, `address`, `bars`, `qr` or `both`, what does not fit or cannot be made.
    """
    code = code_of(item["sku"], item["gtins"])
    link = f"{shop['address']}/01/{code['gtin']}" if code and code["gtin"] and codes != "bars" else ""
    face = {"problem": "", "format": code["format"] if code and codes != "qr" else "", "link": link}
    face |= {"text": code["text"] if code else "", "boxes": [], "texts": []}
    if code is None:
        return {**face, "problem": "letters"}
    if codes == "qr" and not link:
        return {**face, "problem": "no_gtin"}
    rows = qr_rows(link) if link else []
    if rows is None:
        return {**face, "problem": "address"}
    return {**face, **_arranged(code if codes != "qr" else None, rows, inner, dot, words_of(item, shop))}


def words_of(item: Row, shop: Mapping[str, str]) -> dict[str, str]:
    """Both names, the reader's first; no price where none is known."""
    unit = {"each": "", "g": "/kg", "ml": "/l"}[item["unit"]]
    cents = item["price_cents"]
    return {
        "name": name_in(shop["locale"], item),
        "other": other_name_in(shop["locale"], item),
        "price": format_money(cents, shop["currency"]) + unit if cents else "",
        "meta": f"{item['brand']} · {item['sku']}" if item["brand"] else item["sku"],
    }


def _arranged(
    code: Mapping[str, Any] | None, rows: list[str], inner: Sequence[int], dot: int, words: dict[str, str]
) -> dict[str, Any]:
    x, y, wide, high = inner
    is_tall = high >= TALL
    beneath = LOWEST_BARS + DIGITS if code and is_tall else 0
    # Words need some room beside a QR code that stands above or alone, and above one that stands beside bars.
    room = min(wide - 15 * MM, high - beneath) if is_tall or not code else high - 5 * MM
    module = _largest(len(rows) + 2 * QUIET_DOTS, room, dot, LEAST_DOT, MOST_DOT if is_tall else LEAST_DOT + dot - 1)
    side = (len(rows) + 2 * QUIET_DOTS) * module if rows else 0
    if rows and not module:
        return {"problem": "qr"}
    if code is None:
        boxes = qr_boxes(rows, _on(x + wide - side, dot), _on(y, dot), module)
        return {"boxes": boxes, "texts": _shown((x, y, wide - side, high), words)}
    modules = modules_in(code["widths"]) + sum(code["quiet"])
    bar = _largest(modules, wide if is_tall else wide - side, dot, LEAST_BAR, MOST_BAR)
    if not bar:
        fits_alone = _largest(modules, wide, dot, LEAST_BAR, MOST_BAR)
        return {"problem": "both" if fits_alone else "bars"}
    top = max(side, 13 * MM) if is_tall else high - side if rows else 6_600 * 3
    band = min(high - top, HIGHEST_BARS + DIGITS)
    if band < LOWEST_BARS + DIGITS:
        return {"problem": "both"}
    left, foot = _on(x, dot), y + high - DIGITS
    start = left + code["quiet"][0] * bar
    tall = band - DIGITS
    boxes = [[start + at * bar, foot - tall, width * bar, tall] for at, width in bars_of(code["widths"])]
    middle = start + modules_in(code["widths"]) * bar // 2
    qr_top = y if is_tall else y + high - side
    boxes += qr_boxes(rows, _on(x + wide - side, dot), _on(qr_top, dot), module)
    place = (x, y, wide - side if is_tall else wide, high - band)
    digits = line(middle, y + high - 1_500, 7_200, code["text"], "middle")
    return {"boxes": boxes, "texts": [*_shown(place, words), digits]}


def _shown(box: tuple[int, int, int, int], words: dict[str, str]) -> list[dict[str, Any]]:
    return [one for one in words_on(box, words) if one["text"]]


def _largest(modules: int, room: int, dot: int, least: int, most: int) -> int:
    """The largest module of whole dots with which so many fit into the room; 0 where not even the least does."""
    dots = min(room // (modules * dot), most // dot)
    return dots * dot if dots * dot >= least else 0


def _on(length: int, dot: int) -> int:
    return length // dot * dot


def qr_boxes(rows: Sequence[str], x: int, y: int, module: int) -> list[Box]:
    """The dark parts of a QR code whose quiet zone begins at `(x, y)`, one box for neighbours in a row."""
    boxes = []
    for down, row in enumerate(rows):
        place = 0
        while place < len(row):
            end = place
            while end < len(row) and row[end] == "1":
                end += 1
            if end > place:
                left, top = x + (QUIET_DOTS + place) * module, y + (QUIET_DOTS + down) * module
                boxes.append([left, top, (end - place) * module, module])
            place = end + 1
    return boxes


def path_of(boxes: Sequence[Box]) -> str:
    """The boxes as the one path of an SVG."""
    return "".join(f"M{x} {y}h{wide}v{high}h-{wide}z" for x, y, wide, high in boxes)
