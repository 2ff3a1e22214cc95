"""A process as it is drawn in its file: shapes and lines where its author put them, as plain numbers and words.

The files are BPMN 2.0 with diagram interchange, `web/processes/*.bpmn`. Names are English; `sh:zh` has the Chinese.
"""

import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path
from typing import Literal, TypedDict

TOP = Path(__file__).resolve().parents[2]
FOLDER = TOP / "web" / "processes"
NAMES = ("transfer", "count", "adjustment")
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_POINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
_OURS = "{https://stockhand.example/processes}"
_KINDS: dict[str, "Kind"] = {
    "lane": "lane",
    "userTask": "task",
    "serviceTask": "task",
    "exclusiveGateway": "gateway",
    "startEvent": "start",
    "endEvent": "end",
    "intermediateThrowEvent": "to",
    "intermediateCatchEvent": "from",
}
MARGIN = 20
# Room of a letter of 12 units, by which words are laid into lines: Latin, Chinese.
LETTER, SIGN = 6.2, 12.0
LINE = 14

# x, y, width, height.
Box = tuple[int, int, int, int]
Kind = Literal["lane", "task", "gateway", "start", "end", "to", "from"]


class Words(TypedDict):
    """One line of a name, its middle at `x`."""

    x: int
    y: int
    text: str


class Shape(TypedDict):
    """`x` and `y` are its upper left corner, in units of the drawing; `words` its name, line by line."""

    kind: Kind
    x: int
    y: int
    width: int
    height: int
    words: list[Words]


class Drawing(TypedDict):
    """Everything moved so that the upper left corner is at nought. `lines` are the points of polylines."""

    title: str
    width: int
    height: int
    lanes: list[Shape]
    shapes: list[Shape]
    lines: list[str]


class Step(TypedDict):
    """One way on: from a state by something that is done to a state; "" before the first."""

    before: str
    done: str
    after: str


@cache
def source(name: str) -> str:
    """The file itself."""
    return (FOLDER / f"{name}.bpmn").read_text()


@cache
def drawing(name: str, locale: str) -> Drawing:
    # A file of ours, read from the program's own folder.
    root = ElementTree.fromstring(source(name))  # noqa: S314
    elements = {one.get("id", ""): one for one in root.iter() if one.get("id")}
    shapes = [(one, elements[one.get("bpmnElement", "")]) for one in root.iter(f"{_DI}BPMNShape")]
    pool = next(_bounds(shape) for shape, element in shapes if element.tag == f"{_BPMN}participant")
    left, top = pool[0] - MARGIN, pool[1] - MARGIN
    drawn = [
        _shape(shape, element, locale, left, top)
        for shape, element in shapes
        if element.tag.removeprefix(_BPMN) in _KINDS
    ]
    return Drawing(
        title=_name(root, locale),
        width=pool[2] + 2 * MARGIN,
        height=pool[3] + 2 * MARGIN,
        lanes=[one for one in drawn if one["kind"] == "lane"],
        shapes=[one for one in drawn if one["kind"] != "lane"],
        lines=[_points(edge, left, top) for edge in root.iter(f"{_DI}BPMNEdge")],
    )


@cache
def steps(name: str, locale: str) -> list[Step]:
    """What follows from what, in the order of the file."""
    root = ElementTree.fromstring(source(name))  # noqa: S314
    elements = {one.get("id", ""): one for one in root.iter() if one.get("id")}
    onward: dict[str, list[str]] = {}
    for flow in root.iter(f"{_BPMN}sequenceFlow"):
        onward.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
    found: list[Step] = []
    for start in elements.values():
        kind = _KINDS.get(start.tag.removeprefix(_BPMN))
        if kind not in ("start", "from"):
            continue
        before = _name(start, locale) if kind == "from" else ""
        for task in _reached(start.get("id", ""), onward, elements, "task"):
            ends = _reached(task, onward, elements, "to")
            done = _name(elements[task], locale)
            found += [Step(before=before, done=done, after=_name(elements[end], locale)) for end in ends]
    return found


def _reached(
    start: str, onward: dict[str, list[str]], elements: dict[str, ElementTree.Element], kind: Kind
) -> list[str]:
    """The next elements of a kind, through gateways."""
    found = []
    for one in onward.get(start, []):
        its = _KINDS.get(elements[one].tag.removeprefix(_BPMN))
        if its == kind:
            found.append(one)
        elif its == "gateway":
            found += _reached(one, onward, elements, kind)
    return found


def _name(element: ElementTree.Element, locale: str) -> str:
    return element.get(f"{_OURS}zh", "") if locale == "zh" else element.get("name", "")


def _bounds(place: ElementTree.Element) -> Box:
    box = place.find(f"{_DC}Bounds")
    assert box is not None
    x, y, width, height = (round(float(box.get(one, "0"))) for one in ("x", "y", "width", "height"))
    return x, y, width, height


def _shape(shape: ElementTree.Element, element: ElementTree.Element, locale: str, left: int, top: int) -> Shape:
    kind = _KINDS[element.tag.removeprefix(_BPMN)]
    x, y, width, height = _bounds(shape)
    label = shape.find(f"{_DI}BPMNLabel")
    place = (x, y, width, height) if label is None else _bounds(label)
    if kind == "lane":
        # Along the edge, read upwards: its length is the lane's height.
        place = (x, y, 30, height)
    return Shape(
        kind=kind,
        x=x - left,
        y=y - top,
        width=width,
        height=height,
        words=_laid(_name(element, locale), place, left, top, kind),
    )


def _laid(text: str, place: Box, left: int, top: int, kind: Kind) -> list[Words]:
    x, y, width, height = place
    lines = [text] if kind == "lane" else _folded(text, width - 8)
    first = y + (height - LINE * (len(lines) - 1)) // 2
    return [Words(x=x + width // 2 - left, y=first + LINE * n - top, text=line) for n, line in enumerate(lines)]


def _folded(text: str, width: float) -> list[str]:
    """Broken between words, and between any two signs of Chinese."""
    pieces: list[str] = []
    for word in text.split(" "):
        pieces += [" " if pieces else "", *(word if not word.isascii() else [word])]
    lines = [""]
    for piece in pieces:
        if lines[-1] and _wide(lines[-1] + piece) > width:
            lines.append(piece.strip())
        else:
            lines[-1] += piece
    return [line.strip() for line in lines if line.strip()]


def _wide(text: str) -> float:
    return sum(LETTER if one.isascii() else SIGN for one in text)


def _points(edge: ElementTree.Element, left: int, top: int) -> str:
    points = [(float(one.get("x", "0")) - left, float(one.get("y", "0")) - top) for one in edge.iter(_POINT)]
    return " ".join(f"{x:g},{y:g}" for x, y in points)
