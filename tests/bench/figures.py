"""What a bench found, what it must be, and the table that says both."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests.bench.hub import Databases

# Other work on the machine slows an absolute figure, and never a ratio within one run.
ALLOWANCE = 0.75


@dataclass(frozen=True, slots=True)
class Figure:
    """A median with its runs. `must` is ">= 4", "<= 1.3" or "== 100"; `absolute` ones are given the allowance.

    `versus` names what was measured beside it in the same run, with its figure.
    """

    name: str
    unit: str
    runs: Sequence[float]
    must: str
    absolute: bool = False
    versus: str = ""

    @classmethod
    def skipped(cls, name: str, unit: str, must: str, why: str) -> "Figure":
        """Nothing was measured, because this machine cannot."""
        return cls(name, unit, (), must, versus=f"not measured: {why}")

    @property
    def value(self) -> float | None:
        return round(statistics.median(self.runs), 2) if self.runs else None

    @property
    def ok(self) -> bool:
        if self.value is None:
            return True
        sign, _, text = self.must.partition(" ")
        bound = float(text)
        if sign == "==":
            # An exact figure is exact in every run.
            return all(run == bound for run in self.runs)
        if sign == ">=":
            return self.value >= bound * (ALLOWANCE if self.absolute else 1)
        return self.value <= bound / (ALLOWANCE if self.absolute else 1)

    def record(self) -> dict[str, Any]:
        runs = [round(run, 2) for run in self.runs]
        told = {"value": self.value, "unit": self.unit, "must": self.must, "ok": self.ok}
        return {**told, "versus": self.versus, "runs": runs}


class Bench(Protocol):
    """Yields figures whose names begin with `name`."""

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]: ...


def table(figures: Sequence[Figure]) -> str:
    head = ("", "median", "unit", "must", "", "runs", "versus")
    rows = [head, *(_row(figure) for figure in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.append("* An absolute figure depends on the machine and its other work: a quarter less is allowed.")
    return "\n".join(lines)


def _row(figure: Figure) -> tuple[str, ...]:
    must = figure.must + ("*" if figure.absolute else "")
    runs = " ".join(_short(run) for run in figure.runs)
    verdict = "skipped" if figure.value is None else "ok" if figure.ok else "NOT OK"
    return figure.name, _short(figure.value), figure.unit, must, verdict, runs, figure.versus


def _short(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"
