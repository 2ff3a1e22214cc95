"""Proves the transfers: what is kept of each is what the operations booked on it and the goods that moved say."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from server.findings import Finding
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import ledger
from server.reviews.tables import answers_for, has_effect
from server.transfers.tables import transfer_events, transfer_lines, transfers
from sync.projection import has_ended, state_of

COUNTED = ("approved", "dispatched", "received", "damaged", "lost", "returned")
# What ends a transfer, strongest last: closing is possible after everything else.
ENDS = (("reject", "rejected"), ("cancel", "cancelled"), ("expire", "cancelled"), ("close", "closed"))
Lines = dict[str, dict[int, dict[str, Any]]]


async def states(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """The state of every transfer is what its decision and its lines amount to, its decision what people decided."""
    lines = await _lines_kept(connection)
    happened: dict[str, Counter[str]] = defaultdict(Counter)
    for row in await connection.execute(select(transfer_events.c.transfer_id, transfer_events.c.kind)):
        happened[row.transfer_id][row.kind] += 1
    for row in await connection.execute(select(transfers)):
        amounts = state_of(row.decision, list(lines.get(row.id, {}).values()))
        if row.state != amounts:
            yield Finding("transfer_state", f"Transfer {row.id} is kept as {row.state} and amounts to {amounts}.")
        decided = _decision(happened[row.id])
        if row.decision != decided:
            what = f"Transfer {row.id} is kept as {row.decision}, and people {decided} it."
            yield Finding("transfer_decision", what)
        if (row.ended_at is not None) != has_ended(row.state):
            yield Finding("transfer_ended", f"Transfer {row.id} is {row.state}, and its end says otherwise.")


def _decision(done: Mapping[str, int]) -> str:
    decided = "approved" if done["approve"] > done["unapprove"] else "requested"
    for kind, word in ENDS:
        decided = word if done[kind] else decided
    return decided


async def lines(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Every line counts what the operations with effect on its transfer told, whatever their order."""
    operations = await _operations(connection)
    kept, told = await _lines_kept(connection), _lines_told(operations)
    for transfer in sorted(kept.keys() | told.keys()):
        here, there = kept.get(transfer, {}), told.get(transfer, {})
        for number in sorted(here.keys() | there.keys()):
            # What was lost is what was left on the road when somebody closed; the ledger proves it.
            one = {name: figure for name, figure in here.get(number, {}).items() if name not in ("approved", "lost")}
            if one != there.get(number, {}):
                what = f"Line {number} of transfer {transfer} is not what its operations say."
                yield Finding("transfer_line", what)
    approvals, taken_back = _approvals(operations)
    for transfer, here in sorted(kept.items()):
        promised = {number: line["approved"] for number, line in here.items() if line["approved"] is not None}
        told_of = [{number: one.get(number, 0) for number in here} for one in approvals[transfer]]
        stands = len(told_of) > taken_back[transfer]
        if promised not in (told_of if stands else [{}]):
            yield Finding("transfer_line", f"Transfer {transfer} promises what no approval that stands says.")


async def _lines_kept(connection: AsyncConnection) -> Lines:
    found: Lines = defaultdict(dict)
    for row in await connection.execute(select(transfer_lines)):
        figures = {name: getattr(row, name) for name in COUNTED}
        found[row.transfer_id][row.line] = {"item": row.item_id, "requested": row.requested, **figures}
    return found


async def _operations(connection: AsyncConnection) -> list[dict[str, Any]]:
    applied = has_effect & booked_first & outcomes.c.kind.startswith("transfer.")
    query = select(outcomes.c.operation_id, outcomes.c.kind, outcomes.c.args).where(applied)
    return [row._asdict() for row in await connection.execute(query)]


def _approvals(operations: Sequence[Mapping[str, Any]]) -> tuple[dict[str, list[dict[int, int]]], Counter[str]]:
    """What each approval of a transfer promised, and how many of them were taken back; by transfer."""
    said: dict[str, list[dict[int, int]]] = defaultdict(list)
    taken_back: Counter[str] = Counter()
    for op in operations:
        if op["kind"] == "transfer.approve":
            said[op["args"]["transfer"]].append({line["line"]: line["quantity"] for line in op["args"]["lines"]})
        taken_back[op["args"].get("transfer", "")] += op["kind"] == "transfer.unapprove"
    return said, taken_back


def _lines_told(operations: Sequence[Mapping[str, Any]]) -> Lines:
    found: Lines = defaultdict(dict)
    for op in operations:
        if op["kind"] == "transfer.request":
            for number, line in enumerate(op["args"]["lines"], start=1):
                nothing = {"dispatched": 0, "received": 0, "damaged": 0, "returned": 0}
                found[op["operation_id"]][number] = {"item": line["item"], "requested": line["quantity"], **nothing}
    for op in operations:
        if op["kind"] != "transfer.request":
            _tell(found[op["args"]["transfer"]], op["kind"], op["args"])
    return found


def _tell(told: dict[int, dict[str, Any]], kind: str, args: dict[str, Any]) -> None:
    for line in args.get("lines", ()):
        here = told.setdefault(line["line"], defaultdict(int))
        if kind == "transfer.dispatch":
            here["dispatched"] += line["quantity"]
        elif kind == "transfer.receive":
            here["received"] += line["received"]
            here["damaged"] += line["damaged"]
    for line in args.get("returned", ()):
        told.setdefault(line["line"], defaultdict(int))["returned"] += line["quantity"]


async def goods(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """What the ledger says moved for a transfer is what its lines say: off the shelves, on the road, on the shelves."""
    nothing = literal(0)
    at, delta = ledger.c.location_id, ledger.c.delta
    source = case((at == transfers.c.from_store_id * 2, delta), else_=0)
    road = case((at == transfers.c.to_store_id * 2 + 1, delta), else_=0)
    target = case((at == transfers.c.to_store_id * 2, delta), else_=0)
    elsewhere = delta - source - road - target
    broken = case((ledger.c.kind == "damage", delta), else_=0)
    lost = case((ledger.c.kind == "loss", delta), else_=0)
    sums = (source, road, target, elsewhere, broken, lost)
    booked = select(ledger.c.transfer_id, ledger.c.item_id, *(one.label(f"s{i}") for i, one in enumerate(sums)))
    line = transfer_lines.c
    gone, come = line.dispatched - line.returned, line.received
    said = (gone, -on_road_of(line), -come, nothing, line.damaged, line.lost)
    kept = select(line.transfer_id, line.item_id, *(one.label(f"s{i}") for i, one in enumerate(said)))
    both = union_all(booked.join_from(ledger, transfers), kept).subquery()
    gaps = [func.sum(both.c[f"s{i}"]) for i in range(len(sums))]
    wrong = gaps[0] != 0
    for gap in gaps[1:]:
        wrong = wrong | (gap != 0)
    query = select(both.c.transfer_id, both.c.item_id).group_by(both.c.transfer_id, both.c.item_id).having(wrong)
    for row in await connection.execute(query):
        what = f"Transfer {row.transfer_id} counts item {row.item_id} otherwise than the ledger."
        yield Finding("transfer_goods", what)


def on_road_of(line: Any) -> Any:
    """`on_road` of the projection, for a query."""
    return line.dispatched - line.received - line.damaged - line.lost - line.returned


async def timelines(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Every operation with effect on a transfer stands in its timeline, and nothing else does."""
    kind = literal("transfer.").concat(transfer_events.c.kind)
    stands = select(transfer_events.c.operation_id, kind, transfer_events.c.person_id, transfer_events.c.effective_at)
    applied = has_effect & booked_first & outcomes.c.kind.startswith("transfer.")
    pushed = (outcomes.c.kind == "transfer.request") & outcomes.c.args["push"].as_boolean()
    told = case((pushed, "transfer.push"), else_=outcomes.c.kind)
    done = select(outcomes.c.operation_id, told, answers_for, outcomes.c.effective_at)
    done = done.where(applied)
    for query, what in (
        (stands.except_(done), "stands in a timeline and was not booked like that"),
        (done.except_(stands), "was booked and is missing in its timeline"),
    ):
        for row in await connection.execute(query):
            yield Finding("timeline", f"Operation {row[0]} {what}.")


async def parcels(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Each entry of a timeline names the parcel that its operation named, and what left in it."""
    applied = has_effect & booked_first & outcomes.c.kind.in_(("transfer.dispatch", "transfer.receive"))
    stands = select(transfer_events.c.operation_id, transfer_events.c.parcel, transfer_events.c.held, outcomes.c.args)
    query = stands.join(outcomes, outcomes.c.operation_id == transfer_events.c.operation_id).where(applied)
    for row in await connection.execute(query):
        parcel = row.args.get("parcel") or None
        told = [line for line in row.args["lines"] if line.get("quantity")] if parcel else []
        if (row.parcel, row.held or []) != (parcel, told):
            yield Finding("parcel", f"Operation {row.operation_id} moved another parcel than its timeline says.")


async def changes(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """What stands last in the timeline of a transfer happened when its header says."""
    happened = select(transfer_events.c.transfer_id, func.max(transfer_events.c.effective_at).label("at"))
    last = happened.group_by(transfer_events.c.transfer_id).subquery()
    wrong = select(transfers.c.id).outerjoin(last, last.c.transfer_id == transfers.c.id)
    wrong = wrong.where(func.coalesce(last.c.at, transfers.c.requested_at) != transfers.c.changed_at)
    for transfer in await connection.scalars(wrong):
        yield Finding("transfer_changed", f"Transfer {transfer} changed at another moment than it is kept to have.")


CHECKS = (states, lines, goods, timelines, parcels, changes)
