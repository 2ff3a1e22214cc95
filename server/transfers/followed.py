"""Which transfers a reader follows: those that touch a store of their work."""

from collections.abc import Sequence

from sqlalchemy import Column, ColumnElement, Subquery, or_, select, union

from server.transfers.tables import id_ends, transfer_events, transfers
from server.visits import Visit
from sync.papers import DAY_MS, MOST_ENDED
from sync.spoken import id_end


async def open_ids(visit: Visit) -> list[str]:
    """Ids of those under way."""
    query = select(transfers.c.id).where(transfers.c.ended_at.is_(None), _touching(visit))
    return list((await visit.connection.scalars(query)).all())


async def ended_ids(visit: Visit) -> list[str]:
    """Ids of the fifty on which something happened last, among those that phones still keep."""
    since = visit.now - visit.chain.policies.closed_days * DAY_MS
    work = visit.reader["work"]
    # Each side by its own index: no more than fifty rows are looked at, however many ended.
    sides = [_last_ended(side, work, since) for side in (transfers.c.from_store_id, transfers.c.to_store_id)]
    both = union(*(select(side.c.id, side.c.changed_at) for side in sides)).subquery()
    query = select(both.c.id).order_by(both.c.changed_at.desc(), both.c.id.desc()).limit(MOST_ENDED)
    return list((await visit.connection.scalars(query)).all())


def _last_ended(side: Column[int], work: Sequence[int], since: int) -> Subquery:
    recent = transfers.c.changed_at > since, transfers.c.ended_at > since, transfers.c.ended_at.is_not(None)
    query = select(transfers.c.id, transfers.c.changed_at).where(side.in_(work), *recent)
    return query.order_by(transfers.c.changed_at.desc(), transfers.c.id.desc()).limit(MOST_ENDED).subquery()


async def numbered_ids(visit: Visit, number: str) -> list[str]:
    """Ids of those that phones still keep and that may have this spoken number: few others end like it."""
    since = visit.now - visit.chain.policies.closed_days * DAY_MS
    kept = or_(transfers.c.ended_at.is_(None), transfers.c.ended_at > since)
    query = select(transfers.c.id).where(kept, _touching(visit), id_ends == id_end(number))
    return list((await visit.connection.scalars(query)).all())


async def parcel_ids(visit: Visit, sscc: str) -> list[str]:
    """Ids of those that phones still keep and that were sent or received in a parcel with this label."""
    since = visit.now - visit.chain.policies.closed_days * DAY_MS
    kept = or_(transfers.c.ended_at.is_(None), transfers.c.ended_at > since)
    named = select(transfer_events.c.transfer_id).where(transfer_events.c.parcel == sscc)
    query = select(transfers.c.id).where(kept, _touching(visit), transfers.c.id.in_(named))
    return list((await visit.connection.scalars(query)).all())


def _touching(visit: Visit) -> ColumnElement[bool]:
    work = visit.reader["work"]
    return or_(transfers.c.from_store_id.in_(work), transfers.c.to_store_id.in_(work))
