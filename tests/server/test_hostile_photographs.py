"""Whatever is sent as a photograph: it is answered in time, and the next one is read."""

import asyncio
import time

import pytest

from server.scanning.photos.jobs import GRACE_S, Photos
from server.scanning.photos.sentences import SENTENCES
from tests.photographs.hostile import corpus, good, hostile

BUDGET_S = 0.5
MANY = 2200
# Other work on the machine may hold up the answer on its way.
MACHINE_S = 1.0


async def put_to(photos: Photos, data: bytes, budget_s: float) -> tuple[str, float]:
    if photos._process is None:
        # Begun in nobody's time.
        await photos.read(good("PNG"))
    began = time.monotonic()
    answer = await photos.read(data, budget_s)
    return answer.code, time.monotonic() - began


async def are_all_answered(files: list[tuple[str, bytes]], budget_s: float) -> None:
    photos = Photos()
    late, died = [], []
    try:
        for name, data in files:
            code, seconds = await put_to(photos, data, budget_s)
            assert code == "" or code in SENTENCES, name
            if code == "photo_reader_died":
                died.append(name)
            if seconds > budget_s + GRACE_S + MACHINE_S:
                late.append((name, round(seconds, 2)))
        assert (await photos.read(good("PNG"))).code == ""
    finally:
        await photos.close()
    assert not late
    assert not died


async def test_spoilt_files_are_answered_in_time_and_the_next_photograph_is_read() -> None:
    await are_all_answered([(f"seed {seed}", hostile(seed)) for seed in range(48)], BUDGET_S)


async def test_what_ever_failed_somewhere_is_answered_in_time() -> None:
    await are_all_answered(list(corpus().items()), BUDGET_S)


@pytest.mark.prove
async def test_thousands_of_spoilt_files_end_no_reader_and_take_no_more_than_their_time() -> None:
    await are_all_answered([(f"seed {seed}", hostile(seed)) for seed in range(MANY)], BUDGET_S)


async def test_a_reader_that_is_killed_is_replaced() -> None:
    photos = Photos()
    try:
        assert (await photos.read(good("PNG"))).code == ""
        process = photos._process
        assert process is not None
        asking = asyncio.create_task(photos.read(good("JPEG")))
        await asyncio.sleep(0)
        process.kill()
        assert (await asking).code in ("", "photo_reader_died")
        assert (await photos.read(good("PNG"))).code == ""
    finally:
        await photos.close()
