from collections.abc import Iterable
from typing import Any, Literal, TypedDict, cast

from sqlalchemy import select

from server.catalogue.search import item_by_code, search_items
from server.catalogue.tables import barcodes, items
from server.inbox.own_work import book_of, proposed
from server.inbox.rows import item_rows
from server.page_frame import Frame, Problem, WaitingOperation
from server.unknown_codes.facts import open_rows
from server.visits import Visit, frame, may_act
from sync.forms import one, stripped
from sync.journal import told
from sync.shelf import name_in, search_asked
from sync.unknown_codes import code_row, codes_listed, kept_code, match_address, neighbours, proposals, shown_code

MOST_OFFERED = 10


class UnknownCode(TypedDict):
    """A code that no item of the reader's store has. `code` is as it is kept, `shown` as it stands under the bars,
    `href` the page on which somebody says whose it is.

    `doubt` says why to look twice, `neighbours` what was scanned beside it; `photo` is the SHA-256 of one, or "".
    `proposal` is the reader's newest word on whose it is, `waiting` counts operations not answered.
    """

    code: str
    shown: str
    href: str
    times: int
    first_at: int
    last_at: int
    shelf: str
    photo: str
    neighbours: list[str]
    doubt: Literal["", "in_store", "check_digit", "no_gtin"]
    proposal: WaitingOperation | None
    waiting: int


class ListedCode(UnknownCode):
    operation_id: str


class UnknownCodeListPage(TypedDict):
    """`/unknown-codes`: what the reader's store keeps, the last scanned first; `may` is whether they may act on it."""

    frame: Frame
    rows: list[ListedCode]
    may: bool
    problem: Problem | None


class Neighbour(TypedDict):
    """A code scanned beside it; `item_id` is 0 and `name` "" where no item of the store has that one either."""

    shown: str
    item_id: int
    name: str


class Offered(TypedDict):
    """An item whose code it may be; `operation_id` is of the proposal."""

    id: int
    name: str
    sku: str
    brand: str
    operation_id: str


class UnknownCodeMatchPage(TypedDict):
    """`/unknown-codes/match?code=…&q=…`: whose the code is; `found` are the first items that `q` finds, of `total`.

    `row` is None once the store keeps the code no longer; `known` is the item that has it, 0 where none does.
    """

    frame: Frame
    code: str
    shown: str
    href: str
    row: UnknownCode | None
    known: int
    near: list[Neighbour]
    q: str
    total: int
    found: list[Offered]
    may: bool
    operation_id: str
    problem: Problem | None


async def unknown_code_list_page(visit: Visit) -> UnknownCodeListPage:
    rows = await _listed(visit)
    return UnknownCodeListPage(
        frame=await frame(visit, "scan"),
        rows=[cast(ListedCode, {**row, "operation_id": visit.mint()}) for row in await _shown(visit, rows)],
        may=may_act(visit),
        problem=visit.problem,
    )


async def unknown_code_match_page(visit: Visit) -> UnknownCodeMatchPage:
    code, q = kept_code(one(visit.fields, "code")), search_asked(one(visit.fields, "q"))
    rows = [row for row in await _listed(visit) if row["code"] == code]
    ids, total, _window = await search_items(visit, q, "1") if stripped(q) else ([], 0, {})
    offered = await item_rows(visit.connection, ids[:MOST_OFFERED])
    return UnknownCodeMatchPage(
        frame=await frame(visit, "scan"),
        code=code,
        shown=shown_code(code),
        href=match_address(code),
        row=next(iter(await _shown(visit, rows)), None),
        known=await item_by_code(visit, code) or 0 if code else 0,
        near=[await _neighbour(visit, near) for row in rows for near in neighbours(row)],
        q=q,
        total=total,
        found=[cast(Offered, _offered(visit, offered[item])) for item in ids[:MOST_OFFERED]],
        may=may_act(visit),
        operation_id=visit.mint(),
        problem=visit.problem,
    )


async def times_kept(visit: Visit, code: str) -> int:
    """How often a code was scanned that the reader's store keeps; 0 where it does not."""
    kept = kept_code(code)
    return next((int(row["times"]) for row in await _listed(visit) if row["code"] == kept), 0)


async def _listed(visit: Visit) -> list[Any]:
    rows = await open_rows(visit.connection, visit.store)
    return codes_listed(rows, await known_here(visit, [row["code"] for row in rows]))


async def known_here(visit: Visit, codes: Iterable[str]) -> dict[str, int]:
    """Items of the reader's store by their code, of those codes that are barcodes of one."""
    wanted = list(codes)
    if not wanted:
        return {}
    coded = select(barcodes.c.gtin, barcodes.c.item_id).join(items, items.c.id == barcodes.c.item_id)
    rows = await visit.connection.execute(coded.where(barcodes.c.gtin.in_(wanted), visit.ranged()))
    return {row.gtin: row.item_id for row in rows}


async def _shown(visit: Visit, rows: list[Any]) -> list[UnknownCode]:
    said = proposals(await proposed(visit), visit.store) if rows else {}
    book = await book_of(visit, said.values())
    return [
        cast(UnknownCode, code_row(row, told(own, book, visit.reader) if (own := said.get(row["code"])) else None, 0))
        for row in rows
    ]


async def _neighbour(visit: Visit, code: str) -> Neighbour:
    item = await item_by_code(visit, code)
    rows = await visit.ranged_items([item] if item else [])
    name = name_in(visit.locale, rows[item]) if item in rows else ""
    return Neighbour(shown=shown_code(code), item_id=item if item and name else 0, name=name)


def _offered(visit: Visit, row: dict[str, Any]) -> dict[str, Any]:
    named = {name: row[name] for name in ("id", "sku", "brand")}
    return {**named, "name": name_in(visit.locale, row), "operation_id": visit.mint()}
