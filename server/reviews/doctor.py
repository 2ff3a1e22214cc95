"""Proves the reviews: whatever somebody must look at waits or is settled, once, by somebody else who said so."""

from collections.abc import AsyncIterator

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.approvals.tables import review_words
from server.findings import Finding
from server.inbox.tables import booked_first, by_hand, outcomes
from server.reviews.tables import reviews, still_open


async def waiting(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Every outcome that asks for it is looked at or waits to be, and nothing else waits."""
    asks = outcomes.c.review & outcomes.c.status.in_(("review", "applied")) & booked_first & by_hand
    asked = select(outcomes.c.operation_id).where(asks)
    kept = select(reviews.c.operation_id)
    for query, what in ((asked.except_(kept), "is on nobody's list"), (kept.except_(asked), "needs no look")):
        for operation in await connection.scalars(query):
            yield Finding("review", f"Operation {operation} {what}.")


async def settled(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """What is settled was settled by an operation that says the same, and by nobody who did the work."""
    words: dict[str, set[int]] = {}
    for word in await connection.execute(select(review_words)):
        words.setdefault(word.operation_id, set()).add(word.person_id)
    said = outcomes.alias()
    same = (said.c.operation_id == reviews.c.settlement_id) & (said.c.status == "applied") & ~said.c.repeats
    query = (
        select(reviews, said.c.args, said.c.person_id, outcomes.c.person_id.label("author"))
        .join_from(reviews, outcomes, (outcomes.c.operation_id == reviews.c.operation_id) & booked_first)
        .outerjoin(said, same)
        .where(or_(~still_open, reviews.c.accepted.is_not(None)))
    )
    for row in await connection.execute(query):
        told = {"operation": row.operation_id, "accept": bool(row.accepted)}
        if row.args is None or {name: row.args.get(name) for name in told} != told or row.person_id != row.settled_by:
            yield Finding("review", f"Review {row.operation_id} is settled otherwise than anybody said.")
        if row.accepted and row.people > len(words.get(row.operation_id, set()) | {row.settled_by}):
            yield Finding("review", f"Review {row.operation_id} was accepted by fewer people than it needs.")
        if row.settled_by in (row.author, row.said_by):
            yield Finding("review", f"Review {row.operation_id} was settled by whoever did the work.")


CHECKS = (waiting, settled)
