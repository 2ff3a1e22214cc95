"""Lines of counts and movements, made into the operations that they are. Pure.

An operation's id follows from what the line is in the file or the other system, so the same line is the same operation
however often it comes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha1
from itertools import groupby
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from server.imports.reading import MovementLine, StockLine
from server.inbox.messages import Operation
from sync.operations import LIMITS, newest

_FILES = uuid5(NAMESPACE_URL, "stockhand:file").bytes


class Placed(NamedTuple):
    """A line whose store and item are known, as ids; `zone` is the store's."""

    line: StockLine | MovementLine
    store: int
    item: int
    zone: str


class Made(NamedTuple):
    """An operation with the lines it was made of."""

    op: Operation
    lines: Sequence[StockLine | MovementLine]


def counts(placed: Iterable[Placed], source: str, as_of: int, by: int) -> Iterator[Made]:
    """A count for each line; `source` is one name for one file, `as_of` ms."""
    for one in placed:
        assert isinstance(one.line, StockLine)
        args: dict[str, Any] = {"store": one.store, "item": one.item, "counted": one.line.counted}
        if one.line.lot:
            args["lot"] = one.line.lot
        if one.line.expires:
            args |= {"expires": one.line.expires, "scope": "store"}
        name = f"count {source} {one.store} {one.item} {one.line.lot}"
        yield Made(_operation(name, "stock.count", args, as_of, by), [one.line])


def movements(placed: Iterable[Placed], by: int) -> Iterator[Made]:
    """Neighbouring lines of one document are one movement, or several where it is very long."""
    for (external, store, kind), run in groupby(placed, key=_document):
        for part, (lines, found) in enumerate(_parts(run)):
            args = {"store": store, "kind": kind, "lines": lines, "ref": external}
            name = f"move {store} {kind} {part} {external}"
            yield Made(_operation(name, "stock.move", args, moment_of(found[0]), by), [one.line for one in found])


def units(line: MovementLine) -> int:
    """What the shelf gains or loses. A sale leaves and a return comes back, whichever sign the file gives them; a
    delivery below zero goes back to the supplier.
    """
    if line.kind == "sale":
        return -abs(line.quantity)
    return abs(line.quantity) if line.kind == "return" else line.quantity


def _parts(run: Iterable[Placed]) -> Iterator[tuple[list[dict[str, int | str]], list[Placed]]]:
    """Lines of at most as many goods as one operation takes, each item once; the same goods twice are added up."""
    sums: dict[int, tuple[str, str, int]] = {}
    found: list[Placed] = []
    for one in run:
        assert isinstance(one.line, MovementLine)
        lot, delta = (one.line.lot, one.line.expires), units(one.line)
        held = sums.get(one.item)
        if (held and held[:2] != lot) or (held is None and len(sums) == LIMITS["lines"]):
            yield _lines(sums), found
            sums, found, held = {}, [], None
        sums[one.item] = (*lot, delta + (held[2] if held else 0))
        found.append(one)
    if found:
        yield _lines(sums), found


def _lines(sums: Mapping[int, tuple[str, str, int]]) -> list[dict[str, int | str]]:
    # Sold and given back within one document: nothing moved.
    told = [(item, {"lot": lot, "expires": day}, delta) for item, (lot, day, delta) in sums.items() if delta]
    return [
        {"item": item, "delta": delta, **{name: text for name, text in of.items() if text}} for item, of, delta in told
    ]


def _document(one: Placed) -> tuple[str, int, str]:
    assert isinstance(one.line, MovementLine)
    return one.line.id, one.store, one.line.kind


def moment_of(one: Placed) -> int:
    """When a movement happened, ms."""
    assert isinstance(one.line, MovementLine)
    if not one.line.is_local:
        return one.line.at
    local = datetime.fromtimestamp(one.line.at / 1000, UTC).replace(tzinfo=ZoneInfo(one.zone))
    return round(local.timestamp() * 1000)


def _operation(name: str, kind: str, args: dict[str, Any], at: int, by: int) -> Operation:
    # What files tell of goods without a last day is the same operation as it ever was.
    dated = "expires" in args or any("expires" in line for line in args.get("lines", ()))
    return Operation(0, _id_of(name), kind, newest(kind) if dated else 1, args, at, None, None, by, None)


def _id_of(name: str) -> str:
    """`uuid5(_FILES, name)`, without an object a line."""
    digest = bytearray(sha1(_FILES + name.encode()).digest()[:16])  # noqa: S324 -- no secret; what RFC 9562 asks for
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
