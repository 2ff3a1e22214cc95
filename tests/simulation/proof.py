"""Writes `tests/PROOF.md`: what the last `make prove` lived through, a row a day."""

from pathlib import Path

from server.settings import Settings
from tests.simulation.keeper import FAULTS, Report

PAGE = Path(__file__).resolve().parent.parent / "PROOF.md"
BEGINNING = """# What `make prove` last lived through

Every row is one day of twelve phones and desks on a real hub, from one seed: messages lost, doubled and late, workers
and the hub killed. At each quiet point every outbox is empty, every phone holds what a new one would be given, every
operation has one outcome and one effect, the books add up, and the pages that were asked from both ends are the same in
status, headers and bytes. One day again: `python -m tests.simulation.replay --seed … --on …`.

| day | on | operations | faults | workers killed | hub killed | quiet points | rows compared | pages | differing |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""


class Proof:
    """Rows of the days so far; the file is written when the last one is over."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.counted: dict[str, int] = {}
        self.faults: dict[str, int] = {}

    def add(self, settings: Settings, seed: str, report: Report) -> None:
        counted = report.counted
        faults = {name: counted.get(name, 0) for name in FAULTS}
        for name, times in faults.items():
            self.faults[name] = self.faults.get(name, 0) + times
        for name, times in counted.items():
            if name.startswith("ended "):
                self.counted[name[6:]] = self.counted.get(name[6:], 0) + times
        figures = [
            report.operations,
            sum(faults.values()),
            counted.get("worker killed", 0),
            counted.get("hub killed", 0),
        ]
        figures += [counted.get("quiet points", 0), counted.get("rows compared", 0), pages_in(report), 0]
        database = "SQLite" if settings.on_sqlite else "PostgreSQL"
        self.rows.append(f"| {seed} | {database} | {' | '.join(f'{figure:,}' for figure in figures)} |")

    def write(self) -> None:
        if not self.rows:
            return
        listed = [("fault", self.faults), ("how operations ended", self.counted)]
        tables = [
            "\n".join(
                [
                    f"| {title} | times |",
                    "|---|---:|",
                    *(f"| {name} | {times:,} |" for name, times in sorted(rows.items())),
                ]
            )
            for title, rows in listed
        ]
        PAGE.write_text(BEGINNING + "\n".join(self.rows) + "\n\n" + "\n\n".join(tables) + "\n", "utf-8")


def pages_in(report: Report) -> int:
    """Pages, refused forms and missing pages that were asked from both ends."""
    return sum(times for what, times in report.counted.items() if " compared, " in what)
