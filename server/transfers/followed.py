"""Which transfers a reader follows: those that touch a store of their work."""

from sqlalchemy import ColumnElement, func, or_, select

from server.transfers.tables import transfer_events, transfers
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
    last = func.max(transfer_events.c.effective_at)
    query = (
        select(transfers.c.id)
        .join(transfer_events, transfer_events.c.transfer_id == transfers.c.id)
        .where(transfers.c.ended_at > since, _touching(visit))
        .group_by(transfers.c.id)
        .having(last > since)
        .order_by(last.desc(), transfers.c.id.desc())
        .limit(MOST_ENDED)
    )
    return list((await visit.connection.scalars(query)).all())


async def numbered_ids(visit: Visit, number: str) -> list[str]:
    """Ids of those that phones still keep and that may have this spoken number: few others end like it."""
    since = visit.now - visit.chain.policies.closed_days * DAY_MS
    end = id_end(number)
    ends_so = func.substr(transfers.c.id, 37 - len(end)) == end
    kept = or_(transfers.c.ended_at.is_(None), transfers.c.ended_at > since)
    query = select(transfers.c.id).where(kept, _touching(visit), ends_so)
    return list((await visit.connection.scalars(query)).all())


def _touching(visit: Visit) -> ColumnElement[bool]:
    work = visit.reader["work"]
    return or_(transfers.c.from_store_id.in_(work), transfers.c.to_store_id.in_(work))
