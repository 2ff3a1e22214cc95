"""What must be known before a session of counting begins, is joined or ends."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.counts.sessions import Counting
from server.counts.tables import count_ends, count_sessions
from server.decisions import Happened
from server.inbox.feed import Feed


async def load_counting(connection: AsyncConnection, op: Happened) -> Counting:
    """Behind the lock of the bucket of the store's counters, which everybody at one count touches."""
    spoken_of = op.args.get("joins") or op.args.get("session") or op.id
    query = select(count_sessions).where(count_sessions.c.id == spoken_of)
    found = (await connection.execute(query)).one_or_none()
    row = found._asdict() if found else None
    counting = Counting(row)
    if row:
        counting.buckets.add(f"counts:{row['store_id']}")
        await Feed().lock(connection, counting.buckets)
        query = select(count_sessions.c.id, count_sessions.c.person_id).where(count_sessions.c.joins == spoken_of)
        counting.joined = [(one.id, one.person_id) for one in await connection.execute(query.order_by("id"))]
        counting.buckets |= {f"user:{person}" for _id, person in counting.joined}
    begun_by = row["person_id"] if row else op.by
    ended = count_ends.c.session_id == spoken_of, count_ends.c.person_id == begun_by
    counting.is_over = await connection.scalar(select(count_ends.c.closed_at).where(*ended)) is not None
    return counting
