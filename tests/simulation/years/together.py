"""Many years at once, one a process and one after the other on each core, added up."""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from traceback import format_exception_only
from typing import Any, TypeVar

from server.migrations.upgrade import upgrade
from server.settings import Settings, database_url
from tests.postgres import postgres_server
from tests.simulation.years.run import FAULTS, Plan, YearReport, live

Told = TypeVar("Told")


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
    listed = list(plans)
    # Fresh processes: a copy of one that has run an event loop keeps its descriptors.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for plan, ended in [(plan, pool.submit(_lived, engine, plan)) for plan in listed]:
            if error := ended.exception():
                whole.failed.append("".join(format_exception_only(error)))
                told(f"{plan.seed}: {whole.failed[-1]}")
                continue
            report = ended.result()
            whole.add(report)
            told(f"{plan.seed}: {report.operations} operations in {report.days:.0f} days, trace {report.trace[:12]}")
    return whole


def _lived(engine: str, plan: Plan) -> YearReport:
    return on(engine, partial(live, plan=plan))
