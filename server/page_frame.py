"""What stands around every page: who is here, in which store, in which language, and what waits for them."""

from typing import Literal, TypedDict

Locale = Literal["en", "zh"]
Zone = list[list[int]]


class Frame(TypedDict):
    """`tab` is the bottom bar's lit tab; `inbox_count` how many transfers and reviews wait for this person.

    `zone` is the time zone of the person's store as transitions `[from_ms, offset_minutes]`, ascending.
    """

    locale: Locale
    tab: Literal["scan", "stock", "transfers", "inbox", "me"]
    person_id: int
    person_name: str
    store_id: int
    store_name: str
    level: int
    zone: Zone
    inbox_count: int


class Problem(TypedDict):
    """Why something was refused: a code and whole numbers or ready names; `web/sentences.html` makes the sentence."""

    code: str
    params: dict[str, int | str]


class Settled(TypedDict):
    """What somebody said of a review; `by` is their name, `note` why, where they said so."""

    accepted: bool
    by: str
    at: int
    note: str


class WaitingOperation(TypedDict):
    """An operation on its way or answered; `status` is `waiting` until the hub has answered.

    `subject` is the item's or the other store's name in the reader's language, `href` the page it is about. `quantity`
    is signed for an adjustment, and 0 where there is none to tell (several units, no lines).
    """

    id: str
    kind: str
    status: Literal["waiting", "applied", "review", "refused", "already", "parked", "void"]
    at: int
    subject: str
    quantity: int
    unit: str
    reason: str
    href: str
    problem: Problem | None
    settled: Settled | None


class Undo(TypedDict):
    """What takes an adjustment back, as fields of a form: its opposite, for the same reason, of the same lot."""

    operation_id: str
    delta: int
    reason: str
    lot: str


class RecentOperation(WaitingOperation):
    """One's own work on the page of an item; `undo` for a minute, where it can be taken back."""

    undo: Undo | None
