"""Looks at the feed at every commit: its numbers are dense over its whole history, and nothing goes back."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.simulation.years.looked import Looked

_BUCKETS = "SELECT id, name, epoch, head, floor FROM buckets"
_NEWER = "SELECT key, seq, version, gone FROM feed WHERE bucket_id = :bucket AND seq > :seq ORDER BY seq"
_VERSIONS = "SELECT buckets.name, feed.key, feed.version FROM feed JOIN buckets ON buckets.id = feed.bucket_id"


@dataclass(frozen=True)
class Seen:
    epoch: str
    head: int
    floor: int


class Watch:
    """`seen` is what is committed, by bucket's name."""

    def __init__(self, looked: Looked) -> None:
        self.looked = looked
        self.seen: dict[str, Seen] = {}
        self._versions: dict[tuple[str, str], int] = {}

    async def begin(self, connection: AsyncConnection) -> None:
        """What is there when we come; who was there before knows how it came."""
        for _bucket, name, epoch, head, floor in (await connection.execute(text(_BUCKETS))).all():
            self.seen[name] = Seen(epoch, head, floor)
        for name, key, version in (await connection.execute(text(_VERSIONS))).all():
            self._versions[name, key] = version

    async def look(self, connection: AsyncConnection) -> tuple[dict[str, Seen], dict[tuple[str, str], int]]:
        """Within a transaction, before its commit: what it adds."""
        found: dict[str, Seen] = {}
        versions: dict[tuple[str, str], int] = {}
        for bucket, name, epoch, head, floor in (await connection.execute(text(_BUCKETS))).all():
            old = self.seen.get(name)
            now = Seen(epoch, head, floor)
            if old == now:
                continue
            found[name] = now
            if old and old.epoch == epoch:
                self.looked.hold(8, head >= old.head and floor >= old.floor, f"{name} went back: {old} to {now}")
            since = old.head if old else 0
            if old is None or head != since:
                rows = (await connection.execute(text(_NEWER), {"bucket": bucket, "seq": since})).all()
                self._dense(name, rows, since, head)
                versions |= {(name, row.key): row.version for row in rows}
        return found, versions

    def _dense(self, name: str, rows: Any, since: int, head: int) -> None:
        """What one transaction adds, no later one has overwritten yet: every number is there."""
        told = [row.seq for row in rows]
        self.looked.hold(4, told == list(range(since + 1, head + 1)), f"{name} goes from {since} to {head} by {told}")
        for row in rows:
            old = self._versions.get((name, row.key))
            self.looked.hold(8, old is None or row.version > old, f"{name} {row.key}: {row.version} after {old}")

    def committed(self, news: tuple[dict[str, Seen], dict[tuple[str, str], int]]) -> None:
        self.seen |= news[0]
        self._versions |= news[1]

    def forget(self) -> None:
        """Another database from here on."""
        self.seen = {}
        self._versions = {}
