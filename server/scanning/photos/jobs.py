"""Has photographs read by a process of their own, which is replaced when it dies or takes too long."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from contextlib import suppress
from typing import Literal, TypedDict

import msgspec
import structlog

BUDGET_S = 2.0
# From the last byte sent to the answer, beyond what the reading itself may take.
GRACE_S = 0.25
STARTS_WITHIN_S = 60.0
# Who comes when so many wait would wait too long.
MOST_WAITING = 8
# Nobody takes more photos than these by hand.
MOST_A_MINUTE = 40
ANSWER_BYTES = 4 * 1024 * 1024

log = structlog.get_logger("photos")


# What is asked of a photograph: the codes in it, or itself, small and with pixels alone.
What = Literal["codes", "goods"]


class SeenCode(TypedDict, total=False):
    """As `votes.Code`; here so that the hub need not load what reads pictures."""

    format: str
    text: str
    gtin: str
    addon: str
    readers: list[Literal["pyzbar", "zxing-cpp", "scan-lines"]]


class Answer(msgspec.Struct):
    """`code` is "" or one of `sentences.py`; `picture` is there where the photo was asked for small."""

    codes: list[SeenCode]
    code: str = ""
    picture: bytes = b""


class Photos:
    """One photograph at a time: reading takes a core, and phones need the other."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._asked_at: dict[int, deque[int]] = {}

    def may_ask(self, person_id: int, at_ms: int) -> bool:
        """Whether this person has sent few enough of late; counts this one."""
        asked = self._asked_at.setdefault(person_id, deque(maxlen=MOST_A_MINUTE))
        if len(asked) == MOST_A_MINUTE and asked[0] > at_ms - 60_000:
            return False
        asked.append(at_ms)
        return True

    async def read(self, data: bytes, budget_s: float = BUDGET_S, what: What = "codes") -> Answer:
        """Never raises for what the photograph holds; what the process died of is `photo_reader_died`."""
        if self._waiting >= MOST_WAITING:
            return Answer([], "photo_busy")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._read(data, budget_s, what)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()

    async def _read(self, data: bytes, budget_s: float, what: What) -> Answer:
        for _ in range(2):
            process = await self._ready()
            is_whole = False
            try:
                line = await _told(process, data, budget_s, what)
                if line:
                    is_whole = True
                    return msgspec.json.decode(line, type=Answer)
            except TimeoutError:
                log.warning("photo_too_slow", size_bytes=len(data))
                return Answer([], "photo_too_slow")
            finally:
                if not is_whole:
                    await self.close()
            if process.returncode != 0:
                log.warning("photo_reader_died", returncode=process.returncode, size_bytes=len(data))
                break
            # It had gone home after a long quiet time, in the moment when it was asked.
        return Answer([], "photo_reader_died")

    async def _ready(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        # One thread is enough for greys, and a pool of them takes addresses.
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        what = (sys.executable, "-m", "server.scanning.photos.worker")
        self._process = await asyncio.create_subprocess_exec(
            *what, stdin=PIPE, stdout=PIPE, stderr=asyncio.subprocess.DEVNULL, limit=ANSWER_BYTES, env=env
        )
        is_ready = False
        try:
            assert self._process.stdout is not None
            async with asyncio.timeout(STARTS_WITHIN_S):
                is_ready = await self._process.stdout.readline() == b"ready\n"
            return self._process
        finally:
            if not is_ready:
                await self.close()


async def _told(process: Process, data: bytes, budget_s: float, what: What) -> bytes:
    """A whole line; b"" where the process ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    line = b""
    with suppress(ConnectionError):
        async with asyncio.timeout(budget_s + GRACE_S):
            task = {"bytes": len(data), "budget_s": budget_s, "what": what}
            process.stdin.write(msgspec.json.encode(task) + b"\n" + data)
            await process.stdin.drain()
            line = await process.stdout.readline()
    if not line.endswith(b"\n"):
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()
        return b""
    return line
