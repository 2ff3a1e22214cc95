"""Counts that are far from the book: what each of them saw, and which items somebody else shall count once more."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.counts.agreement import FAR_FROM_BOOK, Sighting
from server.database import chunks
from server.inbox.tables import booked_first, outcomes
from server.reviews.tables import reviews, still_open
from sync.operations import upcast

# A review that wants the item to be counted once more.
wanted: ColumnElement[bool] = (
    still_open
    & reviews.c.store_id.is_not(None)
    & (outcomes.c.status == "review")
    & (outcomes.c.code == FAR_FROM_BOOK)
    & booked_first
)


async def recount_rows(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """As the bucket `counts:` of their store carries them, by the operation that is counted again."""
    found = {}
    for some in chunks(ids):
        asked = select(outcomes).join(reviews, reviews.c.operation_id == outcomes.c.operation_id)
        for row in await connection.execute(asked.where(wanted, outcomes.c.operation_id.in_(some))):
            args = upcast(row.kind, row.v, row.args)
            told = {"id": row.operation_id, "item": args["item"], "lot": args.get("lot") or ""}
            found[row.operation_id] = {**told, "at": row.effective_at, "by": row.person_id}
    return found


async def recounts_in(connection: AsyncConnection, store: int) -> list[dict[str, Any]]:
    """All of a store, as `recount_rows` tells them."""
    joined = select(outcomes.c.operation_id).join(reviews, reviews.c.operation_id == outcomes.c.operation_id)
    ids = await connection.scalars(joined.where(wanted, reviews.c.store_id == store))
    return list((await recount_rows(connection, list(ids))).values())


async def load_sightings(connection: AsyncConnection, those: ColumnElement[bool]) -> list[Sighting]:
    """What counts of whole items said, of those reviews that are meant; signed ones alone."""
    joined = select(outcomes, reviews.c.units_then, reviews.c.accepted, reviews.c.settled_at)
    joined = joined.join(reviews, reviews.c.operation_id == outcomes.c.operation_id)
    about = (outcomes.c.kind == "stock.count", outcomes.c.person_id.is_not(None), reviews.c.units_then.is_not(None))
    found = []
    for row in await connection.execute(joined.where(those, *about)):
        args = upcast(row.kind, row.v, row.args)
        if row.code != FAR_FROM_BOOK or args.get("shelf") or isinstance(args.get("scope"), list):
            continue
        place = (args["store"], args["item"], args.get("lot") or None)
        stands = row.settled_at is None or bool(row.accepted)
        variance = args["counted"] - row.units_then
        found.append(Sighting(row.operation_id, *place, row.effective_at, row.person_id, variance, stands))
    return found
