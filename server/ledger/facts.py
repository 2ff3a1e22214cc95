from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.decisions import Entry, Figures
from server.ledger.tables import balances, ledger
from server.lots.blocked import blocked_of
from server.statements import Asked, inserted

# (location, item, lot)
Place = tuple[int, int, str]
EntryRow = tuple[Any, ...]


class Balances:
    """The balance rows that a group of operations touches: loaded once, changed in memory, written once.

    They may be written as whole rows because whoever books at a store holds the lock of its stock bucket.
    """

    def __init__(self) -> None:
        self._rows: dict[Place, Figures] = {}
        self._changed: dict[Place, None] = {}
        self._has_new_lots = False
        # (item, lot) of loaded items that nobody may sell.
        self.blocked: set[tuple[int, str]] = set()

    async def load(self, connection: AsyncConnection, places: Iterable[tuple[int, int]]) -> None:
        """All lots of each (location, item)."""
        asked = sorted(set(places))
        self.blocked |= await blocked_of(connection, [item for _location, item in asked])
        for location, item, lot, *figures in await _LOADED.rows(connection, asked):
            self._rows[location, item, lot] = figures

    def figures(self) -> dict[tuple[int, int], Figures]:
        """The four figures of every loaded store and item, summed over lots; goods on the road are not of a store."""
        sums: dict[tuple[int, int], Figures] = {}
        for (location, item, _lot), row in self._rows.items():
            if location % 2 == 0:
                kept = sums.setdefault((location // 2, item), [0, 0, 0, 0])
                for i, figure in enumerate(row):
                    kept[i] += figure
        return sums

    def blocked_units(self) -> dict[tuple[int, int], int]:
        """Units on hand of blocked lots by loaded store and item."""
        sums: dict[tuple[int, int], int] = {}
        for (location, item, lot), row in self._rows.items():
            if (item, lot) in self.blocked and location % 2 == 0:
                sums[location // 2, item] = sums.get((location // 2, item), 0) + row[0]
        return sums

    def lots(self, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], dict[str, int]]:
        """Units on hand by lot at loaded (location, item)s."""
        units: dict[tuple[int, int], dict[str, int]] = {place: {} for place in places}
        for (location, item, lot), row in self._rows.items():
            if (location, item) in units:
                units[location, item][lot] = row[0]
        return units

    def book(self, entries: Sequence[Entry], figures: Sequence[dict[str, int]]) -> None:
        for entry in entries:
            self._row((entry.location, entry.item, entry.lot))[0] += entry.delta
        for change in figures:
            promised = (change["reserved"], change["in_transit_in"], change["in_transit_out"])
            if any(promised):
                row = self._row((change["store"] * 2, change["item"], ""))
                for i, figure in enumerate(promised, start=1):
                    row[i] += figure

    async def write(self, connection: AsyncConnection) -> None:
        await _KEPT.run(connection, [(*place, *self._rows[place]) for place in sorted(self._changed)])

    def has_new_lots(self) -> bool:
        """Whether a lot was booked where it never was before."""
        return self._has_new_lots

    def _row(self, place: Place) -> Figures:
        self._has_new_lots |= bool(place[2]) and place not in self._rows
        self._changed[place] = None
        return self._rows.setdefault(place, [0, 0, 0, 0])


_KEY = ("location_id", "item_id", "lot")
_FIGURES = ("on_hand", "reserved", "in_transit_in", "in_transit_out")
_LOADED = Asked(select(*(balances.c[name] for name in (*_KEY, *_FIGURES))), balances.c.location_id, balances.c.item_id)
_KEPT = inserted(balances, (*_KEY, *_FIGURES), _FIGURES)
_ENTRY = (*_KEY, "delta", "kind", "reason", "transfer_id", "operation_id", "line")
_WRITTEN = inserted(ledger, (*_ENTRY, "effective_at", "booked_at", "person_id", "count_id"))


async def write_entries(connection: AsyncConnection, rows: Sequence[EntryRow]) -> None:
    """Rows as `entry_rows` makes them."""
    await _WRITTEN.run(connection, rows)


def entry_rows(entries: Sequence[Entry], operation: str, person: int | None, at: int, booked_at: int) -> list[EntryRow]:
    """Ledger rows of one operation, numbered in the order its rule gave them; values in the order of `_WRITTEN`."""
    return [
        (
            entry.location,
            entry.item,
            entry.lot,
            entry.delta,
            entry.kind,
            entry.reason,
            entry.transfer,
            operation,
            line,
            at if entry.at is None else entry.at,
            booked_at,
            person,
            entry.anchored_by,
        )
        for line, entry in enumerate(entries, start=1)
    ]
