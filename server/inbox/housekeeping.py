"""What phones need not hold any longer: transfers that ended and outcomes that came over thirty days ago.

The rows stay in the books; only the feed says goodbye to them, by tombstones like any other.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Select, String, cast, literal, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import Clock
from server.database import Database
from server.inbox.feed import Feed, Row
from server.inbox.tables import buckets, feed, outcomes
from server.transfers.tables import transfers
from sync.journal import KEPT_MS
from sync.papers import ENDED_KEPT_MS

# Little enough that phones wait for their answers no longer than for any other group.
ROWS_AT_ONCE = 500
PAUSE_S = 6 * 3600

log = structlog.get_logger("housekeeping")


@dataclass(frozen=True, slots=True)
class Round:
    """One time of letting go: when it ended, how many rows, and whether the database was in the way."""

    at: int
    rows: int
    failed: bool


class Housekeeper:
    """Lets go when the hub starts, and from then on four times a day. `last` is the last time it did."""

    last: Round | None = None

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                count = await let_go(self._database, self._clock())
                self.last = Round(self._clock(), count, failed=False)
                log.info("let_go", rows=count)
            except SQLAlchemyError as error:
                # Nothing hangs on it: what was not let go now is let go the next time.
                self.last = Round(self._clock(), 0, failed=True)
                log.warning("let_go_failed", error=str(error))
            await asyncio.sleep(PAUSE_S)


async def let_go(database: Database, now: int) -> int:
    """How many rows phones will be told to forget."""
    count = 0
    for query in (_ended_transfers(now), _old_outcomes(now)):
        while rows := await _let_some_go(database, query):
            count += rows
    return count


async def _let_some_go(database: Database, query: Select[str, str]) -> int:
    async with database.writing() as connection:
        found = await _rows(connection, query)
        told = Feed()
        await told.lock(connection, {bucket for bucket, _key in found})
        for bucket, key in found:
            told.touch(bucket, key, gone=True)
        await told.write(connection)
    return len(found)


async def _rows(connection: AsyncConnection, query: Select[str, str]) -> list[Row]:
    listed = await connection.execute(query.order_by(feed.c.bucket_id, feed.c.key).limit(ROWS_AT_ONCE))
    return [(row.name, row.key) for row in listed]


def _ended_transfers(now: int) -> Select[str, str]:
    ended = select(buckets.c.name, feed.c.key).join(buckets, buckets.c.id == feed.c.bucket_id)
    ended = ended.join(transfers, feed.c.key == _named("transfer:", transfers.c.id))
    stores = (transfers.c.from_store_id, transfers.c.to_store_id)
    theirs = or_(*(buckets.c.name == _named("work:", store) for store in stores))
    return ended.where(transfers.c.ended_at <= now - ENDED_KEPT_MS, theirs, ~feed.c.gone)


def _old_outcomes(now: int) -> Select[str, str]:
    old = select(buckets.c.name, feed.c.key).join(buckets, buckets.c.id == feed.c.bucket_id)
    old = old.join(outcomes, feed.c.key == _named("outcome:", outcomes.c.operation_id))
    theirs = buckets.c.name == _named("user:", outcomes.c.person_id)
    return old.where(outcomes.c.booked_at <= now - KEPT_MS, theirs, ~feed.c.gone)


def _named(prefix: str, column: ColumnElement[Any]) -> ColumnElement[str]:
    return literal(prefix, String) + cast(column, String)
