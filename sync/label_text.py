"""How the words of a label are fitted into their place; twin of `label_text.js`.

No end can ask a printer for the width of its letters, so it is estimated, a little too wide: a name is rather cut short
than printed over its neighbour.
"""

from typing import Any

Texts = list[dict[str, Any]]
MM = 3000
_NARROW = frozenset("iljtfrI.,:;'|!()[]/ ")
_WIDE = frozenset("mwMW@%&—…")


def width_of(text: str, size: int) -> int:
    """About how wide a line is whose letters are `size` high."""
    return sum(_advance(letter) for letter in text) * size // 1000


def clipped(text: str, size: int, width: int) -> str:
    """The text, or as much of it as fits, with an ellipsis."""
    if width_of(text, size) <= width:
        return text
    kept = list(text)
    while kept and width_of("".join(kept), size) + size > width:
        kept.pop()
    return "".join(kept).rstrip(" ") + "…" if kept else ""


def wrapped(text: str, size: int, width: int, lines: int) -> list[str]:
    """At most so many lines; broken at a space, or between letters where there is none."""
    rest, done = list(text.strip(" ")), list[str]()
    while rest and len(done) < lines - 1 and width_of("".join(rest), size) > width:
        fits = next(count for count in range(len(rest), -1, -1) if width_of("".join(rest[:count]), size) <= width)
        space = next((place for place in range(fits, 0, -1) if rest[place] == " "), 0)
        end = space if space * 2 > fits else max(fits, 1)
        done.append("".join(rest[:end]).rstrip(" "))
        rest = list("".join(rest[end:]).lstrip(" "))
    return [*done, clipped("".join(rest), size, width)] if rest else done


def words_on(box: tuple[int, int, int, int], words: dict[str, str]) -> Texts:
    """What stands in a box `(x, y, wide, high)` of a label of `{name, other, price, meta}`, empty ones left out."""
    high = box[3]
    if high >= 16 * MM:
        return _tall(box, words)
    return _middling(box, words) if high >= 9 * MM else _flat(box, words)


def line(x: int, y: int, size: int, text: str, anchor: str = "start", strong: bool = False) -> dict[str, Any]:
    """One line of a label; `y` is where its letters stand, `anchor` which end of it `x` is.

    The line itself is told in hundredths of a millimetre: browsers draw no letter of more than 10,000 units.
    """
    return {"x": x // 30, "y": y // 30, "size": size // 30, "text": text, "anchor": anchor, "strong": strong}


def _tall(box: tuple[int, int, int, int], words: dict[str, str]) -> Texts:
    x, y, wide, high = box
    name, small, price = 10_800, 8_100, 16_200
    lines = wrapped(words["name"], name, wide, 1 + (high >= 20 * MM) + (high >= 30 * MM))
    drawn = []
    for text in lines:
        y += name
        drawn.append(line(x, y, name, text, strong=True))
        y += 1_200
    if words["other"]:
        y += small
        drawn.append(line(x, y, small, clipped(words["other"], small, wide)))
    foot = box[1] + high
    meta = line(x, foot - 2_400, 6_600, clipped(words["meta"], 6_600, wide))
    return [*drawn, line(x, foot - 10_800, price, clipped(words["price"], price, wide), strong=True), meta]


def _middling(box: tuple[int, int, int, int], words: dict[str, str]) -> Texts:
    x, y, wide, high = box
    name, small, price, foot = 8_400, 6_900, 12_600, y + high - 2_400
    aside = width_of(words["price"], price) + 2_400 if words["price"] else 0
    meta = clipped(words["meta"], 6_000, wide - aside)
    return [
        line(x, y + name, name, clipped(words["name"], name, wide), strong=True),
        line(x, y + name + small + 900, small, clipped(words["other"], small, wide)),
        line(x, foot, price, words["price"], strong=True),
        line(x + aside, foot, 6_000, meta),
    ]


def _flat(box: tuple[int, int, int, int], words: dict[str, str]) -> Texts:
    x, y, wide, high = box
    name, small, price = 6_900, 5_400, 8_400
    aside = width_of(words["price"], price) + 1_500 if words["price"] else 0
    second = width_of(words["meta"], small) + 1_500
    return [
        line(x, y + price, name, clipped(words["name"], name, wide - aside), strong=True),
        line(x + wide, y + price, price, words["price"], "end", strong=True),
        line(x, y + high - 2_100, small, clipped(words["other"], small, wide - second)),
        line(x + wide, y + high - 2_100, small, clipped(words["meta"], small, wide), "end"),
    ]


def _advance(letter: str) -> int:
    """Thousandths of the letter's size. From U+1100 on letters may be as wide as they are high."""
    if letter >= "\u1100":
        return 1000
    if letter in _NARROW:
        return 380
    if letter in _WIDE:
        return 1000
    return 720 if "A" <= letter <= "Z" else 610
