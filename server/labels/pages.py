from typing import Any, Literal, TypedDict, cast

from server.catalogue.search import item_by_code, search_items
from server.inbox.rows import item_rows
from server.page_frame import Frame, Problem
from server.visits import Visit, frame
from sync.draft import with_item
from sync.forms import stripped
from sync.label_face import path_of
from sync.labels import drawn, labels_of, places_on, query_of
from sync.shelf import name_in, search_asked

MOST_FOUND = 8
LEAST_LEVEL = 2


class LabelLine(TypedDict):
    """An item that was chosen; `quantity` is how many labels, word for word as typed."""

    item_id: int
    name: str
    sku: str
    quantity: str


class FoundItem(TypedDict):
    id: int
    name: str
    sku: str


class LabelText(TypedDict):
    """In hundredths of a millimetre."""

    x: int
    y: int
    size: int
    text: str
    anchor: Literal["start", "middle", "end"]
    strong: bool


class LabelFace(TypedDict):
    """What is drawn once an item. `problem` says why nothing is: see `sync/label_face.py`."""

    id: int
    name: str
    problem: Literal["", "letters", "no_gtin", "address", "bars", "qr", "both"]
    format: str
    text: str
    link: str
    path: str
    texts: list[LabelText]


class LabelPlace(TypedDict):
    """`face` counts from 0 in the page's faces."""

    face: int
    x: int
    y: int


class LabelPage(TypedDict):
    """`/labels?item=<id>&quantity=<n>&…&add=<code, SKU or name>&paper=…&codes=…&start=…`.

    Lengths are those of `sync/labels.py`. `found` are items whose name `add` could mean. `query` asks for the same.
    """

    frame: Frame
    may: bool
    lines: list[LabelLine]
    add: str
    found: list[FoundItem]
    paper: str
    codes: Literal["both", "bars", "qr"]
    start: int
    places: int
    total: int
    wide: int
    high: int
    faces: list[LabelFace]
    sheets: list[list[LabelPlace]]
    query: str
    problem: Problem | None


async def label_page(visit: Visit, hub: str) -> LabelPage:
    """`hub` is the address the page was asked at, which a link on a label names where the chain chose no other."""
    asked = labels_of(visit.fields)
    found, problem = await _added(visit, asked)
    rows = await item_rows(visit.connection, [line["item"] for line in asked["lines"]])
    asked["lines"] = [line for line in asked["lines"] if line["item"] in rows]
    items = [rows[line["item"]] for line in asked["lines"]]
    around = await frame(visit, "stock")
    may = around["level"] >= LEAST_LEVEL
    laid = drawn(asked if may else {**asked, "lines": []}, items if may else [], shop_of(visit, hub))
    if laid["problem"]:
        problem = Problem(code=f"label_{laid['problem']}", params={})
    return LabelPage(
        frame=around,
        may=may,
        lines=[_line(line, rows[line["item"]], visit) for line in asked["lines"]],
        add=asked["add"],
        found=found,
        paper=asked["paper"],
        codes=asked["codes"],
        start=asked["start"],
        places=places_on(asked["paper"]),
        total=laid["total"],
        wide=laid["wide"],
        high=laid["high"],
        faces=[face_shown(face, name_in(visit.locale, rows[face["id"]])) for face in laid["faces"]],
        sheets=laid["sheets"],
        query=query_of(asked),
        problem=problem,
    )


def shop_of(visit: Visit, hub: str) -> dict[str, str]:
    policies = visit.chain.policies
    return {
        "address": policies.label_address or hub,
        "currency": policies.label_currency,
        "locale": visit.locale,
    }


def face_shown(face: dict[str, Any], name: str) -> LabelFace:
    boxes = face.pop("boxes")
    return cast(LabelFace, {**face, "name": name, "path": path_of(boxes)})


async def _added(visit: Visit, asked: dict[str, Any]) -> tuple[list[FoundItem], Problem | None]:
    """Puts what `add` names on the list; else items whose names have its words, or that nothing has."""
    add = asked["add"]
    if not stripped(add):
        return [], None
    item = await item_by_code(visit, add)
    if item is not None:
        asked["lines"], asked["add"] = with_item(asked["lines"], item), ""
        return [], None
    ids = (await search_items(visit, search_asked(add), ""))[0][:MOST_FOUND]
    rows = await item_rows(visit.connection, ids)
    found = [FoundItem(id=each, name=name_in(visit.locale, rows[each]), sku=rows[each]["sku"]) for each in ids]
    return found, None if found else Problem(code="code_unknown", params={"code": add})


def _line(line: dict[str, Any], item: dict[str, Any], visit: Visit) -> LabelLine:
    return LabelLine(item_id=item["id"], name=name_in(visit.locale, item), sku=item["sku"], quantity=line["quantity"])
