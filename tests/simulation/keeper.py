"""Keeps a hub for phones that live in another process: starts it, kills it, changes roles, examines the books."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from server.clock import now_ms
from server.database import Database
from server.people.passwords import hash_password
from server.releases import Release, build_release
from server.settings import Settings
from tests import shop
from tests.simulation.bigger_shop import USERS, change_roles, names, open_bigger_shop
from tests.simulation.truth import untrue

TOP = Path(__file__).resolve().parent.parent.parent
PASSWORD = "heron under the bridge"
READY_WITHIN_S = 60
# What may befall a message (`line.js`) and a phone (`day.js`).
FAULTS = (
    "request lost",
    "answer lost",
    "answer late",
    "answer cut off",
    "message doubled",
    "message repeated later",
    "nobody answers",
    "somebody else answers",
    "gateway fails",
    "worker killed",
    "twin worker",
    "hub killed",
    "clock jumped",
    "session lost",
    "somebody else here",
    "phone restored",
    "double tap",
)
JO_STAYS_MS = 5_000
# Dev has a second phone; Ines also works in a browser without a worker.
HOLDERS = ("ada", "bo", "cleo", "dev", "dev again", "eve", "fay", "gus", "ines", "ines at a desk", "jo")


@dataclass(frozen=True)
class Plan:
    """`quarters` quiet points with `waves` of work before each, where a share of all `pages` is compared, 1 for all."""

    seed: str
    quarters: int
    waves: int
    pages: float = 1
    holders: tuple[str, ...] = HOLDERS


@dataclass
class Report:
    """How often each thing happened; `failed` is what was wrong, "" for nothing."""

    counted: dict[str, int] = field(default_factory=dict)
    operations: int = 0
    failed: str = ""


async def live_through(settings: Settings, release: Release, plan: Plan) -> Report:
    """A day that must end well; otherwise the test fails with what was wrong and how to see it again."""
    report = await Keeper(settings, release).live(plan)
    print(report.operations, "operations;", report.counted)
    if report.failed:
        engine = "sqlite" if settings.on_sqlite else "postgresql"
        again = f"python -m tests.simulation.replay --seed '{plan.seed}' --on {engine} --quarters {plan.quarters}"
        pytest.fail(f"{report.failed}\nagain: {again} --waves {plan.waves} --pages {plan.pages}", pytrace=False)
    return report


class Keeper:
    def __init__(self, settings: Settings, release: Release) -> None:
        self.settings = settings
        self.release = release
        self.port = free_port()
        self.hub: Process | None = None
        self.endings: dict[str, int] = {}
        self.said = settings.data / "hub.txt"

    async def live(self, plan: Plan) -> Report:
        """A whole day. What went wrong stands in the report, not in an exception."""
        jo_leaves_at = now_ms() + JO_STAYS_MS
        await prepare(self.settings, jo_leaves_at)
        await self.start()
        command = ["node", str(TOP / "tests" / "simulation" / "phones.js"), json.dumps(self._told(plan, jo_leaves_at))]
        phones = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=2**24)
        try:
            return await self._answer(phones)
        finally:
            if phones.returncode is None:
                phones.kill()
            await phones.wait()
            await self.kill()

    def _told(self, plan: Plan, jo_leaves_at: int) -> dict[str, Any]:
        told = {"address": f"http://127.0.0.1:{self.port}", "release": str(self.release.folder), "password": PASSWORD}
        goods = {"items": [*shop.NAMES, *names()]}
        return {**asdict(plan), **told, "people": USERS, "goods": goods, "jo_leaves_at": jo_leaves_at}

    async def _answer(self, phones: Process) -> Report:
        assert phones.stdin
        assert phones.stdout
        while line := await phones.stdout.readline():
            if not line.startswith(b"{"):
                print(line.decode().rstrip())
                continue
            asked = json.loads(line)
            if asked["ask"] == "done":
                report = Report(asked["counted"] | self.endings, asked.get("operations", 0), asked.get("failed", ""))
                phones.stdin.write(b"{}\n")
                return report
            phones.stdin.write(json.dumps(await self._do(asked)).encode() + b"\n")
        return Report(failed="the phones ended without a word")

    async def _do(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["ask"] == "kill":
            await self.kill()
        elif asked["ask"] == "start":
            await self.start()
        elif asked["ask"] == "roles":
            await self.kill()
            await self._on_the_books(lambda database: change_roles(database, asked["quarter"]))
            await self.start()
        elif asked["ask"] == "examine":
            found, self.endings = await self._on_the_books(
                lambda database: untrue(database, asked["saved"], asked["perhaps"])
            )
            if found:
                return {"failed": "\n".join([f"{len(found)} things are untrue", *found[:10]])}
        return {}

    async def _on_the_books(self, work: Any) -> Any:
        database = await Database.open(self.settings)
        try:
            return await work(database)
        finally:
            await database.close()

    async def start(self) -> None:
        told = {"database": self.settings.database, "data": str(self.settings.data), "port": self.port}
        told["release"] = str(self.release.folder)
        command = [sys.executable, "-m", "tests.simulation.hub", json.dumps(told)]
        with self.said.open("ab") as said:
            self.hub = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=said, stderr=said, cwd=TOP)
        async with asyncio.timeout(READY_WITHIN_S):
            while not await self._answers():
                assert self.hub.returncode is None, self.said.read_text()[-2000:]
                await asyncio.sleep(0.02)

    async def _answers(self) -> bool:
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except ConnectionRefusedError:
            return False
        writer.close()
        return True

    async def kill(self) -> None:
        """As a power cut would: no chance to tidy up."""
        if self.hub and self.hub.returncode is None:
            os.kill(self.hub.pid, signal.SIGKILL)
            await self.hub.wait()


async def prepare(settings: Settings, jo_leaves_at: int) -> None:
    database = await Database.open(settings)
    await open_bigger_shop(database, await hash_password(PASSWORD), jo_leaves_at)
    await database.close()


def released(data: Path) -> Release:
    """A release as phones get it, in a folder where Node takes its files for modules."""
    (data / "package.json").write_text('{"type": "module"}')
    return build_release(data)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
