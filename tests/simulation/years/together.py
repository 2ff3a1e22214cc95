"""Many years at once, one a process and one after the other on each core, added up.

What a year was like is kept in `build/years`: a proof that was interrupted goes on where it stopped, as long as nothing
was changed that a year is made of.
"""

import asyncio
import hashlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from traceback import format_exception_only
from typing import Any, TypeVar

import msgspec

from server.migrations.upgrade import upgrade
from server.settings import Settings, database_url
from tests.postgres import postgres_server
from tests.simulation.years.run import FAULTS, Plan, YearReport, live

Told = TypeVar("Told")
TOP = Path(__file__).resolve().parents[3]
# What a year's process reads beside the modules that it has loaded.
READ = ("server/migrations/**/*.py", "sync/**/*.json", "requirements-dev.lock")


@dataclass
class Sum:
    """Of the years on one kind of database."""

    on: str
    years: int = 0
    operations: int = 0
    days: float = 0
    looked: Counter[int] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def add(self, report: YearReport) -> None:
        self.years += 1
        self.operations += report.operations
        self.days += report.days
        self.looked.update(report.looked)
        self.happened.update(report.happened)

    @property
    def faults(self) -> dict[str, int]:
        return {name: self.happened[name] for name in FAULTS}


def on(engine: str, work: Callable[[Settings], Coroutine[Any, Any, Told]]) -> Told:
    """Done on an empty, migrated database of this kind, gone afterwards."""

    async def prepared(settings: Settings) -> Told:
        await upgrade(settings)
        return await work(settings)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if engine == "sqlite":
            return asyncio.run(prepared(Settings(f"sqlite+aiosqlite:///{folder}/stockhand.db", folder)))
        with postgres_server() as server:
            return asyncio.run(prepared(Settings(database_url(server.get_uri()), folder)))


def live_all(engine: str, plans: Iterable[Plan], told: Callable[[str], None]) -> Sum:
    """`told` hears a line of each year when it is over; what went wrong in one does not end the others."""
    whole = Sum(engine)
    # Fresh processes: a copy of one that has run an event loop keeps its descriptors.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        kept = Kept(engine, pool.submit(sources).result())
        to_come = [(plan, kept.known(plan) or pool.submit(_lived, engine, plan)) for plan in plans]
        for plan, known in to_come:
            if isinstance(known, Future) and (error := known.exception()):
                whole.failed.append("".join(format_exception_only(error)))
                told(f"{plan.seed}: {whole.failed[-1]}")
                continue
            report = known.result() if isinstance(known, Future) else known
            kept.keep(plan, report)
            whole.add(report)
            told(f"{plan.seed}: {report.operations} operations in {report.days:.0f} days, trace {report.trace[:12]}")
    return whole


def sources() -> str:
    """A digest of every file of ours that this process, which is a year's, is made of."""
    loaded = {Path(file) for module in sys.modules.values() if (file := getattr(module, "__file__", None))}
    ours = {path.relative_to(TOP) for path in loaded if path.is_relative_to(TOP)}
    read = {path.relative_to(TOP) for pattern in READ for path in TOP.glob(pattern)}
    digest = hashlib.sha256()
    for path in sorted(path for path in ours | read if ".venv" not in path.parts):
        content = (TOP / path).read_bytes()
        digest.update(f"{path} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


class Kept:
    """Reports of years that agreed, made of the same sources as stand here now."""

    def __init__(self, engine: str, made_of: str) -> None:
        self._folder = TOP / "build" / "years" / made_of
        self._engine = engine

    def known(self, plan: Plan) -> YearReport | None:
        file = self._file(plan)
        return msgspec.json.decode(file.read_bytes(), type=YearReport) if file.exists() else None

    def keep(self, plan: Plan, report: YearReport) -> None:
        file = self._file(plan)
        file.parent.mkdir(parents=True, exist_ok=True)
        half = file.with_suffix(".half")
        half.write_bytes(msgspec.json.encode(report))
        half.replace(file)

    def _file(self, plan: Plan) -> Path:
        return self._folder / f"{self._engine} {plan.operations} {plan.seed}.json"


def _lived(engine: str, plan: Plan) -> YearReport:
    return on(engine, partial(live, plan=plan))
