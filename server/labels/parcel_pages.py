"""Labels of parcels, with numbers of the chain's own: the hub's alone, for nobody else can say that a number is new."""

from typing import Any, TypedDict, cast

from server.labels.giving import Batch, find_batch
from server.labels.pages import LEAST_LEVEL, LabelFace, LabelPlace, face_shown
from server.labels.parcels import MOST_AT_ONCE, papers_for_parcels, parcel_face
from server.page_frame import Frame, Problem
from server.transfers.facts import load_transfers
from server.visits import Visit, frame
from sync.forms import Fields, one, whole
from sync.labels import placed, printable
from sync.operations import is_uuid
from sync.spoken import spoken


class ParcelLabelPage(TypedDict):
    """`/labels/parcels?transfer=…&paper=…`, and `/labels/parcels/<batch>` with the labels as they will be printed.

    `count` is what was typed, word for word; `number` and `route` are those of the transfer, "" without one. Lengths
    are those of `sync/labels.py`; `batch` is "" as long as no numbers were given.
    """

    frame: Frame
    may: bool
    has_prefix: bool
    count: str
    most: int
    paper: str
    papers: list[str]
    transfer: str
    number: str
    route: str
    batch: str
    wide: int
    high: int
    faces: list[LabelFace]
    sheets: list[list[LabelPlace]]
    operation_id: str
    problem: Problem | None


def paper_of(fields: Fields) -> str:
    papers = papers_for_parcels()
    return one(fields, "paper") if one(fields, "paper") in papers else papers[0]


def count_of(fields: Fields) -> int | None:
    count = whole(one(fields, "count"))
    return count if count is not None and 1 <= count <= MOST_AT_ONCE else None


async def transfer_for(visit: Visit, fields: Fields) -> dict[str, Any] | None:
    """The transfer that is asked for, where the reader works at one end of it."""
    asked = one(fields, "transfer")
    found = (await load_transfers(visit.connection, [asked])).get(asked) if is_uuid(asked) else None
    levels = visit.reader["levels"]
    mine = found and max(levels.get(found["from"], 0), levels.get(found["to"], 0)) >= LEAST_LEVEL
    return found if mine else None


async def parcel_label_page(visit: Visit, batch_id: str = "") -> ParcelLabelPage | None:
    """None for numbers that nobody was given, or that another store was."""
    fields = visit.form if visit.form is not None else visit.fields
    batch = await find_batch(visit.connection, batch_id) if batch_id else None
    if batch_id and (batch is None or visit.reader["levels"].get(batch.store, 0) < LEAST_LEVEL):
        return None
    transfer = await transfer_for(visit, {"transfer": [batch.transfer]} if batch else fields)
    paper = paper_of(visit.fields if batch else fields)
    around = await frame(visit, "stock")
    page = {
        "frame": around,
        "may": around["level"] >= LEAST_LEVEL,
        "has_prefix": visit.chain.policies.gs1_prefix != "",
        "count": str(len(batch.numbers)) if batch else one(fields, "count") or "1",
        "most": MOST_AT_ONCE,
        "paper": paper,
        "papers": list(papers_for_parcels()),
        "transfer": transfer["id"] if transfer else "",
        "number": spoken(transfer["id"]) if transfer else "",
        "route": route_of(visit, transfer),
        "batch": batch_id,
        "operation_id": visit.mint(),
        "problem": visit.problem,
    }
    laid = laid_parcels(visit, batch, transfer, paper)
    numbers = batch.numbers if batch else []
    faces = [
        face_shown({"id": place, "problem": "", "format": "GS1-128", "text": number, "link": "", **face}, number)
        for place, (number, face) in enumerate(zip(numbers, laid["faces"], strict=True))
    ]
    return cast(ParcelLabelPage, {**page, **laid, "faces": faces})


def laid_parcels(visit: Visit, batch: Batch | None, transfer: dict[str, Any] | None, paper: str) -> dict[str, Any]:
    """`{wide, high, faces, sheets}` as `sync.labels.drawn` has them."""
    numbers = batch.numbers if batch else []
    words, place = words_on_parcel(visit, batch, transfer), printable(paper)
    faces = [parcel_face(number, words, paper) for number in numbers]
    return {
        "wide": place["wide"],
        "high": place["high"],
        "faces": faces,
        "sheets": placed(range(len(numbers)), paper, 1),
    }


def words_on_parcel(visit: Visit, batch: Batch | None, transfer: dict[str, Any] | None) -> dict[str, str]:
    """Where it goes and which transfer it is, or the store whose number it is."""
    store = visit.store_names().get(batch.store, "") if batch else ""
    number = spoken(transfer["id"]) if transfer else ""
    return {"name": route_of(visit, transfer) or store, "other": number, "price": "", "meta": ""}


def route_of(visit: Visit, transfer: dict[str, Any] | None) -> str:
    names = visit.store_names()
    return f"{names.get(transfer['from'], '')} → {names.get(transfer['to'], '')}" if transfer else ""
