"""What became of the reader's own operations: the rows that their phone has too, of the last thirty days."""

from collections.abc import Iterable
from typing import cast

from sqlalchemy import ColumnElement, String, and_, or_
from sqlalchemy import cast as as_type

from server.inbox.rows import outcome_row, outcomes_with_settlement
from server.inbox.tables import booked_first, by_hand, outcomes
from server.inbox.verdicts import AT_A_DESK
from server.page_frame import Problem, RecentOperation
from server.reviews.tables import has_effect
from server.transfers.facts import load_transfers
from server.visits import Visit
from sync.journal import (
    KEPT_MS,
    NOT_DONE,
    RECENT_ROWS,
    SETTLED_ROWS,
    Book,
    Operation,
    concerns_item,
    mentioned,
    newest_first,
    readable,
    readable_only,
    stands_out,
    told,
    undo_of,
)
from sync.papers import held


async def not_done(visit: Visit) -> list[Operation]:
    """Those without effect: refused, waiting for somebody's acceptance, declined, or set aside."""
    return await _own(visit, and_(outcomes.c.status.in_(NOT_DONE), ~has_effect))


async def settled(visit: Visit) -> list[Operation]:
    """The newest of those with effect."""
    done = or_(outcomes.c.status.not_in(NOT_DONE), has_effect)
    return await _own(visit, done & (outcomes.c.kind != "void"), most=SETTLED_ROWS)


async def recent_adjustments(visit: Visit, item: int) -> list[RecentOperation]:
    """The reader's adjustments and counts of an item in their store, newest first, five at most."""
    adjusts = outcomes.c.kind.in_(("stock.adjust", "stock.count"))
    operations = await _own(visit, adjusts & or_(_says(f'"item":{item},'), _says(f'"item":{item}}}')))
    recent = [one for one in operations if concerns_item(one, item, visit.store)][:RECENT_ROWS]
    book = await book_of(visit, recent)
    rows = []
    for operation in recent:
        undo = undo_of(operation, operations, visit.now)
        kept = undo and {**undo, "operation_id": visit.mint()}
        rows.append(cast(RecentOperation, {**told(operation, book, visit.reader), "undo": kept}))
    return rows


async def proposed(visit: Visit) -> list[Operation]:
    """What the reader said of codes and whose they are, newest first."""
    return await _own(visit, outcomes.c.kind == "barcode.teach")


async def counts_of(visit: Visit, session: str) -> list[Operation]:
    """What the reader counted in a session."""
    return await _own(visit, (outcomes.c.kind == "stock.count") & _says(f'"session":"{session}"'))


async def counts_since(visit: Visit, at: int) -> list[Operation]:
    """What the reader counted since then, of whatever store."""
    return await _own(visit, (outcomes.c.kind == "stock.count") & (outcomes.c.effective_at >= at))


async def refusals_on(visit: Visit, transfer: str) -> list[Problem]:
    """Why operations of the reader on a transfer were refused, or wait for somebody's word, newest first."""
    refused = outcomes.c.status.in_(("refused", "review"))
    about = or_(outcomes.c.operation_id == transfer, _says(f'"transfer":"{transfer}"'))
    operations = [one for one in await _own(visit, refused & about) if stands_out(one, transfer)]
    book = await book_of(visit, operations)
    return [
        cast(Problem, readable({"code": one["code"] or "unexpected", "params": one["params"]}, book, visit.locale))
        for one in operations
    ]


async def book_of(visit: Visit, operations: Iterable[Operation]) -> Book:
    """What the operations speak of, as far as the reader's phone has it."""
    named = mentioned(operations)
    papers = await load_transfers(visit.connection, named["transfers"])
    kept = held(papers.values(), visit.reader, visit.now, visit.chain.policies.closed_days)
    return {
        "items": await visit.ranged_items(named["items"]),
        "transfers": {one["id"]: one for one in kept},
        "stores": visit.store_names(),
    }


async def _own(visit: Visit, condition: ColumnElement[bool], most: int | None = None) -> list[Operation]:
    mine = (outcomes.c.person_id == visit.reader["person"]) & booked_first & by_hand
    mine &= outcomes.c.kind.not_in(AT_A_DESK)
    query = (
        outcomes_with_settlement()
        .where(mine, outcomes.c.booked_at > visit.now - KEPT_MS, condition)
        .order_by(outcomes.c.effective_at.desc(), outcomes.c.operation_id.desc())
        .limit(most)
    )
    rows = [readable_only(outcome_row(row)) for row in await visit.connection.execute(query)]
    return newest_first(rows, visit.now)


def _says(text: str) -> ColumnElement[bool]:
    """A first sieve, on both databases alike: arguments are stored as compact JSON. What passes is looked at again."""
    return as_type(outcomes.c.args, String).contains(text, autoescape=True)
