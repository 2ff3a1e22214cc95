from typing import Literal, TypedDict

from server.page_frame import Frame, Problem

State = Literal[
    "requested", "approved", "dispatched", "short", "received", "closed", "rejected", "cancelled", "exception"
]
Step = Literal["", "approve", "dispatch", "receive", "close"]


class TransferRow(TypedDict):
    """`direction` is seen from the reader's store; `step` is what this person may do next; `waiting` counts operations
    of this phone not answered yet. `subject` is the first line's item, `others` how many lines more.
    """

    id: str
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


class TransferGroup(TypedDict):
    """`title` is one of: mine (a step of mine is next), open, ended."""

    title: Literal["mine", "open", "ended"]
    rows: list[TransferRow]


class TransferListPage(TypedDict):
    """`/transfers`: groups without rows are left out; newest first; ended ones of the last 30 days, fifty at most."""

    frame: Frame
    groups: list[TransferGroup]
    may_request: bool


class InboxPage(TypedDict):
    """`/inbox`: what waits for this person, oldest first."""

    frame: Frame
    rows: list[TransferRow]


class Donor(TypedDict):
    """A store that may lend; `available` is of the first line's item, `chosen` the one the form holds."""

    store_id: int
    store_name: str
    available: int
    distance_m: int
    chosen: bool


class NewLine(TypedDict):
    """`quantity` is what was typed, word for word. `available` is at the chosen donor."""

    item_id: int
    name: str
    sku: str
    unit: str
    quantity: str
    available: int
    here: int


class TransferNewPage(TypedDict):
    """`/transfers/new?from=<store>&item=<id>&quantity=<n>&…&add=<code or SKU>`: lines in order, `add` appended."""

    frame: Frame
    operation_id: str
    donors: list[Donor]
    lines: list[NewLine]
    note: str
    add: str
    may: bool
    problem: Problem | None


class TransferLine(TypedDict):
    """`approved` is -1 until decided. `typed` and `typed_damaged` are the fields of the next step, word for word."""

    line: int
    item_id: int
    name: str
    sku: str
    unit: str
    requested: int
    approved: int
    dispatched: int
    received: int
    damaged: int
    lost: int
    available: int
    typed: str
    typed_damaged: str


class TransferEvent(TypedDict):
    """One step of the timeline; `waiting` is one that this phone has not sent yet."""

    kind: str
    at: int
    person_name: str
    store_name: str
    reason: str
    waiting: bool


class TransferShowPage(TypedDict):
    """`/transfers/<id>`. `step` is the next step of this person ("" for none); `may_*` are those behind "…".

    `problem` is why the form just sent was refused; `refusals` are earlier operations of this person on this transfer
    that the hub refused, newest first.
    """

    frame: Frame
    operation_id: str
    id: str
    state: State
    decision: str
    from_name: str
    to_name: str
    note: str
    direction: Literal["in", "out", "other"]
    lines: list[TransferLine]
    events: list[TransferEvent]
    step: Step
    may_reject: bool
    may_cancel: bool
    may_close: bool
    reason: str
    problem: Problem | None
    refusals: list[Problem]
    waiting: int
