"""What counts of a store found: the hub's alone, for a phone holds figures and no book."""

from collections.abc import Sequence
from typing import Any, TypedDict, cast

from server.counts.results import Seen, Told, is_over, sessions_of_store, told_in, who_joined
from server.counts.unseen import unseen
from server.inbox.rows import item_rows
from server.page_frame import Frame
from server.visits import Rows, Visit, frame
from sync.papers import DAY_MS
from sync.shelf import name_in

DAYS = 30
MOST_SESSIONS = 50
MOST_WRONG = 100
MINUTE_MS = 60_000
MANAGER = 3


class SessionDone(TypedDict):
    """A session of anybody; `shelves` is empty where it was about the whole store. `names` are who counted, the one who
    began it first.
    """

    id: str
    at: int
    names: list[str]
    is_over: bool
    blind: bool
    shelves: list[str]


class CountResultsPage(TypedDict):
    """`/counts/results`: sessions of thirty days in the reader's store, the newest first.

    `may` says that the reader manages it; `blind` that they count it and must not be led.
    """

    frame: Frame
    may: bool
    blind: bool
    rows: list[SessionDone]


class UnitResult(TypedDict):
    """Items kept in one unit: `off` units wrong in all of `units`, whichever way; `part` of them in a hundred, "" of
    none.
    """

    unit: str
    items: int
    exact: int
    off: int
    units: int
    part: str


class WrongItem(TypedDict):
    """`off` is signed: what was found more than the book said, or less."""

    item: int
    name: str
    sku: str
    unit: str
    counted: int
    off: int
    value_cents: int


class UnseenItem(TypedDict):
    """In the book, and not come upon by a count of the whole store."""

    item: int
    name: str
    sku: str
    unit: str
    on_hand: int


class CountResultPage(TypedDict):
    """`/counts/results/<session>`: how right the book was. `share` is in a hundred, "" of nothing counted; `minutes` is
    the time from the first count to the last; `lost_cents` and `found_cents` are worth of what was missing and of what
    was too many. `unseen` is of a count of the whole store that is over.
    """

    frame: Frame
    session: SessionDone
    places: int
    exact: int
    share: str
    minutes: int
    waiting: int
    unfinished: int
    units: list[UnitResult]
    lost_cents: int
    found_cents: int
    currency: str
    wrong: list[WrongItem]
    wrong_total: int
    unseen: list[UnseenItem]
    unseen_total: int


def manages(visit: Visit) -> bool:
    return int(visit.reader["levels"].get(visit.store, 0)) >= MANAGER


async def count_results_page(visit: Visit) -> CountResultsPage:
    may = manages(visit)
    listed = []
    if may and not visit.blind:
        since = visit.now - DAYS * DAY_MS
        listed = list(await sessions_of_store(visit.connection, visit.store, since, MOST_SESSIONS))
    return CountResultsPage(
        frame=await frame(visit, "stock"),
        may=may,
        blind=visit.blind,
        rows=await _done(visit, listed),
    )


async def count_result_page(visit: Visit, session_id: str) -> CountResultPage | None:
    """None for whoever does not manage the store, or counts it blindly, and for a session of another store."""
    if not manages(visit) or visit.blind:
        return None
    since = visit.now - DAYS * DAY_MS
    listed = await sessions_of_store(visit.connection, visit.store, since, MOST_SESSIONS)
    session = next((one for one in listed if one.id == session_id), None)
    if session is None:
        return None
    told = await told_in(visit.connection, visit.store, session)
    rows = await item_rows(visit.connection, [one.item for one in told.seen])
    around = {"frame": await frame(visit, "stock"), "session": (await _done(visit, [session]))[0]}
    return cast(CountResultPage, {**around, **_figures(visit, told, rows), **await _unseen(visit, session, told)})


async def _unseen(visit: Visit, session: Any, told: Told) -> dict[str, Any]:
    if session.scope != "store" or not is_over(session, visit.now):
        return {"unseen": [], "unseen_total": 0}
    spoken_of = told.waiting | told.unfinished
    total, listed = await unseen(visit.connection, visit.store, session, spoken_of, MOST_WRONG)
    rows = await item_rows(visit.connection, [one.item for one in listed])
    named = [
        UnseenItem(
            item=one.item,
            name=name_in(visit.locale, rows[one.item]),
            sku=rows[one.item]["sku"],
            unit=rows[one.item]["unit"],
            on_hand=one.on_hand,
        )
        for one in listed
    ]
    return {"unseen": named, "unseen_total": total}


def _figures(visit: Visit, told: Told, rows: Rows) -> dict[str, Any]:
    exact = sum(one.off == 0 for one in told.seen)
    wrong = sorted((_wrong(visit, one, rows[one.item]) for one in told.seen if one.off), key=_worst_first)
    return {
        "places": len(told.seen),
        "exact": exact,
        "share": in_a_hundred(exact, len(told.seen)),
        "minutes": (told.last_at - told.first_at) // MINUTE_MS,
        "waiting": len(told.waiting),
        "unfinished": len(told.unfinished),
        "units": _by_unit(told, rows),
        "lost_cents": -sum(one["value_cents"] for one in wrong if one["off"] < 0),
        "found_cents": sum(one["value_cents"] for one in wrong if one["off"] > 0),
        "currency": visit.chain.policies.label_currency,
        "wrong": wrong[:MOST_WRONG],
        "wrong_total": len(wrong),
    }


def _by_unit(told: Told, rows: Rows) -> list[UnitResult]:
    found = []
    for unit in ("each", "g", "ml"):
        seen = [one for one in told.seen if rows[one.item]["unit"] == unit]
        off, units = sum(abs(one.off) for one in seen), sum(one.counted for one in seen)
        exact = sum(one.off == 0 for one in seen)
        row = UnitResult(unit=unit, items=len(seen), exact=exact, off=off, units=units, part=in_a_hundred(off, units))
        found += [row] if seen else []
    return found


def _wrong(visit: Visit, one: Seen, row: dict[str, Any]) -> WrongItem:
    # What is weighed or measured has its price for a thousand.
    price = one.off * row["price_cents"]
    value = price if row["unit"] == "each" else (abs(price) + 500) // 1000 * (1 if price > 0 else -1)
    return WrongItem(
        item=one.item,
        name=name_in(visit.locale, row),
        sku=row["sku"],
        unit=row["unit"],
        counted=one.counted,
        off=one.off,
        value_cents=value,
    )


def _worst_first(one: WrongItem) -> tuple[int, int, int]:
    return -abs(one["value_cents"]), -abs(one["off"]), one["item"]


async def _done(visit: Visit, sessions: Sequence[Any]) -> list[SessionDone]:
    joined = await who_joined(visit.connection, sessions)
    return [
        SessionDone(
            id=session.id,
            at=session.opened_at,
            names=list(dict.fromkeys([session.person_name, *joined.get(session.id, {}).values()])),
            is_over=is_over(session, visit.now),
            blind=bool(session.blind),
            shelves=[] if session.scope == "store" else session.scope,
        )
        for session in sessions
    ]


def in_a_hundred(part: int, whole: int) -> str:
    """With one decimal, never rounded up to what it is not; "" of nothing."""
    return f"{part * 1000 // whole // 10}.{part * 1000 // whole % 10}" if whole else ""
