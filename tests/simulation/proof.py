"""Writes `tests/PROOF.md`: what the last `make prove` lived through, a row a day."""

from pathlib import Path

from server.settings import Settings
from tests.simulation.keeper import FAULTS, Report
from tests.simulation.years.looked import INVARIANTS
from tests.simulation.years.together import Sum

# Two long ones and one of every page, on either database.
DAYS = 6
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
PAGE = Path(__file__).resolve().parent.parent / "PROOF.md"
BEGINNING = """# What `make prove` last lived through

Every row is one day of twelve phones and desks on a real hub, from one seed: messages lost, doubled and late, workers
and the hub killed. At each quiet point every outbox is empty, every phone holds what a new one would be given, every
operation has one outcome and one effect, the books add up, and the pages that were asked from both ends are the same in
status, headers and bytes. One day again: `python -m tests.simulation.replay --seed … --on …`.

| day | on | operations | faults | workers killed | hub killed | quiet points | rows compared | pages | differing |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""


YEARS = """# Years in virtual time

Months of a chain, one from each seed: a model of the phones talks to the real door, pull and SQL in one process, whose
clock and chance are the seed's. Each of the fifteen invariants is looked at whenever something happens that could break
it; one that was never looked at fails the year. One year again, word for word:
`python -m tests.simulation.replay --seed 'year 1' --on …`.

| on | years | operations | days | faults | quiet points | rows compared | facts told in another order |
|---|---:|---:|---:|---:|---:|---:|---:|
"""


class Proof:
    """Rows of the days and years so far. When the last one is over, they take the place of those in the file: all days,
    the years on both databases, or both.
    """

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.counted: dict[str, int] = {}
        self.faults: dict[str, int] = {}
        self.years: list[Sum] = []

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

    def add_years(self, whole: Sum) -> None:
        self.years.append(whole)

    def write(self) -> None:
        days, heading, lived = PAGE.read_text("utf-8").partition(YEARS)
        if len(self.rows) == DAYS:
            days = self._days()
        if len(self.years) == len(ENGINES):
            heading, lived = "", f"{years(self.years)}\n"
        PAGE.write_text(f"{days.rstrip()}\n\n{heading}{lived}".rstrip() + "\n", "utf-8")

    def _days(self) -> str:
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
        return BEGINNING + "\n".join(self.rows) + "\n\n" + "\n\n".join(tables)


def years(sums: list[Sum]) -> str:
    """The part on years, with how often each invariant was looked at and each fault happened."""
    rows = []
    for whole in sums:
        counts = [whole.operations, round(whole.days), sum(whole.faults.values())]
        counts += [whole.happened[name] for name in ("quiet points", "rows compared", "facts told in another order")]
        rows.append(f"| {ENGINES[whole.on]} | {whole.years} | {' | '.join(f'{count:,}' for count in counts)} |")
    looks = [f"| {n}. {what} | {sum(whole.looked[n] for whole in sums):,} |" for n, what in INVARIANTS.items()]
    names = sorted(sums[0].faults)
    faults = [f"| {name} | {sum(whole.faults[name] for whole in sums):,} |" for name in names]
    tables = (
        ["| invariant | looked at |", "|---|---:|", *looks],
        ["| fault, in years | times |", "|---|---:|", *faults],
    )
    return YEARS + "\n\n".join("\n".join(lines) for lines in (rows, *tables))


def pages_in(report: Report) -> int:
    """Pages, refused forms and missing pages that were asked from both ends."""
    return sum(times for what, times in report.counted.items() if " compared, " in what)
