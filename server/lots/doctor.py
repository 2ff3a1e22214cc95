"""Proves the lots: their last days are those that somebody read, the earliest and the latest of them."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import items
from server.findings import Finding
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import lots
from server.lots.tables import blocked_lots
from server.reviews.tables import has_effect

KINDS = ("stock.adjust", "stock.count", "stock.move")


async def last_days(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Of an item that was merged, both know what was read on either before."""
    merged = await connection.execute(select(items.c.id, items.c.merged_into).where(items.c.merged_into.is_not(None)))
    leads = {row.id: row.merged_into for row in merged}
    read: dict[tuple[int, str], set[str]] = {}
    dated = cast(outcomes.c.args, String).contains('"expires"')
    query = select(outcomes.c.args).where(outcomes.c.kind.in_(KINDS), has_effect, booked_first, dated)
    for args in await connection.scalars(query):
        for item, lot, day in _told(args):
            read.setdefault((leads.get(item, item), lot), set()).add(day)
    kept = {}
    for row in await connection.execute(select(lots)):
        days = [day for day in (row.expires_on, row.expires_also) if day]
        kept[row.item_id, row.code] = days
        if not read.get((leads.get(row.item_id, row.item_id), row.code), set()).issuperset(days):
            yield Finding("lot", f"Lot {row.code} of item {row.item_id} has a last day that nobody read.")
    for (item, lot), days_read in read.items():
        if kept.get((item, lot)) != sorted({min(days_read), max(days_read)}):
            yield Finding(
                "lot", f"Lot {lot} of item {item}: its last days are not the first and the last that were read."
            )


def _told(args: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    for line in args.get("lines") or [args]:
        if line.get("lot") and line.get("expires"):
            yield line["item"], line["lot"], line["expires"]


async def blocked(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Every lot that nobody may sell was blocked by an operation that says so."""
    same = (outcomes.c.operation_id == blocked_lots.c.operation_id) & booked_first
    said = (outcomes.c.kind == "lot.block") & (outcomes.c.status == "applied")
    query = select(blocked_lots, outcomes.c.args, said.label("said")).outerjoin_from(blocked_lots, outcomes, same)
    for row in await connection.execute(query):
        if not row.said or (row.args["lot"], row.args["reason"]) != (row.lot, row.reason):
            yield Finding("lot", f"Lot {row.lot} of item {row.item_id} is blocked, and nobody blocked it so.")


CHECKS = (last_days, blocked)
