from typing import Literal, TypedDict, cast

from sqlalchemy import false, or_, select

from server.inbox.own_work import book_of
from server.inbox.rows import Rows, review_rows
from server.page_frame import Frame, Problem, WaitingOperation
from server.reviews.tables import reviews, still_open
from server.unknown_codes.pages import known_here
from server.visits import Visit, frame
from sync.journal import told
from sync.reviews import item_of, mine_to_settle, review_groups, review_row
from sync.shelf import name_in


class Policy(TypedDict):
    """A policy by its name, what was chosen, and what stood there; spelled as `server.policies.values` says."""

    name: str
    value: str
    was: str


class Rule(TypedDict):
    """An approval rule, as somebody wants it; see `server.approvals`. `gone` takes it away."""

    work: Literal["stock.adjust", "stock.count"]
    reason: str
    units: int
    cents: int
    level: int
    people: int
    gone: bool


class ReviewRow(WaitingOperation):
    """Work that waits for somebody's word. `book_then` is on hand by the book at its moment, `book_now` in its store
    now where that is the reader's, `after` once it is accepted, `change` by how much; each beside a flag whether it is
    known.

    `near` is by how much on hand would differ if what others moved within minutes of a count had happened on its other
    side. `signed` is whether it is certain who did it; `acceptable` whether it may be accepted at all. `waiting` is
    what the reader has said already and this phone has not sent: "accept", "decline" or "". `barcode` is the code that
    somebody says is an item's, `doubt` why to look twice at it, `taken_by` the other item of the store that has it.
    """

    operation_id: str
    person_name: str
    store_name: str
    signed: bool
    near: int
    has_then: bool
    book_then: int
    has_now: bool
    book_now: int
    has_change: bool
    change: int
    has_after: bool
    after: int
    is_booked: bool
    acceptable: bool
    barcode: str
    doubt: Literal["", "in_store", "check_digit", "no_gtin"]
    taken_by: str
    rule: Rule | None
    policy: Policy | None
    people: int
    accepted_by: str
    waiting: Literal["", "accept", "decline"]


class ReviewGroup(TypedDict):
    """`title` is "waits" (no effect yet) or "booked" (it has, and wants a look)."""

    title: Literal["waits", "booked"]
    rows: list[ReviewRow]


class ReviewListPage(TypedDict):
    """`/reviews`: what the reader may settle, oldest first."""

    frame: Frame
    groups: list[ReviewGroup]
    problem: Problem | None


async def review_list_page(visit: Visit) -> ReviewListPage:
    waiting = await _waiting(visit)
    book = await book_of(visit, waiting)
    stock = await visit.stock([visit.store], [item for one in waiting if (item := item_of(one))])
    stores = visit.store_names()
    taken = await _taken(visit, waiting)
    rows = []
    for one in waiting:
        item = item_of(one)
        on_hand = stock.of(visit.store, item)["on_hand"] if item and one["store"] == visit.store else None
        row = review_row(
            one, told(one, book, visit.reader), on_hand, "", stores.get(one["store"], ""), taken.get(one["id"], "")
        )
        rows.append({**row, "operation_id": visit.mint()})
    return ReviewListPage(
        frame=await frame(visit, "inbox"),
        groups=cast(list[ReviewGroup], review_groups(rows)),
        problem=visit.problem,
    )


async def _taken(visit: Visit, waiting: list[Rows]) -> dict[str, str]:
    """Names of the items of the store that have a barcode which somebody says is another's, by the review."""
    said = {one["id"]: (one["args"]["code"], one["args"]["item"]) for one in waiting if one["kind"] == "barcode.teach"}
    owners = await known_here(visit, [code for code, _item in said.values()])
    rows = await visit.ranged_items(owners.values())
    others = {one: owners[code] for one, (code, item) in said.items() if owners.get(code, item) != item}
    return {one: name_in(visit.locale, rows[owner]) for one, owner in others.items()}


async def _waiting(visit: Visit) -> list[Rows]:
    managed = [store for store, level in visit.reader["levels"].items() if level >= 3]
    of_no_store = reviews.c.store_id.is_(None) if visit.reader["level"] == 5 else false()
    mine = or_(reviews.c.store_id.in_(managed), of_no_store)
    ids = await visit.connection.scalars(select(reviews.c.operation_id).where(still_open, mine))
    rows = await review_rows(visit.connection, [f"review:{one}" for one in ids])
    return cast(list[Rows], mine_to_settle(rows, visit.reader))
