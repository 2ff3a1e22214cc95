"""Who writes first where only one can: phones before files, and files in the end."""

import asyncio

import pytest
from sqlalchemy import text

from server.database import PATIENT_S, Database
from server.sqlite import FOLD_BYTES

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


async def test_who_comes_later_writes_before_who_is_patient(database: Database) -> None:
    wrote: list[str] = []

    async def write(who: str, is_patient: bool) -> None:
        async with database.writing(is_patient=is_patient):
            wrote.append(who)

    async with database.writing():
        file = asyncio.create_task(write("file", True))
        await asyncio.sleep(0.01)
        phones = [asyncio.create_task(write(f"phone {number}", False)) for number in range(3)]
        await asyncio.sleep(0.01)
    await asyncio.gather(file, *phones)
    assert wrote == ["phone 0", "phone 1", "phone 2", "file"]


async def test_who_is_patient_writes_though_there_is_always_somebody_else(database: Database) -> None:
    has_written = asyncio.Event()
    longest = 0.0

    async def phone() -> None:
        while not has_written.is_set():
            async with database.writing():
                await asyncio.sleep(0.005)

    loop = asyncio.get_running_loop()
    phones = [asyncio.create_task(phone()) for _ in range(3)]
    for _ in range(3):
        await asyncio.sleep(0.01)
        began = loop.time()
        async with database.writing(is_patient=True):
            longest = max(longest, loop.time() - began)
    has_written.set()
    await asyncio.gather(*phones)
    # Somebody had the turn whenever it looked.
    assert longest >= PATIENT_S


async def test_the_log_is_folded_before_who_is_patient_writes(database: Database) -> None:
    folding: list[bool] = []
    async with database.writing() as connection:
        await connection.execute(text("CREATE TABLE rows_of_a_test (what TEXT)"))
        await connection.execute(text("INSERT INTO rows_of_a_test VALUES (:what)"), {"what": "x" * FOLD_BYTES})
    for _ in range(3):
        async with database.writing(is_patient=True) as connection:
            folding.append(database._folding is not None)
            await connection.execute(text("INSERT INTO rows_of_a_test VALUES (:what)"), {"what": "x" * FOLD_BYTES})
    assert folding == [False] * 3


async def test_who_is_cancelled_as_their_turn_comes_is_cancelled(database: Database) -> None:
    async def write() -> None:
        async with database.writing(is_patient=True):
            pass

    async with database.writing():
        file = asyncio.create_task(write())
        await asyncio.sleep(0.01)
        database._patient_ones_look()
        file.cancel()
        with pytest.raises(asyncio.CancelledError):
            await file
