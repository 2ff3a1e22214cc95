from typing import TypedDict, cast

from server.inbox.own_work import book_of, not_done, settled
from server.page_frame import Frame, Problem, WaitingOperation
from server.transfers.rows import TransferRow, transfer_rows
from server.visits import Visit, frame, reviews_for
from sync.journal import Book, Operation, outbox_lists, told
from sync.papers import inbox_rows


class InboxPage(TypedDict):
    """`/inbox`: what waits for this person, oldest first; `reviews` counts what waits for their word."""

    frame: Frame
    reviews: int
    rows: list[TransferRow]


class OutboxPage(TypedDict):
    """`/outbox`, "sync" to staff: waiting on this phone, refused or under review, settled (thirty newest).

    The server knows nothing that waits on a phone, so there it is empty. `problem` is why a withdrawal was refused.
    """

    frame: Frame
    waiting: list[WaitingOperation]
    refused: list[WaitingOperation]
    settled: list[WaitingOperation]
    problem: Problem | None


async def inbox_page(visit: Visit) -> InboxPage:
    rows = inbox_rows(await transfer_rows(visit, ended=False))
    return InboxPage(
        frame=await frame(visit, "inbox"), reviews=await reviews_for(visit), rows=cast(list[TransferRow], rows)
    )


async def outbox_page(visit: Visit) -> OutboxPage:
    lists = outbox_lists([], [*await not_done(visit), *await settled(visit)], visit.now)
    book = await book_of(visit, [*lists["refused"], *lists["settled"]])
    return OutboxPage(
        frame=await frame(visit, "me"),
        waiting=[],
        refused=_lines(lists["refused"], book, visit),
        settled=_lines(lists["settled"], book, visit),
        problem=visit.problem,
    )


def _lines(operations: list[Operation], book: Book, visit: Visit) -> list[WaitingOperation]:
    return [cast(WaitingOperation, told(operation, book, visit.reader)) for operation in operations]
