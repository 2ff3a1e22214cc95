"""Each store gets a list of what to count, every morning of its own clock; with several hubs, from one of them."""

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import Clock
from server.counts.plans import due_rows, plan
from server.counts.tables import count_dues, count_plans
from server.database import IN_TROUBLE, Database, upsert
from server.inbox.feed import Feed
from server.policies.facts import load_policies
from server.stores.tables import stores

# Before the first of them comes to work, after the last one of yesterday went.
MORNING_HOUR = 4
PAUSE_S = 600

log = structlog.get_logger("planner")


class Planner:
    """Looks every ten minutes for stores in which a day has begun."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()

    def open(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """When it has come to the end of what it is at."""
        self._closed.set()
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while not self._closed.is_set():
            try:
                for store in await stores_in_the_morning(self._database, self._clock()):
                    if self._closed.is_set():
                        break
                    count = await plan_store(self._database, store, self._clock())
                    log.info("counts_planned", store=store, items=count)
            except IN_TROUBLE as error:
                # Nothing hangs on it: what was not planned now is planned the next time.
                log.warning("counts_not_planned", error=str(error))
            await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(PAUSE_S):
                await self._closed.wait()
        except TimeoutError:
            pass


def day_of(time_zone: str, now: int) -> str:
    """The ISO day that a store is at: before the morning it is still the one before."""
    local = datetime.fromtimestamp(now / 1000 - MORNING_HOUR * 3600, UTC).astimezone(ZoneInfo(time_zone))
    return local.date().isoformat()


async def stores_in_the_morning(database: Database, now: int) -> list[int]:
    """Open stores that have no list of their day yet."""
    query = select(stores.c.id, stores.c.time_zone, count_plans.c.day).outerjoin(
        count_plans, count_plans.c.store_id == stores.c.id
    )
    async with database.reading() as connection:
        rows = await connection.execute(query.where(stores.c.archived_at.is_(None)).order_by(stores.c.id))
        return [row.id for row in rows if row.day != day_of(row.time_zone, now)]


async def plan_store(database: Database, store: int, now: int) -> int:
    """How many items are to be counted there today. Read without the writer, for it looks at all of a store's books."""
    async with database.reading() as connection:
        policies = await load_policies(connection)
        wanted = await plan(connection, store, policies, now)
    async with database.writing() as connection:
        feed = Feed()
        await feed.lock(connection, {f"counts:{store}"})
        if not await _begins(connection, store, now):
            return 0
        gone = {row["item"] for row in await due_rows(connection, store)}
        await connection.execute(delete(count_dues).where(count_dues.c.store_id == store))
        rows = [
            {"store_id": store, "place": place, "planned_at": now, "item_id": one.item, "grade": one.grade}
            | {"reason": one.reason}
            for place, one in enumerate(wanted, 1)
        ]
        if rows:
            await connection.execute(insert(count_dues), rows)
        for item in gone | {one.item for one in wanted}:
            feed.touch(f"counts:{store}", f"due:{item}", gone=item not in {one.item for one in wanted})
        heads = await feed.write(connection)
    database.heard(heads)
    return len(wanted)


async def _begins(connection: AsyncConnection, store: int, now: int) -> bool:
    """Whether no other hub was first."""
    zone = await connection.scalar(select(stores.c.time_zone).where(stores.c.id == store))
    day = day_of(zone or "UTC", now)
    if await connection.scalar(select(count_plans.c.day).where(count_plans.c.store_id == store)) == day:
        return False
    row = {"store_id": store, "day": day, "planned_at": now}
    await connection.execute(upsert(connection, count_plans, ["day", "planned_at"]), [row])
    return True
