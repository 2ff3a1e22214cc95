"""The books against what was done: every effect once, on hand as the order of time has it, nothing out of nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.counts.tables import anchors
from server.inbox.tables import clients, outcomes
from server.ledger.doctor import findings
from server.ledger.tables import balances, ledger
from server.reviews.tables import reviews
from server.statements import from_json
from server.transfers.tables import transfers
from tests.simulation.years.settlement import losers_know_the_winner, resolved_once

if TYPE_CHECKING:
    from tests.simulation.years.year import Year

OF_TRANSFERS = ("dispatch", "receive", "damage", "loss")
# Ledger entries that follow from an operation itself, by its kind.
MAIN = {"stock.adjust": ("adjust",), "stock.move": ("sale", "return", "delivery")}
MAIN |= {"transfer.dispatch": ("dispatch",), "transfer.receive": ("receive", "damage")}
MAIN |= {"transfer.close": ("loss", "dispatch")}
# (location, item)
Place = tuple[int, int]


@dataclass
class Ledgers:
    """Everything in one snapshot; `first` are outcomes by operation without repeats, `known` all ids that have one."""

    outcomes: list[Any]
    first: dict[str, Any]
    known: set[str]
    entries: list[Any]
    anchors: list[Any]
    on_hand: dict[tuple[int, int, str], int]
    transfers: dict[str, Any]
    # Who accepted what was held back, by operation.
    accepted: dict[str, int]
    last_n: dict[str, int]

    def has_effect(self, row: Any) -> bool:
        """At once, or since somebody accepted it."""
        held_back = row.status == "review" and row.operation_id in self.accepted
        return not row.repeats and (row.status == "applied" or held_back)


async def read_ledgers(connection: AsyncConnection) -> Ledgers:
    rows = (await connection.execute(select(outcomes).order_by(outcomes.c.client_id, outcomes.c.n))).all()
    held = await connection.execute(
        select(balances.c.location_id, balances.c.item_id, balances.c.lot, balances.c.on_hand)
    )
    return Ledgers(
        outcomes=list(rows),
        first={row.operation_id: row for row in rows if not row.repeats},
        known={row.operation_id for row in rows},
        entries=list((await connection.execute(select(ledger).order_by(ledger.c.id))).all()),
        anchors=list((await connection.execute(select(anchors))).all()),
        on_hand={(location, item, lot): units for location, item, lot, units in held if units},
        transfers={row.id: row for row in await connection.execute(select(transfers))},
        accepted={
            row.operation_id: row.settled_by for row in await connection.execute(select(reviews)) if row.accepted
        },
        last_n={row.id: row.last_n for row in await connection.execute(select(clients.c.id, clients.c.last_n))},
    )


async def true_books(year: "Year") -> Ledgers:
    async with year.hub.database.reading() as connection:
        books = await read_ledgers(connection)
        for finding in await findings(connection):
            year.looked.hold(9, False, f"doctor, {finding.check}: {finding.what}")
    year.looked.count("doctor's examinations")
    _numbered(year, books)
    _each_once(year, books)
    _signed(year, books)
    _moved_once(year, books)
    _conserved(year, books)
    _on_hand(year, books)
    resolved_once(year.looked, books)
    losers_know_the_winner(year.looked, books.outcomes)
    return books


def _numbered(year: "Year", books: Ledgers) -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in books.outcomes:
        numbers[row.client_id].append(row.n)
    for client, last_n in books.last_n.items():
        year.looked.hold(2, numbers[client] == list(range(1, last_n + 1)), f"{client}: {numbers[client]}, {last_n}")


def _each_once(year: "Year", books: Ledgers) -> None:
    """Nothing has an outcome that nobody did; a repeat says so; what broke is what was meant to break."""
    times = Counter(row.operation_id for row in books.outcomes if not row.repeats)
    for row in books.outcomes:
        written = year.written.get(row.operation_id)
        year.looked.hold(1, written is not None and times[row.operation_id] <= 1, f"{row} is of {written}")
        if row.repeats:
            # Withdrawn in one of two tabs and sent from the other, whichever came first; or a void that nobody signed.
            first = books.first.get(row.operation_id)
            withdrawn = row.kind == "void" or (first is not None and first.kind == "void")
            year.looked.hold(1, row.status == "already" or withdrawn, f"repeated and {row}, first {first}")
        if row.status == "parked" and written and not written.poison:
            # What stands on a poisoned one is parked with it, and so is whoever accepts one.
            about = year.written.get(from_json(row.args).get("operation", ""))
            meant = row.code == "depends_on_parked" or (about is not None and about.poison)
            year.looked.hold(11, meant, f"parked: {row.traceback}")


def _signed(year: "Year", books: Ledgers) -> None:
    for row in books.first.values():
        written = year.written[row.operation_id]
        if row.status in ("applied", "refused", "review") and row.person_id is not None:
            year.looked.hold(
                15, row.person_id == written.by, f"{written.by} did what {row.person_id} is told to: {row}"
            )
        if written.forged:
            without = row.status == "void" or (row.status == "review" and row.person_id is None)
            year.looked.hold(15, without, f"forged: {row}")
    for entry in books.entries:
        if entry.kind != "opening":
            # What nobody signed is the deed of whoever accepted it.
            row = books.first[entry.operation_id]
            by = year.written[entry.operation_id].by if row.person_id else books.accepted.get(entry.operation_id)
            year.looked.hold(15, entry.person_id == by, f"{by} moved what {entry.person_id} is told to: {entry}")


def _moved_once(year: "Year", books: Ledgers) -> None:
    """Every operation with effect moved exactly what it says, and no other one moved anything."""
    entries: dict[str, list[Any]] = defaultdict(list)
    for entry in books.entries:
        if entry.kind != "opening":
            entries[entry.operation_id].append(entry)
    for operation, row in books.first.items():
        found = entries.pop(operation, [])
        if not books.has_effect(row):
            year.looked.hold(1, not found, f"{row.status} {row.kind} {operation} moved {found}")
            continue
        kinds = MAIN.get(row.kind, ())
        told = Counter({(entry.location_id, entry.item_id, entry.lot): 0 for entry in found if entry.kind in kinds})
        for entry in found:
            if entry.kind in kinds:
                told[entry.location_id, entry.item_id, entry.lot] += entry.delta
        should = _should_move(row, books)
        if should is not None:
            same = {place: units for place, units in told.items() if units} == should
            year.looked.hold(1, same, f"{row.kind} {operation} {row.args} moved {dict(told)}, not {should}")
    year.looked.hold(1, not entries, f"moved without an outcome: {list(entries)[:5]}")


def _should_move(row: Any, books: Ledgers) -> dict[tuple[int, int, str], int] | None:
    """By the words of the operation alone; None where that depends on others (a count, what is lost at closing)."""
    args = from_json(row.args)
    sums: Counter[tuple[int, int, str]] = Counter()
    if row.kind == "stock.adjust":
        sums[args["store"] * 2, args["item"], args.get("lot") or ""] += args["delta"]
    elif row.kind == "stock.move":
        for line in args["lines"]:
            sums[args["store"] * 2, line["item"], line.get("lot") or ""] += line["delta"]
    elif row.kind in ("transfer.dispatch", "transfer.receive"):
        request = books.first.get(args["transfer"])
        assert request is not None, f"{row.kind} of no transfer {args['transfer']}"
        asked = from_json(request.args)
        source, target, road = asked["from"] * 2, asked["to"] * 2, asked["to"] * 2 + 1
        for line in args["lines"]:
            item = asked["lines"][line["line"] - 1]["item"]
            if row.kind == "transfer.dispatch":
                sums[source, item, ""] -= line["quantity"]
                sums[road, item, ""] += line["quantity"]
            else:
                sums[road, item, ""] -= line["received"] + line["damaged"]
                sums[target, item, ""] += line["received"]
    else:
        return None
    return {place: units for place, units in sums.items() if units}


def _conserved(year: "Year", books: Ledgers) -> None:
    """What is there is the opening and what was told; what is on its way neither grows nor shrinks on the road."""
    held: Counter[int] = Counter()
    for (_location, item, _lot), units in books.on_hand.items():
        held[item] += units
    told: Counter[int] = Counter()
    travelled: Counter[tuple[int, str]] = Counter()
    for entry in books.entries:
        if entry.kind in ("dispatch", "receive"):
            travelled[entry.item_id, entry.kind] += entry.delta
        else:
            told[entry.item_id] += entry.delta
    for item in {*held, *told}:
        year.looked.hold(9, held[item] == told[item], f"item {item}: {held[item]} are there, {told[item]} were told")
    for place, units in travelled.items():
        year.looked.hold(9, units == 0, f"{place}: {units} came or went on the road")


def _on_hand(year: "Year", books: Ledgers) -> None:
    """By lot, everything laid in the order in which it happened: a count says what is there, the rest adds up."""
    moments = {row.operation_id: (row.client_id, row.n) for row in books.first.values()}
    past: dict[Place, list[tuple[tuple[int, str, int], int, Any]]] = defaultdict(list)
    expected: Counter[tuple[int, int, str]] = Counter()
    for entry in books.entries:
        place = entry.location_id, entry.item_id
        if entry.location_id % 2:
            expected[*place, entry.lot] += entry.delta
        elif entry.kind != "count":
            when = entry.effective_at, *moments.get(entry.operation_id, ("", 0))
            past[place].append((when, entry.line, entry))
    for anchor in books.anchors:
        when = anchor.effective_at, anchor.client_id, anchor.n
        past[anchor.location_id, anchor.item_id].append((when, 0, anchor))
    for place, happened in past.items():
        for lot, units in _lived_through(sorted(happened, key=lambda one: one[:2])).items():
            expected[*place, lot] += units
    for key in sorted({*expected, *books.on_hand}):
        units = books.on_hand.get(key, 0)
        year.looked.hold(
            9, expected[key] == units, f"{key}: {units} in the books, {expected[key]} by the order of time"
        )


def _lived_through(happened: Iterable[tuple[Any, int, Any]]) -> Counter[str]:
    units: Counter[str] = Counter()
    for _when, _line, one in happened:
        if hasattr(one, "delta"):
            units[one.lot] += one.delta
        elif one.lot is None:
            units[""] += one.counted - sum(units.values())
        else:
            units[one.lot] = one.counted
    return units
