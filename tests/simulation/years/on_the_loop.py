"""SQLite asked on the event loop itself: no thread to be scheduled by chance, and none to be waited for."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import aiosqlite.core
import pytest


class _AtOnce:
    """In place of the queue of a connection's thread: what is put in has been done."""

    def put_nowait(self, asked: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, work = asked
        # What goes wrong is raised here and now, in whoever asked.
        result = work()
        if future is not None:
            future.set_result(result)


class _Nobody:
    """In place of the thread."""

    daemon = True

    def __init__(self, **_asked: Any) -> None:
        pass

    def start(self) -> None:
        pass


@contextmanager
def on_the_loop() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aiosqlite.core, "SimpleQueue", _AtOnce)
        patch.setattr(aiosqlite.core, "Thread", _Nobody)
        yield
