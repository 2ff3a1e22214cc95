"""The history of an item in the reader's store: the hub's alone, for a phone holds figures and no ledger."""

import re
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, TypedDict
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from server.inbox.rows import item_rows
from server.ledger.history import KINDS, Key, Movement, Movements, movements_page
from server.ledger.tables import shelves
from server.page_frame import Frame, Problem
from server.visits import Visit, frame
from sync.forms import one
from sync.operations import LARGEST
from sync.shelf import name_in

# News that comes within it is no news: nearly everything is booked some seconds after it happened.
LATE_MS = 60_000
DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
KEY = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")


class HistoryEntry(TypedDict):
    """One movement. `known_at` is when the hub booked it, 0 within a minute; `after` is on hand just after it.
    `year` is that of `at`, 0 for the present one.

    `counted` is what a count saw, -1 where that is not known; `belated` is whether the entry keeps an older count true
    because something else became known later. `store_name` is the other store of a transfer.
    """

    at: int
    year: int
    known_at: int
    kind: str
    reason: str
    counted: int
    belated: bool
    store_name: str
    transfer_id: str
    person_name: str
    lot: str
    delta: int
    after: int


class ItemHistoryPage(TypedDict):
    """`/items/<id>/history?kind=…&from=<day>&to=<day>`: days as they are in the store, both included.

    `newer`, `older` and `export` are addresses, "" where there is nothing; `since` and `until` are what was typed.
    `blind` is whether the reader counts the store and is shown nothing.
    """

    frame: Frame
    id: int
    name: str
    sku: str
    unit: Literal["each", "g", "ml"]
    blind: bool
    kind: str
    since: str
    until: str
    problem: Problem | None
    rows: list[HistoryEntry]
    newer: str
    older: str
    export: str


class Chosen(NamedTuple):
    """What an address asks for, or why it cannot be understood."""

    movements: Movements
    problem: Problem | None


async def item_history_page(visit: Visit, item: int) -> ItemHistoryPage | None:
    """None for an item that does not exist, and for a reader without a store."""
    row = (await item_rows(visit.connection, [item])).get(item)
    if row is None or not visit.store:
        return None
    asked, problem = chosen(visit, item)
    kept = {"kind": asked.kind, "from": one(visit.fields, "from"), "to": one(visit.fields, "to")}
    turned = None
    if problem is None and not visit.blind:
        after, before = (_key(one(visit.fields, name)) for name in ("after", "before"))
        turned = await movements_page(visit.connection, asked, after, before)
    rows = turned.rows if turned else []
    path = f"/items/{item}/history"
    return ItemHistoryPage(
        frame=await frame(visit, "stock"),
        id=item,
        name=name_in(visit.locale, row),
        sku=row["sku"],
        unit=row["unit"],
        blind=visit.blind,
        kind=asked.kind,
        since=kept["from"],
        until=kept["to"],
        problem=problem,
        rows=[history_entry(visit, one) for one in rows],
        newer=_address(path, kept, "before", rows[0].key) if turned and rows and turned.newer else "",
        older=_address(path, kept, "after", rows[-1].key) if turned and rows and turned.older else "",
        export=_address(f"{path}.csv", kept) if rows else "",
    )


def chosen(visit: Visit, item: int) -> Chosen:
    """Of an unknown kind everything is shown."""
    kind = one(visit.fields, "kind")
    kind = kind if kind in KINDS else ""
    everything = Movements(shelves(visit.store), item, kind)
    typed = [one(visit.fields, name).strip() for name in ("from", "to")]
    days = [_day(text) for text in typed]
    if any(text and day is None for text, day in zip(typed, days, strict=True)):
        return Chosen(everything, Problem(code="day_wrong", params={}))
    first, last = days
    if first and last and last < first:
        return Chosen(everything, Problem(code="days_turned", params={}))
    since = _midnight(visit, first) if first else None
    until = _midnight(visit, last + timedelta(days=1)) if last else None
    return Chosen(Movements(shelves(visit.store), item, kind, since, until), None)


def history_entry(visit: Visit, movement: Movement) -> HistoryEntry:
    entry = movement.entry
    other = entry.from_store_id if entry.from_store_id != visit.store else entry.to_store_id
    store = visit.chain.stores.get(other) if other else None
    year = _year(visit, entry.effective_at)
    return HistoryEntry(
        at=entry.effective_at,
        year=0 if year == _year(visit, visit.now) else year,
        known_at=entry.booked_at if entry.booked_at - entry.effective_at > LATE_MS else 0,
        kind=entry.kind,
        reason=entry.reason or "",
        counted=-1 if entry.counted is None else entry.counted,
        belated=entry.count_id is not None and entry.count_id != entry.operation_id,
        store_name=name_in(visit.locale, store) if store else "",
        transfer_id=entry.transfer_id or "",
        person_name=entry.person_name or "",
        lot=entry.lot,
        delta=entry.delta,
        after=movement.after,
    )


def zone_of(visit: Visit) -> ZoneInfo:
    return ZoneInfo(visit.chain.stores[visit.store]["time_zone"])


def _year(visit: Visit, at: int) -> int:
    return datetime.fromtimestamp(at / 1000, zone_of(visit)).year


def _midnight(visit: Visit, day: date) -> int:
    """The moment at which a day begins in the reader's store."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone_of(visit)).timestamp()) * 1000


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def _key(text: str) -> Key | None:
    """A movement's place as an address carries it; None for what nobody of ours has written."""
    found = KEY.fullmatch(text)
    return (min(int(found[1]), LARGEST), min(int(found[2]), LARGEST)) if found else None


def _address(path: str, kept: dict[str, str], turn: str = "", key: Key | None = None) -> str:
    fields = {name: text for name, text in kept.items() if text}
    if key is not None:
        fields[turn] = f"{key[0]}-{key[1]}"
    return f"{path}?{urlencode(fields)}" if fields else path
