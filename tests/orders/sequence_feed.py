"""The feed as one would write it first: numbers of a database sequence, and no lock. It is here to be caught."""

from collections.abc import Iterable

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from server.inbox.feed import Feed
from server.inbox.tables import buckets, feed

MADE = text("CREATE SEQUENCE feed_numbers START 1000")
_NUMBER = text("SELECT nextval('feed_numbers')")
_STANDING = (buckets.c.id, buckets.c.name)


class SequenceFeed(Feed):
    """Numbers come from a `bigserial`, as they are drawn; the head is the highest that was written. Without sums: they
    would need the lock, and mend what the numbers miss.
    """

    async def lock(self, connection: AsyncConnection, names: Iterable[str]) -> None:
        found = await connection.execute(select(*_STANDING).where(buckets.c.name.in_(set(names))))
        self._buckets |= {row.name: row._asdict() for row in found}

    async def write(self, connection: AsyncConnection) -> dict[str, int]:
        heads: dict[str, int] = {}
        for (bucket, key), gone in self._touched.items():
            seq = heads[bucket] = int(await connection.scalar(_NUMBER) or 0)
            row = {"bucket_id": self._buckets[bucket]["id"], "key": key}
            raised = {"seq": seq, "version": feed.c.version + 1, "gone": gone}
            told = insert(feed).values(**row, seq=seq, version=1, gone=gone)
            await connection.execute(told.on_conflict_do_update(index_elements=["bucket_id", "key"], set_=raised))
        for bucket in sorted(heads):
            raised_head = {"head": func.greatest(buckets.c.head, heads[bucket])}
            await connection.execute(update(buckets).where(buckets.c.name == bucket).values(raised_head))
        return heads
