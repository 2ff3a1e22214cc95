"""Files out: what did not come in, and our own lists. Written while they are read; a file is as long as it likes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, TypeVar

from litestar.response import Stream

from server.database import Database
from server.imports.exports import Stores, rows_out
from server.imports.facts import some_rejects
from server.imports.reading import Kind, Reject, export_csv, rejects_csv
from server.page_frame import Locale

Row = TypeVar("Row")


def csv_download(name: str, pieces: Callable[[], Iterator[bytes]]) -> Stream:
    """What `pieces` writes, as the file `name`; it runs in a thread, for it may wait for the database."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Stream(_in_a_thread(pieces), media_type="text/csv", headers=headers)


def rejects_download(database: Database, number: int, header: Sequence[str], locale: Locale) -> Stream:
    """Every line that stayed out, with its reason in the reader's language, to be mended and brought again."""
    loop = asyncio.get_running_loop()

    async def after(last: int) -> list[tuple[int, Reject]]:
        async with database.reading() as connection:
            return await some_rejects(connection, number, last)

    def pieces() -> Iterator[bytes]:
        return rejects_csv(header, _batched(loop, after), locale)

    return csv_download(f"rejects-{number}.csv", pieces)


def export_download(database: Database, kind: Kind, only: Stores) -> Stream:
    """Our own list of a kind, to be read back the same; of stock and movements those of the stores `only`."""
    loop = asyncio.get_running_loop()
    return csv_download(f"{kind}.csv", lambda: export_csv(kind, rows_out(loop, database, kind, only)))


def _batched(
    loop: asyncio.AbstractEventLoop, after: Callable[[int], Awaitable[list[tuple[int, Row]]]]
) -> Iterator[Row]:
    """Rows that the loop reads batch by batch, for a writer in a thread."""

    async def batch(last: int) -> list[tuple[int, Row]]:
        return await after(last)

    last = 0
    while rows := asyncio.run_coroutine_threadsafe(batch(last), loop).result():
        for place, row in rows:
            last = place
            yield row


async def _in_a_thread(pieces: Callable[[], Iterator[bytes]]) -> AsyncIterator[bytes]:
    written: Any = await asyncio.to_thread(pieces)
    while (piece := await asyncio.to_thread(next, written, None)) is not None:
        yield piece
