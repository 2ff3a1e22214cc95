"""A process of its own that makes snapshots: `python -m server.snapshots.building`, with a `Task` on its input.

It answers with a line of JSON a bucket, `Built`.
"""

import asyncio
import gc
import os
import sys
import time
from pathlib import Path

import msgspec

from server.database import Database
from server.settings import Settings
from server.snapshots.facts import checksum, read_whole
from server.snapshots.numbers import Unpackable
from server.snapshots.pieces import cut
from server.snapshots.shelf import Manifest, Shelf, manifest_of

# Whoever sends work is served first.
NICE = 10


class Task(msgspec.Struct):
    database: str
    data: str
    buckets: list[str]


class Built(msgspec.Struct):
    """`problem` says why there is no snapshot, where that is nobody's fault who asks."""

    bucket: str
    seconds: float
    rows: int = 0
    problem: str | None = None


async def build(database: Database, shelf: Shelf, bucket: str) -> Manifest | None:
    """None where nothing is to be made, for one is there or the bucket is not. Raises `Unpackable`."""
    with shelf.alone(bucket):
        # The database is let go before anything is packed: a long look at it keeps its log from being folded in.
        async with database.reading() as connection:
            whole = await read_whole(connection, bucket, lambda epoch: shelf.newest(bucket, epoch))
        if whole is None:
            return None
        if checksum(whole) != whole.sum:
            raise Unpackable("the feed's checksum is not that of its rows")
        pieces = cut(whole)
        manifest = manifest_of(bucket, whole.epoch, whole.seq, whole.sum, pieces)
        shelf.write(manifest, pieces)
        return manifest


async def _build_all(task: Task) -> None:
    database = await Database.open(Settings(task.database, Path(task.data)))
    shelf = Shelf(Path(task.data) / "snapshots")
    try:
        for bucket in task.buckets:
            sys.stdout.buffer.write(msgspec.json.encode(await _built(database, shelf, bucket)) + b"\n")
            sys.stdout.buffer.flush()
    finally:
        await database.close()


async def _built(database: Database, shelf: Shelf, bucket: str) -> Built:
    began = time.monotonic()
    try:
        manifest = await build(database, shelf, bucket)
    except (Unpackable, OSError) as error:
        return Built(bucket, time.monotonic() - began, problem=str(error))
    return Built(bucket, time.monotonic() - began, manifest.rows if manifest else 0)


def main() -> None:
    os.nice(NICE)
    # Nothing of what it makes goes in circles, and it ends soon.
    gc.disable()
    asyncio.run(_build_all(msgspec.json.decode(sys.stdin.buffer.read(), type=Task)))


if __name__ == "__main__":
    main()
