"""The reader of each kind."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from server.imports.reading.items import ItemReader
from server.imports.reading.lines import Kind, Reject
from server.imports.reading.shops import PersonReader, StoreReader
from server.imports.reading.stock import MovementReader, StockReader


class Reader(Protocol):
    """Reads the rows of one file in their order; remembers what it must to find what stands there twice."""

    def read(self, numbers: list[int], rows: list[list[str]]) -> tuple[list[Any], list[Reject]]: ...


READERS: dict[Kind, Callable[[Mapping[int, str], bool], Reader]] = {
    "stores": StoreReader,
    "people": PersonReader,
    "items": ItemReader,
    "stock": StockReader,
    "movements": MovementReader,
}
