"""Lines that are read each by itself: what is wrong with one is said of it alone."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Generic, TypeVar

from server.imports.reading.cells import Cells
from server.imports.reading.lines import Refused, Reject

Line = TypeVar("Line")


class LineByLine(Generic[Line]):
    def __init__(self, fields: Mapping[int, str]) -> None:
        self._cells = Cells(fields)

    def read(self, numbers: list[int], rows: list[list[str]]) -> tuple[list[Line], list[Reject]]:
        lines: list[Line] = []
        rejects: list[Reject] = []
        for number, self._cells.row in zip(numbers, rows, strict=True):
            try:
                lines.append(self._line(number))
            except Refused as refusal:
                rejects.append(Reject(number, refusal.code, refusal.params, self._cells.row))
        return lines, rejects

    @abstractmethod
    def _line(self, number: int) -> Line:
        """The row in `_cells`. Raises Refused."""
