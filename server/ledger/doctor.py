"""Proves the books: every kept sum is computed anew from what it sums, every feed against its bucket."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, or_, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

import server.counts.doctor
import server.inbox.doctor
import server.lots.doctor
import server.movements.doctor
import server.reviews.doctor
import server.transfers.doctor
from server.database import Database
from server.findings import Finding
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import balances, ledger, locations, shelves
from server.reviews.tables import answers_for, has_effect
from server.transfers.doctor import on_road_of
from server.transfers.tables import transfer_lines, transfers

PROMISES = ("reserved", "in_transit_in", "in_transit_out", "on the road")
OF_TRANSFERS = ("dispatch", "receive", "damage", "loss")
# The triggers of the first migration, by database.
GUARDS = {
    "sqlite": ("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger'", 2),
    "postgresql": (
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'ledger'::regclass AND tgenabled <> 'D' AND NOT tgisinternal",
        1,
    ),
}


async def examine(database: Database) -> list[Finding]:
    """Everything that is untrue, in one snapshot; empty when the books are true."""
    async with database.reading() as connection:
        return await findings(connection)


async def findings(connection: AsyncConnection) -> list[Finding]:
    """What a transaction sees that is untrue."""
    nouns = (
        server.transfers.doctor,
        server.counts.doctor,
        server.movements.doctor,
        server.reviews.doctor,
        server.lots.doctor,
        server.inbox.doctor,
    )
    checks = [*CHECKS, *(check for noun in nouns for check in noun.CHECKS)]
    return [finding for check in checks async for finding in check(connection)]


async def _on_hand(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """On hand of every place and lot is the sum of its ledger entries."""
    booked = select(ledger.c.location_id, ledger.c.item_id, ledger.c.lot, ledger.c.delta.label("units"))
    kept = select(balances.c.location_id, balances.c.item_id, balances.c.lot, (-balances.c.on_hand).label("units"))
    both = union_all(booked, kept).subquery()
    key = (both.c.location_id, both.c.item_id, both.c.lot)
    query = select(*key, func.sum(both.c.units).label("gap")).group_by(*key).having(func.sum(both.c.units) != 0)
    for row in await connection.execute(query):
        place = f"Item {row.item_id} at location {row.location_id} {row.lot}".rstrip()
        yield Finding("on_hand", f"{place}: the ledger says {int(row.gap)} more than the balance.")


async def _promises(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Reserved, in transit and on the road of every store are what its transfers say."""
    line, header = transfer_lines.c, transfers.c
    road = on_road_of(line)
    left = func.coalesce(line.approved, 0) - line.dispatched
    promised = case(((header.decision == "approved") & (left > 0), left), else_=0)
    nothing = literal(0)
    joined = transfer_lines.join(transfers)
    source, target = header.from_store_id.label("store"), header.to_store_id.label("store")
    on_road = case((locations.c.kind == "transit", balances.c.on_hand), else_=0)
    promises = (balances.c.reserved, balances.c.in_transit_in, balances.c.in_transit_out, on_road)
    kept = select(locations.c.store_id, balances.c.item_id, *(-one for one in promises))
    sources = select(source, line.item_id, *_labelled(promised, nothing, road, nothing)).select_from(joined)
    targets = select(target, line.item_id, *_labelled(nothing, road, nothing, road)).select_from(joined)
    rows = union_all(sources, targets, kept.join_from(balances, locations)).subquery()
    sums = [func.sum(rows.c[f"s{i}"]) for i in range(len(PROMISES))]
    query = select(rows.c.store, rows.c.item_id, *sums).group_by(rows.c.store, rows.c.item_id)
    for store, item, *gaps in await connection.execute(query.having(or_(*(gap != 0 for gap in sums)))):
        for name, gap in zip(PROMISES, gaps, strict=True):
            if gap:
                what = f"Item {item} at store {store}: transfers say {int(gap)} more {name} than the balance."
                yield Finding(name, what)


def _labelled(*figures: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [one.label(f"s{i}") for i, one in enumerate(figures)]


async def _origins(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Every entry but the opening ones comes from an operation that has effect, signed by the same person."""
    same = (outcomes.c.operation_id == ledger.c.operation_id) & booked_first & has_effect
    signed = same & (answers_for == ledger.c.person_id)
    query = select(ledger.c.id, ledger.c.operation_id).where(ledger.c.kind != "opening")
    for row in await connection.execute(query.where(~select(literal(1)).where(signed).exists())):
        yield Finding("origin", f"Entry {row.id} of the ledger comes from no operation {row.operation_id} with effect.")
    without = ledger.c.transfer_id.is_(None)
    wrong = or_(ledger.c.kind.in_(OF_TRANSFERS) & without, ledger.c.kind.not_in(OF_TRANSFERS) & ~without)
    for entry in await connection.scalars(select(ledger.c.id).where(wrong)):
        yield Finding("origin", f"Entry {entry} of the ledger moves goods of no transfer, or no goods of one.")


async def _adjustments(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Every adjustment with effect is one entry of the ledger, as it was told."""
    entry = (ledger.c.operation_id == outcomes.c.operation_id) & (ledger.c.kind == "adjust")
    booked = (outcomes.c.kind == "stock.adjust") & has_effect & booked_first
    about = (ledger.c.item_id, ledger.c.lot, ledger.c.delta, ledger.c.reason, ledger.c.location_id)
    query = select(outcomes.c.operation_id, outcomes.c.args, *about).outerjoin_from(outcomes, ledger, entry)
    for row in await connection.execute(query.where(booked)):
        args = row.args
        told = (args["item"], args.get("lot") or "", args["delta"], args["reason"], shelves(args["store"]))
        if told != tuple(row)[2:]:
            yield Finding("adjustment", f"Operation {row.operation_id} is booked otherwise than it was told.")


async def _guards(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """The database itself refuses to change the ledger, and SQLite's file is whole."""
    query, number = GUARDS[connection.dialect.name]
    if await connection.scalar(text(query)) != number:
        yield Finding("guard", "The database no longer refuses changes of the ledger: its triggers are missing.")
    if connection.dialect.name == "sqlite":
        for row in await connection.execute(text("PRAGMA integrity_check(20)")):
            if row[0] != "ok":
                yield Finding("file", f"The file is damaged: {row[0]}.")
        for row in await connection.execute(text("PRAGMA foreign_key_check")):
            yield Finding("file", f"Row {row[1]} of {row[0]} names a row of {row[2]} that is not there.")


CHECKS = (_guards, _on_hand, _promises, _origins, _adjustments)
