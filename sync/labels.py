"""Which labels are printed, on which paper, and where each lies on its page; twin of `labels.js`.

Lengths are in thirds of a micrometre, 3000 to the millimetre: whole numbers for the dots of printers with 203 dpi
(eight to the millimetre, 375) and with 300 dpi (254), so that bars lie on whole dots. The hub alone also lays out
labels of parcels, see `server/labels/parcels.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sync.draft import draft_of
from sync.forms import Fields, one, stripped, whole
from sync.label_face import face_of
from sync.shelf import Row

HUNDREDTH = 30
MOST_LABELS = 1000
CODES = ("both", "bars", "qr")
_LASER, _THERMAL = 254, 375
# Sheets of the usual makers on A4 and rolls, in hundredths of a millimetre: the page, columns and rows, one label, how
# far from one to the next, where the first begins, and how much at a label's edges stays empty, for a printer reaches
# neither the edge of its paper nor the same place twice.
_SIZES: Mapping[str, tuple[tuple[int, int], ...]] = {
    "a4-3x8": ((21000, 29700), (3, 8), (7000, 3700), (7000, 3700), (0, 50), (500, 400)),
    "a4-2x7": ((21000, 29700), (2, 7), (9910, 3810), (10160, 3810), (465, 1515), (300, 250)),
    "a4-4x10": ((21000, 29700), (4, 10), (4850, 2540), (4850, 2540), (800, 2150), (100, 100)),
    "a4-5x13": ((21000, 29700), (5, 13), (3810, 2120), (4060, 2120), (475, 1070), (100, 100)),
    "roll-58": ((5800, 6000), (1, 1), (5800, 6000), (5800, 6000), (0, 0), (500, 300)),
    "roll-80": ((8000, 5000), (1, 1), (8000, 5000), (8000, 5000), (0, 0), (400, 300)),
}
PAPERS = tuple(_SIZES)


def labels_of(fields: Fields) -> dict[str, Any]:
    """What the address says: `{lines: [{item, quantity}], add, paper, codes, start}`, quantities as typed.

    `start` is the first free label of a sheet that was begun, from 1 on; what is no choice there is becomes the first.
    """
    draft = draft_of(fields)
    paper, codes = one(fields, "paper"), one(fields, "codes")
    paper = paper if paper in _SIZES else PAPERS[0]
    start = whole(one(fields, "start")) or 1
    return {
        "lines": draft["lines"],
        "add": draft["add"],
        "paper": paper,
        "codes": codes if codes in CODES else CODES[0],
        "start": start if 1 <= start <= places_on(paper) else 1,
    }


def places_on(paper: str) -> int:
    """How many labels a page has."""
    columns, rows = _SIZES[paper][1]
    return columns * rows


def copies_of(typed: str) -> int | None:
    """How many of one label; an emptied field takes it off. None for what is no number of labels."""
    number = whole(typed) if stripped(typed) else 0
    return number if number is not None and 0 <= number <= MOST_LABELS else None


def drawn(asked: Mapping[str, Any], items: Sequence[Row], shop: Mapping[str, str]) -> dict[str, Any]:
    """The pages, and one face an item that lies on them again and again: `{wide, high, faces, sheets, total, problem}`.

    `items` are catalogue rows in the order of the lines; `shop` is `{address, currency, locale}`. A face is that of
    `label_face` with the item's `id` and `name`; a sheet is a list of `{face, x, y}`, `face` being its place among the
    faces. `problem` is "" or `copies` (not a number) or `many`; then nothing is laid out.
    """
    paper = printable(asked["paper"])
    copies = [copies_of(line["quantity"]) for line in asked["lines"]]
    total = sum(count or 0 for count in copies)
    problem = "copies" if None in copies else "many" if total > MOST_LABELS else ""
    faces = [{"id": item["id"], **face_of(item, paper["inner"], paper["dot"], asked["codes"], shop)} for item in items]
    wanted = [
        place
        for place, count in enumerate(copies)
        if not problem and not faces[place]["problem"]
        for _ in range(count or 0)
    ]
    return {
        "wide": paper["wide"],
        "high": paper["high"],
        "faces": faces,
        "sheets": placed(wanted, asked["paper"], asked["start"]),
        "total": len(wanted),
        "problem": problem,
    }


def placed(wanted: Sequence[int], paper: str, start: int) -> list[list[dict[str, int]]]:
    """The sheets of labels with these faces, one after the other from the first free one on, as `drawn` tells them."""
    _page, (columns, rows), _label, pitch, begin, _edge = _SIZES[paper]
    dot, sheets = _dot(paper), list[list[dict[str, int]]]()
    for number, face in enumerate(wanted):
        sheet, place = divmod(number + start - 1, columns * rows)
        if sheet == len(sheets):
            sheets.append([])
        row, column = divmod(place, columns)
        x = HUNDREDTH * (begin[0] + column * pitch[0]) // dot * dot
        y = HUNDREDTH * (begin[1] + row * pitch[1]) // dot * dot
        sheets[sheet].append({"face": face, "x": x, "y": y})
    return sheets


def printable(paper: str) -> dict[str, Any]:
    """Of a paper there is: its page `wide` and `high`, the `inner` part of a label `[x, y, wide, high]` on which there
    is ink, and the `dot` that its printers set.
    """
    page, _grid, label, _pitch, _begin, edge = _SIZES[paper]
    inner = [HUNDREDTH * length for length in (*edge, label[0] - 2 * edge[0], label[1] - 2 * edge[1])]
    return {"wide": HUNDREDTH * page[0], "high": HUNDREDTH * page[1], "inner": inner, "dot": _dot(paper)}


def query_of(asked: Mapping[str, Any]) -> str:
    """The address's query that asks for the same again."""
    named = [(line["item"], copies_of(line["quantity"])) for line in asked["lines"]]
    lines = "".join(f"item={item}&quantity={copies or 0}&" for item, copies in named)
    return f"{lines}paper={asked['paper']}&codes={asked['codes']}&start={asked['start']}"


def _dot(paper: str) -> int:
    return _THERMAL if paper.startswith("roll") else _LASER
