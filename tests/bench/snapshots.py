"""How many bytes a phone that begins anew fetches, and how long the hub makes them, in a process of its own."""

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import brotli
import msgspec

from server.database import Database
from server.migrations.upgrade import upgrade
from server.settings import Settings
from server.snapshots.building import Built, Task
from server.snapshots.shelf import Shelf
from tests.bench.catalogue_file import BYTES_A_NAME
from tests.bench.figures import Figure
from tests.bench.goods import Row, goods, stock, write_shop
from tests.bench.hub import TOP, Databases, Kind

RUNS = 3
CATALOGUE, STOCK = "catalogue:1", "stock:1"


class Shop:
    """Written for the first figure that asks."""

    @cached_property
    def goods(self) -> list[Row]:
        rows = goods()
        text = "\n".join(row["name_en"] for row in rows).encode()
        a_name = len(brotli.compress(text, quality=5)) / len(rows)
        assert a_name >= BYTES_A_NAME, f"{a_name:.1f} bytes a name: real names hold more"
        return rows

    def written(self, databases: Databases, kind: Kind) -> Settings:
        settings = databases.new(kind)
        asyncio.run(_write(settings, self.goods))
        return settings


@dataclass(frozen=True, slots=True)
class Size:
    """In the coding of the browsers of our day."""

    shop: Shop
    bucket: str
    must: str

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        settings = self.shop.written(databases, "sqlite")
        built, _seconds = build(settings, self.bucket)
        for coding in ("zstd", "br"):
            size = size_of(settings, self.bucket, coding)
            yield Figure(f"{name}_{coding}", "bytes", [size], self.must, versus=f"{built.rows:,} rows")


@dataclass(frozen=True, slots=True)
class Build:
    """From asking for a catalogue to having it on the disk, the start of the process included."""

    shop: Shop
    kind: Kind

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        settings = self.shop.written(databases, self.kind)
        runs = []
        for _ in range(RUNS):
            _forget(settings)
            built, seconds = build(settings, CATALOGUE)
            runs.append(seconds)
        yield Figure(name, "s", runs, "<= 3", True, f"{built.rows:,} rows, {built.seconds:.1f} s of it at work")


def build(settings: Settings, bucket: str) -> tuple[Built, float]:
    task = msgspec.json.encode(Task(settings.database, str(settings.data), [bucket]))
    command = [sys.executable, "-m", "server.snapshots.building"]
    began = time.perf_counter()
    run = subprocess.run(command, cwd=TOP, input=task, check=True, stdout=subprocess.PIPE, timeout=120)
    seconds = time.perf_counter() - began
    built = msgspec.json.decode(run.stdout, type=Built)
    assert built.problem is None, built.problem
    return built, seconds


def size_of(settings: Settings, bucket: str, coding: str) -> int:
    [folder] = [one for one in _shelf(settings, bucket).iterdir() if not one.name.startswith(".")]
    manifest = Shelf(settings.data / "snapshots").newest(bucket, folder.name.rpartition("-")[0])
    assert manifest
    return sum(piece.bytes[coding] for piece in manifest.pieces)


def _forget(settings: Settings) -> None:
    shutil.rmtree(settings.data / "snapshots", ignore_errors=True)


def _shelf(settings: Settings, bucket: str) -> Path:
    return settings.data / "snapshots" / bucket.replace(":", "-")


async def _write(settings: Settings, rows: list[Row]) -> None:
    await upgrade(settings)
    database = await Database.open(settings)
    try:
        async with database.writing() as connection:
            await write_shop(connection, rows, list(stock(rows)))
    finally:
        await database.close()
