from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.approvals.tables import approval_rules, review_words
from server.approvals.words import Approval, Told, worth
from server.catalogue.tables import items
from server.database import chunks
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import TOLD_BY_PEOPLE, ledger
from server.people.tables import people
from server.reviews.tables import reviews, still_open


async def load_approvals(connection: AsyncConnection) -> tuple[Approval, ...]:
    """All that hold, the oldest first."""
    rows = await connection.execute(select(approval_rules).order_by(approval_rules.c.changed_at, approval_rules.c.id))
    return tuple(
        Approval(row.id, row.work, row.reason, row.store_id or 0, row.units, row.cents, row.level, row.people)
        for row in rows
    )


async def load_words(connection: AsyncConnection, about: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Who accepted each of these so far, `{person, name}`, the first one first."""
    found: dict[str, list[dict[str, Any]]] = {}
    query = select(review_words.c.operation_id, people.c.id, people.c.name).join(
        people, people.c.id == review_words.c.person_id
    )
    for some in chunks(list(about)):
        asked = query.where(review_words.c.operation_id.in_(some))
        for row in await connection.execute(asked.order_by(review_words.c.said_at, people.c.id)):
            found.setdefault(row.operation_id, []).append({"person": row.id, "name": row.name})
    return found


class Booked(NamedTuple):
    """Something that people booked, as rules look at it."""

    operation: str
    told: Told


async def booked_since(connection: AsyncConnection, work: str, stores: Sequence[int], since: int) -> list[Booked]:
    """Adjustments, or counts that changed the book, that these stores booked since that moment (ms); one that changed
    several items is there once for each.
    """
    kind = work.removeprefix("stock.")
    places = {store * 2: store for store in stores}
    about = (ledger.c.operation_id, ledger.c.location_id, ledger.c.item_id)
    query = (
        select(*about, items.c.price_cents, items.c.unit, func.sum(ledger.c.delta), func.max(ledger.c.reason))
        .join(items, items.c.id == ledger.c.item_id)
        .where(literal_column(TOLD_BY_PEOPLE), ledger.c.kind == kind, ledger.c.effective_at >= since)
        .group_by(*about, items.c.price_cents, items.c.unit)
    )
    found = []
    for some in chunks(sorted(places)):
        rows = await connection.execute(query.where(ledger.c.location_id.in_(some)))
        for operation, location, _item, price_cents, unit, delta, reason in rows:
            units = abs(int(delta))
            told = Told(work, places[location], reason or "", units, worth(units, price_cents, unit))
            found.append(Booked(operation, told))
    return found


async def how_many_wait(connection: AsyncConnection) -> int:
    """Changes of rules that wait for another administrator."""
    waiting = (
        select(func.count())
        .select_from(reviews)
        .join(outcomes, (outcomes.c.operation_id == reviews.c.operation_id) & booked_first)
        .where(still_open, outcomes.c.kind.in_(("policy.save", "approval.save")))
    )
    return await connection.scalar(waiting) or 0
