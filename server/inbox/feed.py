"""What is new: each bucket's counter, checksum and compact list of changes, written with the change itself."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.inbox.tables import buckets, feed
from server.statements import Asked, Many, inserted
from sync.checksum import row_sum

# (bucket's name, key)
Row = tuple[str, str]

_BUCKET = ("id", "name", "epoch", "head", "floor", "sum_a", "sum_b")
_NEW_BUCKET = inserted(buckets, _BUCKET[1:], ())
_LOCKED = Asked(
    select(*(buckets.c[name] for name in _BUCKET)).order_by(buckets.c.id).with_for_update(key_share=True),
    buckets.c.name,
)
_COUNTED = ("head", "sum_a", "sum_b")
_RAISED = Many(
    lambda _: (
        update(buckets).where(buckets.c.id == bindparam("key")).values({n: bindparam(f"new_{n}") for n in _COUNTED})
    ),
    [*(f"new_{name}" for name in _COUNTED), "key"],
)
_TOLD = inserted(feed, ("bucket_id", "key", "seq", "version", "gone"), ("seq", "version", "gone"))
_TOLD_BEFORE = Asked(select(feed.c.bucket_id, feed.c.key, feed.c.version, feed.c.gone), feed.c.bucket_id, feed.c.key)


class Feed:
    """The buckets of a group of changes, locked together before anything else is read for it.

    A counter on a locked row and not a sequence: rows of a sequence commit out of order, and a phone that asked in
    between would never see the late one.
    """

    def __init__(self) -> None:
        self._buckets: dict[str, dict[str, Any]] = {}
        self._touched: dict[Row, bool] = {}
        self._fresh: set[Row] = set()

    async def lock(self, connection: AsyncConnection, names: Iterable[str]) -> None:
        """Bucket rows, made where missing and locked in the order of their ids."""
        wanted = sorted(set(names))
        await self._read_locked(connection, wanted)
        missing = [name for name in wanted if name not in self._buckets]
        if missing:
            await _NEW_BUCKET.run(connection, [(name, str(uuid4()), 0, 0, 0, 0) for name in missing])
            await self._read_locked(connection, wanted)

    async def _read_locked(self, connection: AsyncConnection, names: Sequence[str]) -> None:
        # One statement for all, so that the database itself takes the locks by id.
        for row in await _LOCKED.rows(connection, names):
            self._buckets[row.name] = row._asdict()

    def touch(self, bucket: str, key: str, gone: bool = False, fresh: bool = False) -> None:
        """Say that a row of a locked bucket changed. `fresh` promises that it was never there."""
        self._touched[bucket, key] = gone
        if fresh:
            self._fresh.add((bucket, key))

    async def write(self, connection: AsyncConnection) -> dict[str, int]:
        """Number every touched row and answer with the new head of each bucket that changed."""
        if not self._touched:
            return {}
        old = await self._before(connection)
        rows = [self._advance(row, gone, old.get(row)) for row, gone in self._touched.items()]
        await _TOLD.run(connection, rows)
        changed = sorted({bucket for bucket, _key in self._touched})
        heads = [self._buckets[name] for name in changed]
        await _RAISED.run(connection, [(row["head"], row["sum_a"], row["sum_b"], row["id"]) for row in heads])
        return {name: self._buckets[name]["head"] for name in changed}

    async def _before(self, connection: AsyncConnection) -> dict[Row, tuple[int, bool]]:
        """Version of each touched row, and whether it was a tombstone."""
        names = {bucket["id"]: name for name, bucket in self._buckets.items()}
        keys = [(self._buckets[bucket]["id"], key) for bucket, key in self._touched if (bucket, key) not in self._fresh]
        return {
            (names[bucket], key): (version, bool(gone))
            for bucket, key, version, gone in await _TOLD_BEFORE.rows(connection, keys)
        }

    def _advance(self, row: Row, gone: bool, old: tuple[int, bool] | None) -> tuple[Any, ...]:
        bucket, key = self._buckets[row[0]], row[1]
        bucket["head"] += 1
        # A key whose tombstone went counts on above it: no version was ever higher than its number in the bucket.
        version = bucket["floor"] + 1 if old is None else old[0] + 1
        if old and not old[1]:
            _toggle(bucket, key, old[0])
        if not gone:
            _toggle(bucket, key, version)
        return (bucket["id"], key, bucket["head"], version, gone)


def _toggle(bucket: dict[str, Any], key: str, version: int) -> None:
    a, b = row_sum(key, version)
    bucket["sum_a"] ^= a
    bucket["sum_b"] ^= b
