from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.approvals.tables import approval_rules, review_words
from server.approvals.words import Approval, Told, variance_percent, worth
from server.catalogue.tables import items
from server.counts.tables import anchors
from server.database import chunks
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import TOLD_BY_PEOPLE, ledger
from server.people.tables import people
from server.reviews.tables import reviews, still_open
from server.transfers.tables import transfer_events, transfer_lines, transfers


async def load_approvals(connection: AsyncConnection) -> tuple[Approval, ...]:
    """All that hold, the oldest first."""
    rows = await connection.execute(select(approval_rules).order_by(approval_rules.c.changed_at, approval_rules.c.id))
    return tuple(
        Approval(
            row.id, row.work, row.reason, row.store_id or 0, row.units, row.cents, row.level, row.people, row.percent
        )
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
    """What these stores booked since that moment (ms): adjustments and counts that changed the book, one that changed
    several items once for each; approvals of transfers, and closings that wrote something off.
    """
    read = _transfers_since if work.startswith("transfer.") else _shelves_since
    return [one for some in chunks(sorted(stores)) for one in await read(connection, work, some, since)]


async def _shelves_since(connection: AsyncConnection, work: str, stores: Sequence[int], since: int) -> list[Booked]:
    about = (ledger.c.operation_id, ledger.c.location_id, ledger.c.item_id)
    said = (anchors.c.location_id, anchors.c.item_id, anchors.c.operation_id)
    same = and_(*(one == other for one, other in zip(said, (about[1], about[2], about[0]), strict=True)))
    figures = (func.sum(ledger.c.delta), func.max(ledger.c.reason), func.max(anchors.c.counted))
    query = (
        select(*about, items.c.price_cents, items.c.unit, *figures)
        .join(items, items.c.id == ledger.c.item_id)
        .outerjoin(anchors, same)
        .where(literal_column(TOLD_BY_PEOPLE), ledger.c.effective_at >= since)
        .where(ledger.c.kind == work.removeprefix("stock."), ledger.c.location_id.in_([store * 2 for store in stores]))
        .group_by(*about, items.c.price_cents, items.c.unit)
    )
    found = []
    for operation, location, _item, price_cents, unit, delta, reason, counted in await connection.execute(query):
        units = abs(int(delta))
        percent = 0 if counted is None else variance_percent(units, int(counted) - int(delta))
        told = Told(work, location // 2, reason or "", units, worth(units, price_cents, unit), percent)
        found.append(Booked(operation, told))
    return found


async def _transfers_since(connection: AsyncConnection, work: str, stores: Sequence[int], since: int) -> list[Booked]:
    line, said = transfer_lines.c, transfer_events.c
    approves = work == "transfer.approve"
    store, units = (transfers.c.from_store_id, line.approved) if approves else (transfers.c.to_store_id, line.lost)
    query = (
        select(said.operation_id, store, units, items.c.price_cents, items.c.unit)
        .join(transfers, transfers.c.id == said.transfer_id)
        .join(transfer_lines, line.transfer_id == transfers.c.id)
        .join(items, items.c.id == line.item_id)
        .where(said.kind == work.removeprefix("transfer."), said.effective_at >= since, store.in_(stores), units > 0)
    )
    found: dict[str, Told] = {}
    for operation, place, moved, price_cents, unit in await connection.execute(query):
        told = found.get(operation, Told(work, place, "", 0, 0))
        cents = told.cents + worth(moved, price_cents, unit)
        found[operation] = told._replace(units=told.units + int(moved), cents=cents)
    return [Booked(operation, told) for operation, told in found.items()]


async def how_many_wait(connection: AsyncConnection) -> int:
    """Changes of rules that wait for another administrator."""
    waiting = (
        select(func.count())
        .select_from(reviews)
        .join(outcomes, (outcomes.c.operation_id == reviews.c.operation_id) & booked_first)
        .where(still_open, outcomes.c.kind.in_(("policy.save", "approval.save")))
    )
    return await connection.scalar(waiting) or 0
