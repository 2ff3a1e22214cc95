"""How the reader's store does: the hub's alone, for a phone holds figures and no book."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from server.counts.plans import due_figures
from server.dashboard.dues import DueBoard, due_board
from server.dashboard.figures import (
    Adjusted,
    Counted,
    OnTheRoad,
    StockOuts,
    adjusted,
    counted,
    on_the_road,
    open_transfers,
    stock_outs,
)
from server.inbox.rows import item_rows
from server.ledger.tables import shelves
from server.page_frame import Frame
from server.visits import Visit, frame
from sync.papers import DAY_MS
from sync.shelf import name_in

DAYS, PERIODS = 30, 5
PERIOD_MS = DAYS // PERIODS * DAY_MS
# What has been on the road longer is late.
LATE_DAYS = 3
# (least, most) days on the road; the last reaches on.
AGES = ((0, 0), (1, LATE_DAYS - 1), (LATE_DAYS, 6), (7, -1))
STATES = ("requested", "approved", "dispatched", "short", "exception")
MOST_LISTED = 20
# The height of a column of the chart.
TALLEST = 86


class Period(TypedDict):
    """Six days of counting from `at` on; `share` is how many in a hundred were exactly right, drawn `tall` of 86."""

    at: int
    counts: int
    exact: int
    share: str
    tall: int


class OffBy(TypedDict):
    """Counts of what is kept in one unit: `off` units wrong in all of `units`, and what part of them, "" of none."""

    unit: str
    counts: int
    exact: int
    off: int
    units: int
    part: str


class Accuracy(TypedDict):
    """Of the last thirty days; `share` is how many counts in a hundred found the book exactly right."""

    counts: int
    exact: int
    share: str
    periods: list[Period]
    units: list[OffBy]


class OpenState(TypedDict):
    """Transfers under way in one state; `width` and `width_out` are 0-100 of the longest bar."""

    state: str
    coming: int
    leaving: int
    width: int
    width_out: int


class Age(TypedDict):
    """How many are on the road here for so many days; `most` is -1 where it reaches on."""

    least: int
    most: int
    number: int
    late: bool
    width: int


class LateRow(TypedDict):
    id: str
    store_name: str
    sent_at: int
    days: int


class Late(TypedDict):
    number: int
    ages: list[Age]
    rows: list[LateRow]


class OutRow(TypedDict):
    id: int
    name: str
    sku: str
    unit: str
    on_hand: int
    moved_at: int


class Out(TypedDict):
    """Items without stock: `rows` are the first `listed` of `total`, the last moved first."""

    total: int
    none: int
    below: int
    width_none: int
    width_below: int
    rows: list[OutRow]


class ReasonRow(TypedDict):
    reason: str
    times: int
    pieces_out: int
    pieces_in: int
    width: int


class StoreBoardPage(TypedDict):
    """`/store`: the last thirty days of the reader's store. Who counts it blindly is shown nothing."""

    frame: Frame
    blind: bool
    late_days: int
    due: DueBoard
    accuracy: Accuracy
    states: list[OpenState]
    late: Late
    out: Out
    reasons: list[ReasonRow]


async def store_board_page(visit: Visit) -> StoreBoardPage | None:
    """None for a reader without a store."""
    if not visit.store:
        return None
    connection, location, since = visit.connection, shelves(visit.store), visit.now - DAYS * DAY_MS
    if visit.blind:
        outs, counts, reasons = StockOuts(0, 0, []), [], []
    else:
        outs = await stock_outs(visit, location, since, MOST_LISTED)
        counts = await counted(connection, location, since, PERIOD_MS)
        reasons = await adjusted(connection, location, since)
    return StoreBoardPage(
        frame=await frame(visit, "me"),
        blind=visit.blind,
        late_days=LATE_DAYS,
        due=due_board({} if visit.blind else await due_figures(connection, visit.store)),
        accuracy=_accuracy(counts, since),
        states=_states(await open_transfers(connection, visit.store)),
        late=_late(visit, await on_the_road(connection, visit.store)),
        out=await _out(visit, outs),
        reasons=_reasons(reasons),
    )


def _accuracy(rows: Sequence[Counted], since: int) -> Accuracy:
    # What happened at the very end of the last period still belongs to it.
    placed = [row._replace(period=min(row.period, PERIODS - 1)) for row in rows]
    periods = []
    for place in range(PERIODS):
        counts, exact = _together(row for row in placed if row.period == place)
        at = since + place * PERIOD_MS
        share = _in_a_hundred(exact, counts)
        tall = max(2, TALLEST * exact // counts) if counts else 0
        periods.append(Period(at=at, counts=counts, exact=exact, share=share, tall=tall))
    units = []
    for unit in ("each", "g", "ml"):
        of_unit = [row for row in placed if row.unit == unit]
        counts, exact = _together(of_unit)
        off, seen = sum(row.off for row in of_unit), sum(row.units for row in of_unit)
        if counts:
            part = _in_a_hundred(off, seen)
            units.append(OffBy(unit=unit, counts=counts, exact=exact, off=off, units=seen, part=part))
    counts, exact = _together(placed)
    return Accuracy(counts=counts, exact=exact, share=_in_a_hundred(exact, counts), periods=periods, units=units)


def _together(rows: Iterable[Counted]) -> tuple[int, int]:
    listed = list(rows)
    return sum(row.counts for row in listed), sum(row.exact for row in listed)


def _in_a_hundred(part: int, whole: int) -> str:
    """With one decimal, never rounded up to what it is not; "" of nothing."""
    return f"{part * 1000 // whole // 10}.{part * 1000 // whole % 10}" if whole else ""


def _states(numbers: dict[tuple[str, bool], int]) -> list[OpenState]:
    both = {state: (numbers.get((state, True), 0), numbers.get((state, False), 0)) for state in STATES}
    longest = max(sum(pair) for pair in both.values())
    return [
        OpenState(
            state=state,
            coming=coming,
            leaving=leaving,
            width=_width(coming, longest),
            width_out=_width(leaving, longest),
        )
        for state, (coming, leaving) in both.items()
    ]


def _late(visit: Visit, roads: Sequence[OnTheRoad]) -> Late:
    days = [max(0, visit.now - one.sent_at) // DAY_MS for one in roads]
    numbers = [sum(1 for day in days if least <= day and (most < 0 or day <= most)) for least, most in AGES]
    longest = max(numbers)
    stores = visit.store_names()
    late = [(one, day) for one, day in zip(roads, days, strict=True) if day >= LATE_DAYS]
    return Late(
        number=len(late),
        ages=[
            Age(least=least, most=most, number=number, late=least >= LATE_DAYS, width=_width(number, longest))
            for (least, most), number in zip(AGES, numbers, strict=True)
        ],
        rows=[
            LateRow(id=one.id, store_name=stores.get(one.from_store, ""), sent_at=one.sent_at, days=day)
            for one, day in late[:MOST_LISTED]
        ],
    )


async def _out(visit: Visit, outs: StockOuts) -> Out:
    names = await item_rows(visit.connection, [row.item for row in outs.rows])
    none = outs.total - outs.below
    longest = max(none, outs.below)
    return Out(
        total=outs.total,
        none=none,
        below=outs.below,
        width_none=_width(none, longest),
        width_below=_width(outs.below, longest),
        rows=[
            OutRow(
                id=row.item,
                name=name_in(visit.locale, names[row.item]),
                sku=names[row.item]["sku"],
                unit=names[row.item]["unit"],
                on_hand=row.on_hand,
                moved_at=row.moved_at,
            )
            for row in outs.rows
        ],
    )


def _reasons(rows: Sequence[Adjusted]) -> list[ReasonRow]:
    longest = max((row.times for row in rows), default=0)
    return [
        ReasonRow(
            reason=row.reason,
            times=row.times,
            pieces_out=row.pieces_out,
            pieces_in=row.pieces_in,
            width=_width(row.times, longest),
        )
        for row in rows
    ]


def _width(number: int, longest: int) -> int:
    """What there is is seen, however little."""
    return max(2, 100 * number // longest) if number else 0
