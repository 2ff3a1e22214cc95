"""What the books must say after everything that phones saved, summed anew from the operations alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from server.inbox.tables import clients, outcomes
from server.ledger.doctor import examine
from server.ledger.tables import balances, ledger
from server.transfers.tables import transfer_lines, transfers

# (location, item)
Place = tuple[int, int]


async def untrue(database: Database, saved: Iterable[str], perhaps: Iterable[str]) -> tuple[list[str], dict[str, int]]:
    """What is not as it must be, as sentences, and how often operations ended in which way."""
    found = [f"doctor, {finding.check}: {finding.what}" for finding in await examine(database)]
    async with database.reading() as connection:
        rows = (await connection.execute(select(outcomes).order_by(outcomes.c.client_id, outcomes.c.n))).all()
        found += _each_once(rows, set(saved), set(perhaps))
        found += await _gap_free(connection, rows)
        found += await _booked_once(connection, rows)
    return found, Counter(f"ended {row.kind} {row.status} {row.code or ''}".rstrip() for row in rows)


def _each_once(rows: Iterable[Any], saved: set[str], perhaps: set[str]) -> Iterable[str]:
    """Every operation that a phone saved has one outcome; nothing else has one."""
    first = Counter(row.operation_id for row in rows if not row.repeats)
    yield from (f"{one} was saved and has {first[one]} outcomes" for one in saved if first[one] != 1)
    yield from (f"{one} has an outcome and nobody did it" for one in first if one not in saved | perhaps)
    for row in rows:
        # Taken back on a phone that was restored from before it was sent: too late, and said so.
        too_late = (row.kind, row.code) == ("void", "id_taken")
        if row.repeats and row.status != "already" and not too_late:
            yield f"{row.kind} {row.operation_id} is repeated and {row.status} {row.code}"
        if row.status == "parked":
            yield f"{row.kind} {row.operation_id} is parked: {row.traceback}"


async def _gap_free(connection: AsyncConnection, rows: Iterable[Any]) -> list[str]:
    """Results of an outbox are numbered 1 to last_n."""
    numbers = defaultdict(list)
    for row in rows:
        numbers[row.client_id].append(row.n)
    outboxes = await connection.execute(select(clients.c.id, clients.c.last_n))
    return [
        f"outbox {client} has results {numbers[client]} and says {last_n}"
        for client, last_n in outboxes
        if numbers[client] != list(range(1, last_n + 1))
    ]


async def _booked_once(connection: AsyncConnection, rows: Iterable[Any]) -> list[str]:
    """On hand everywhere is the opening and what was applied; each of those has its ledger entries, others none."""
    papers = {row.id: row for row in await connection.execute(select(transfers))}
    lines = {(row.transfer_id, row.line): row for row in await connection.execute(select(transfer_lines))}
    expected: Counter[Place] = Counter()
    moved: Counter[str] = Counter()
    opening = select(ledger.c.location_id, ledger.c.item_id, ledger.c.delta).where(ledger.c.kind == "opening")
    for location, item, delta in await connection.execute(opening):
        expected[location, item] += delta
    counted: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.repeats or row.status != "applied":
            continue
        for place, delta in _effects(row, papers, lines, counted):
            expected[place] += delta
            moved[row.operation_id] += 1
    for (transfer, _line), line in lines.items():
        expected[papers[transfer].to_store_id * 2 + 1, line.item_id] -= line.lost
    found = [*_lines_add_up(lines, counted)]
    found += await _balances_agree(connection, expected)
    booked = set(
        await connection.scalars(select(ledger.c.operation_id).where(ledger.c.kind.not_in(("opening", "loss"))))
    )
    found += [f"{one} has entries in the ledger and no effect" for one in booked - set(moved)]
    return found + [f"{one} has effect and no entry in the ledger" for one in set(moved) - booked]


def _effects(row: Any, papers: Any, lines: Any, counted: Any) -> Iterable[tuple[Place, int]]:
    """Where one applied operation moved how many units."""
    if row.kind == "stock.adjust":
        yield (row.args["store"] * 2, row.args["item"]), row.args["delta"]
    if row.kind not in ("transfer.dispatch", "transfer.receive", "transfer.close"):
        return
    paper = papers[row.args["transfer"]]
    source, target, road = paper.from_store_id * 2, paper.to_store_id * 2, paper.to_store_id * 2 + 1
    for line in row.args.get("returned", ()):
        item = lines[paper.id, line["line"]].item_id
        counted[paper.id, line["line"]]["returned"] += line["quantity"]
        yield (source, item), line["quantity"]
        yield (road, item), -line["quantity"]
    for line in row.args.get("lines", ()):
        key = (paper.id, line["line"])
        item = lines[key].item_id
        for name in ("quantity", "received", "damaged"):
            counted[key][name] += line.get(name, 0)
        if row.kind == "transfer.dispatch" and line["quantity"]:
            yield (source, item), -line["quantity"]
            yield (road, item), line["quantity"]
        elif row.kind == "transfer.receive" and line["received"] + line["damaged"]:
            yield (road, item), -line["received"] - line["damaged"]
            yield (target, item), line["received"]


def _lines_add_up(lines: Any, counted: Any) -> Iterable[str]:
    for key, line in lines.items():
        told = tuple(counted[key][name] for name in ("quantity", "received", "damaged", "returned"))
        if told != (line.dispatched, line.received, line.damaged, line.returned):
            yield f"line {key} says {line}, its operations {told}"


async def _balances_agree(connection: AsyncConnection, expected: Counter[Place]) -> list[str]:
    """And so what left one place is in another, on the road, damaged or written off."""
    query = select(balances.c.location_id, balances.c.item_id, func.sum(balances.c.on_hand))
    grouped = await connection.execute(query.group_by(balances.c.location_id, balances.c.item_id))
    kept = {(location, item): int(units) for location, item, units in grouped}
    return [
        f"item {place[1]} at location {place[0]}: {kept.get(place, 0)} in the books, {expected[place]} by operations"
        for place in sorted(kept.keys() | expected.keys())
        if kept.get(place, 0) != expected[place]
    ]
