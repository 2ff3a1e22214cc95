"""Proves the movements: each is in the ledger, line by line, as it was told."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.findings import Finding
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import ledger, shelves
from server.reviews.tables import has_effect

KINDS = ("sale", "return", "delivery")


async def moved(connection: AsyncConnection) -> AsyncIterator[Finding]:
    told = (outcomes.c.kind == "stock.move") & has_effect & booked_first
    entry = (ledger.c.operation_id == outcomes.c.operation_id) & ledger.c.kind.in_(KINDS)
    booked = (ledger.c.location_id, ledger.c.item_id, ledger.c.lot, ledger.c.delta, ledger.c.kind)
    query = select(outcomes.c.operation_id, outcomes.c.args, *booked).outerjoin_from(outcomes, ledger, entry)
    operation = ""
    args: Mapping[str, Any] = {}
    booked_lines: list[tuple[Any, ...]] = []
    async for row in await connection.stream(query.where(told).order_by(outcomes.c.operation_id)):
        if row.operation_id != operation:
            if operation and sorted(booked_lines) != sorted(_told(args)):
                yield _wrong(operation)
            operation, args, booked_lines = row.operation_id, row.args, []
        if row.delta:
            booked_lines.append(tuple(row)[2:])
    if operation and sorted(booked_lines) != sorted(_told(args)):
        yield _wrong(operation)


def _wrong(operation: str) -> Finding:
    return Finding("movement", f"Movement {operation} is booked otherwise than it was told.")


def _told(args: Mapping[str, Any]) -> list[tuple[int, int, str, int, str]]:
    return [
        (shelves(args["store"]), line["item"], line.get("lot") or "", line["delta"], args["kind"])
        for line in args["lines"]
    ]


CHECKS = (moved,)
