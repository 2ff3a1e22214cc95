"""A customer's catalogue comes in: how fast, with how much memory, how fast again, and what phones notice of it."""

import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from sqlalchemy import func, select

from server.catalogue.tables import items
from server.imports.tables import imports
from server.settings import Settings
from tests.bench.catalogue_file import LINES, write_catalogue
from tests.bench.figures import Figure
from tests.bench.hub import STOCKHAND, Databases, Hub, Kind, running
from tests.bench.phones import AT_WORK, adjustment

LOOK_S = 0.05
MIB = 1024 * 1024
# As many phones as a busy chain has at work, each with something to say twice a second.
PHONES, PACE_MS, QUIET_S = 20, 500.0, 15.0
SLICE_S = 5.0
REJECTED = 10_650 + 70


@dataclass(slots=True)
class Brought:
    """What a command took, and the most memory that it and its reader held at one moment."""

    seconds: float = 0.0
    peak_mib: float = 0.0


@dataclass(slots=True)
class Catalogue:
    """The file, brought twice to each kind of database when it is first asked for."""

    file: Path | None = None
    twice: dict[Kind, tuple[Brought, Brought]] = field(default_factory=dict)

    def path(self, databases: Databases) -> Path:
        if self.file is None:
            self.file = databases.folder / "catalogue.csv"
            write_catalogue(self.file)
        return self.file

    def brought(self, kind: Kind, databases: Databases) -> tuple[Brought, Brought]:
        if kind not in self.twice:
            file, settings = self.path(databases), databases.new(kind)
            first = bring(settings, file)
            check(settings, (LINES - REJECTED, 0, 0, REJECTED))
            second = bring(settings, file)
            check(settings, (0, 0, LINES - REJECTED, REJECTED))
            self.twice[kind] = first, second
        return self.twice[kind]


def bring(settings: Settings, file: Path, *options: str) -> Brought:
    """By the command, as somebody at a terminal does it."""
    where = ["--database", settings.database, "--data", str(settings.data), *options]
    brought, began = Brought(), time.monotonic()
    with subprocess.Popen([*STOCKHAND, "import", "items", str(file), *where], stdout=subprocess.PIPE) as process:
        watching = threading.Thread(target=_watch, args=(process, brought))
        watching.start()
        told, _ = process.communicate()
        brought.seconds = time.monotonic() - began
        watching.join()
    # Some lines were rejected.
    assert process.returncode == 3, told
    return brought


def _watch(command: "subprocess.Popen[bytes]", brought: Brought) -> None:
    """Memory that two processes share is counted once."""
    while command.poll() is None:
        brought.peak_mib = max(brought.peak_mib, sum(map(_pss, _family(command.pid))) / MIB)
        time.sleep(LOOK_S)


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = [one.read_text().split() for one in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return
    for child in (int(one) for some in children for one in some):
        yield from _family(child)


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    [line] = [line for line in text.splitlines() if line.startswith("Pss:")]
    return int(line.split()[1]) * 1024


def check(settings: Settings, expected: tuple[int, int, int, int]) -> None:
    """Added, changed, as they were and rejected of the newest import, and as many items as it must have left."""
    hub = Hub(settings, 0, [])
    counts = (imports.c.added, imports.c.changed, imports.c.same, imports.c.rejected)
    [row] = hub.read(select(*counts).order_by(imports.c.id.desc()).limit(1))
    assert tuple(row) == expected, tuple(row)
    assert hub.read(select(func.count()).select_from(items)) == [(LINES - REJECTED,)]


@dataclass(frozen=True, slots=True)
class Speed:
    kind: Kind
    must: str
    catalogue: Catalogue

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        first, _ = self.catalogue.brought(self.kind, databases)
        yield Figure(name, "lines/s", [LINES / first.seconds], self.must, True)


@dataclass(frozen=True, slots=True)
class Memory:
    catalogue: Catalogue

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        yield Figure(name, "MiB", [max(one.peak_mib for one in self.catalogue.brought("sqlite", databases))], "<= 300")


@dataclass(frozen=True, slots=True)
class Again:
    catalogue: Catalogue

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        first, second = self.catalogue.brought("sqlite", databases)
        yield Figure(name, "times as fast", [first.seconds / second.seconds], ">= 2", versus="nothing was changed")


@dataclass(frozen=True, slots=True)
class PhonesMeanwhile:
    """The slowest hundredth of the answers that phones get while a catalogue comes in, beside that of a quiet hub."""

    kind: Kind
    catalogue: Catalogue

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        file = self.catalogue.path(databases)
        places = list(islice(cycle(AT_WORK), PHONES))
        with running(databases.new(self.kind), places, STOCKHAND) as hub:
            goods = [row.id for row in hub.read(select(items.c.id).where(items.c.archived_at.is_(None)))]
            push(hub, goods, 2.0)
            quiet = p99_ms(push(hub, goods, QUIET_S))
            where = ["--database", hub.settings.database, "--data", str(hub.settings.data)]
            with subprocess.Popen(
                [*STOCKHAND, "import", "items", str(file), *where], stdout=subprocess.PIPE
            ) as command:
                took_ms: list[float] = []
                while command.poll() is None:
                    took_ms += push(hub, goods, SLICE_S)
                assert command.returncode == 3
        busy = p99_ms(took_ms)
        against = f"{busy:.0f} ms of {len(took_ms):,} pushes beside {quiet:.0f} ms; the slowest {max(took_ms):.0f} ms"
        yield Figure(name, "times", [busy / quiet], "<= 3", versus=against)


def push(hub: Hub, goods: list[int], seconds: float) -> list[float]:
    """How long each push took, at people's pace."""
    queues = [phone.renewed() for phone in hub.phones]
    ready = int(seconds * 1000 / PACE_MS) + 2
    sent = [[[adjustment(phone, goods)] for _ in range(ready)] for phone in queues]
    return hub.send([phone.caller(one) for phone, one in zip(queues, sent, strict=True)], seconds, PACE_MS).took_ms


def p99_ms(took_ms: list[float]) -> float:
    return sorted(took_ms)[len(took_ms) * 99 // 100]
