"""Tombstones go in the end: a phone that was away for longer begins its bucket anew.

The feed knows no times, so each bucket's head is marked once a day; what was numbered up to a mark is at least as old.
"""

from collections.abc import Sequence

from sqlalchemy import Row, delete, exists, func, insert, select, update

from server.database import Database
from server.inbox.tables import buckets, feed, feed_marks
from sync.papers import DAY_MS

# Little enough that phones wait for their answers no longer than for any other group.
ROWS_AT_ONCE = 500


async def mark_heads(database: Database, now: int) -> None:
    """Once a day, for buckets in which something happened since."""
    newest = select(func.max(feed_marks.c.at)).where(feed_marks.c.bucket_id == buckets.c.id).scalar_subquery()
    highest = select(func.max(feed_marks.c.head)).where(feed_marks.c.bucket_id == buckets.c.id).scalar_subquery()
    is_due = (func.coalesce(newest, 0) <= now - DAY_MS) & (func.coalesce(highest, 0) < buckets.c.head)
    async with database.writing() as connection:
        found = (await connection.execute(select(buckets.c.id, buckets.c.head).where(is_due))).all()
        if found:
            await connection.execute(
                insert(feed_marks), [{"bucket_id": row.id, "at": now, "head": row.head} for row in found]
            )


async def prune(database: Database, now: int, days: int) -> int:
    """How many tombstones went: those older than so many days."""
    count = 0
    for row in await _old_ones(database, now - days * DAY_MS):
        # The floor first: who is below it begins anew, and then misses none of those that go.
        async with database.writing() as connection:
            raised = update(buckets).where(buckets.c.id == row.id, buckets.c.floor < row.old).values(floor=row.old)
            await connection.execute(raised)
            passed = feed_marks.c.bucket_id == row.id, feed_marks.c.head < row.old
            await connection.execute(delete(feed_marks).where(*passed))
        while some := await _prune_some(database, row.id, row.old):
            count += some
    return count


async def _old_ones(database: Database, before: int) -> Sequence[Row[int, int]]:
    """Buckets with tombstones that are older, and the number up to which they are."""
    marked = feed_marks.c.bucket_id == buckets.c.id, feed_marks.c.at <= before
    # Said aloud which buckets are meant: two levels down, SQLAlchemy would take them for all there are.
    old = select(func.max(feed_marks.c.head)).where(*marked).correlate(buckets).scalar_subquery()
    gone = exists().where(feed.c.bucket_id == buckets.c.id, feed.c.gone, feed.c.seq <= old)
    async with database.reading() as connection:
        return (await connection.execute(select(buckets.c.id, old.label("old")).where(gone))).all()


async def _prune_some(database: Database, bucket: int, floor: int) -> int:
    here = feed.c.bucket_id == bucket, feed.c.gone, feed.c.seq <= floor
    async with database.writing() as connection:
        keys = list(await connection.scalars(select(feed.c.key).where(*here).limit(ROWS_AT_ONCE)))
        # Asked again where it is deleted: what came back meanwhile stays.
        await connection.execute(delete(feed).where(*here, feed.c.key.in_(keys)))
    return len(keys)
