from typing import TypedDict

from server.page_frame import Frame, Problem, WaitingOperation


class OutboxPage(TypedDict):
    """`/outbox`, "sync" to staff: waiting on this phone, refused or under review, settled (thirty newest).

    The server knows nothing that waits on a phone, so there it is empty. `problem` is why a withdrawal was refused.
    """

    frame: Frame
    waiting: list[WaitingOperation]
    refused: list[WaitingOperation]
    settled: list[WaitingOperation]
    problem: Problem | None
