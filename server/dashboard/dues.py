"""What is left to count today in the reader's store, as its chart and table have it."""

from collections.abc import Mapping
from typing import TypedDict

from server.counts.grading import REASONS

GRADES = ("A", "B", "C")


class DueRow(TypedDict):
    """Of one grade or for one reason; `width` is 0-100 of the longest bar."""

    name: str
    number: int
    width: int


class DueBoard(TypedDict):
    """`total` items; `grades` and `reasons` each add up to it."""

    total: int
    grades: list[DueRow]
    reasons: list[DueRow]


def due_board(figures: Mapping[tuple[str, str], int]) -> DueBoard:
    """`figures` are those of `server.counts.plans.due_figures`."""
    grades = {grade: sum(number for (one, _), number in figures.items() if one == grade) for grade in GRADES}
    reasons: dict[str, int] = {
        reason: sum(number for (_, one), number in figures.items() if one == reason) for reason in REASONS
    }
    return DueBoard(total=sum(figures.values()), grades=_rows(grades), reasons=_rows(reasons))


def _rows(numbers: Mapping[str, int]) -> list[DueRow]:
    longest = max(1, *numbers.values())
    return [
        DueRow(name=name, number=number, width=max(2, 100 * number // longest) if number else 0)
        for name, number in numbers.items()
    ]
