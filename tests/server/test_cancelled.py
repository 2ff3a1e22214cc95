"""Who is cancelled in the middle of a transaction leaves nothing behind: no row, no lock, no connection."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import aiosqlite.core
import pytest
from sqlalchemy import text

from server.database import Database
from server.settings import Settings
from server.sqlite import sqlite_connection

MANY_ROWS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n"


@pytest.fixture(autouse=True)
async def table(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(text("CREATE TABLE rows_of_a_test (what INTEGER)"))


async def write_and_read(database: Database, remembered: list[Any]) -> None:
    async with database.writing() as connection:
        await connection.execute(text("INSERT INTO rows_of_a_test VALUES (1)"))
        if database.on_sqlite:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            # A statement that was begun, and not read to its end.
            remembered.append(await raw.driver_connection.execute(MANY_ROWS))
        for _ in range(1000):
            await connection.execute(text(MANY_ROWS))


async def test_the_next_writer_waits_for_nobody_who_was_cancelled(database: Database) -> None:
    remembered: list[Any] = []
    for place in range(20):
        task = asyncio.create_task(write_and_read(database, remembered))
        await asyncio.sleep(place * 0.002)
        task.cancel()
        [end] = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(end, asyncio.CancelledError), end
        remembered.append(end)
        async with asyncio.timeout(5), database.writing() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM rows_of_a_test")) == 0
    assert len(remembered) > 20 if database.on_sqlite else len(remembered) == 20


async def test_a_database_that_closes_waits_for_what_was_cancelled(database: Database) -> None:
    for place in range(10):
        task = asyncio.create_task(write_and_read(database, []))
        await asyncio.sleep(place * 0.001)
        task.cancel()
    await database.close()
    assert not database.lent()


async def test_who_is_cancelled_while_the_first_connection_is_opened_leaves_no_lock(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.close()
    if settings.on_sqlite:
        monkeypatch.setattr(aiosqlite.core, "_connection_worker_thread", slow_thread)
    ends: list[BaseException] = []
    for place in range(20):
        opened = await Database.open(settings)
        task = asyncio.create_task(write_and_read(opened, []))
        await asyncio.sleep(place * STEP_S)
        task.cancel()
        ends += [end for end in await asyncio.gather(task, return_exceptions=True) if end]
        async with asyncio.timeout(5), opened.reading() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM rows_of_a_test")) == 0
        await opened.close()
    assert {type(end) for end in ends} == {asyncio.CancelledError}


STEP_S = 0.004
quick_thread = aiosqlite.core._connection_worker_thread


def slow_thread(asked: Any) -> None:
    """A driver's thread that lags: what it has done is heard of a step later."""

    def slowly(work: Callable[[], Any]) -> Any:
        done = work()
        time.sleep(STEP_S)
        return done

    class Queue:
        def get(self) -> tuple[Any, Callable[[], Any]]:
            future, work = asked.get()
            return future, partial(slowly, work)

    quick_thread(Queue())  # type: ignore[arg-type]


async def test_a_connection_that_is_ended_as_its_loop_goes_disturbs_nobody() -> None:
    async def ended() -> aiosqlite.Connection:
        connection = await sqlite_connection(":memory:")
        connection._tx.put_nowait((None, partial(time.sleep, 0.2)))
        connection.stop()
        return connection

    # A thread that has somebody to tell, and finds the loop gone, breaks; pytest fails on it.
    connection = await asyncio.to_thread(asyncio.run, ended())
    await asyncio.to_thread(connection._thread.join)
