"""Transfers as rows of a list: what the reader follows, searches for or names by its number."""

from typing import Any, Literal, TypedDict, cast

from server.transfers.facts import load_transfers
from server.transfers.followed import ended_ids, numbered_ids, open_ids, parcel_ids
from server.visits import Visit
from sync.papers import held, sought, transfer_row
from sync.spoken import heard

State = Literal[
    "requested", "approved", "dispatched", "short", "received", "closed", "rejected", "cancelled", "exception"
]
Step = Literal["", "approve", "dispatch", "receive", "close"]


class TransferRow(TypedDict):
    """`direction` is seen from the reader's store; `step` is what this person may do next; `waiting` counts operations
    of this phone not answered yet. `subject` is the first line's item, `others` how many lines more; `quantity` is the
    first line's, approved where decided and else requested. `at` is when something last happened, `number` is the one
    that is spoken.
    """

    id: str
    number: str
    state: State
    direction: Literal["in", "out"]
    store_name: str
    other_name: str
    subject: str
    others: int
    quantity: int
    unit: str
    at: int
    step: Step
    waiting: int


async def transfer_rows(visit: Visit, ended: bool, q: str = "") -> list[dict[str, Any]]:
    """The transfers the reader follows: those under way and, if `ended`, those that came to rest last; of these those
    that `q` asks for, and whatever has the number that it is."""
    ids = [*await open_ids(visit), *(await ended_ids(visit) if ended else ())]
    if number := heard(q):
        ids += await numbered_ids(visit, number)
    return await _rows_of(visit, ids, q)


async def _rows_of(visit: Visit, ids: list[str], q: str) -> list[dict[str, Any]]:
    papers = held(
        (await load_transfers(visit.connection, ids)).values(),
        visit.reader,
        visit.now,
        visit.chain.policies.closed_days,
    )
    stores = visit.store_names()
    return [transfer_row(paper, visit.reader, stores, 0) for paper in sought(papers, q, stores)]


async def numbered_rows(visit: Visit, typed: str) -> list[TransferRow]:
    """The transfers whose spoken number somebody typed; two, where two share one."""
    number = heard(typed)
    rows = await _rows_of(visit, await numbered_ids(visit, number), number) if number else []
    numbered = [row for row in rows if row["number"] == number]
    return [cast(TransferRow, row) for row in sorted(numbered, key=lambda row: str(row["id"]))]


async def parcel_rows(visit: Visit, sscc: str) -> list[TransferRow]:
    """The transfers of which a parcel bears this label; two, where two bear the same."""
    rows = await _rows_of(visit, await parcel_ids(visit, sscc), "") if sscc else []
    return [cast(TransferRow, row) for row in sorted(rows, key=lambda row: str(row["id"]))]
