from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import chunks, upsert
from server.decisions import Entry, Figures
from server.ledger.tables import balances, ledger

# (location, item, lot)
Place = tuple[int, int, str]


class Balances:
    """The balance rows that a group of operations touches: loaded once, changed in memory, written once.

    They may be written as whole rows because whoever books at a store holds the lock of its stock bucket.
    """

    def __init__(self) -> None:
        self._rows: dict[Place, Figures] = {}
        self._changed: dict[Place, None] = {}

    async def load(self, connection: AsyncConnection, places: Iterable[tuple[int, int]]) -> None:
        """All lots of each (location, item)."""
        key = tuple_(balances.c.location_id, balances.c.item_id)
        for some in chunks(sorted(set(places))):
            for row in await connection.execute(select(balances).where(key.in_(some))):
                self._rows[row.location_id, row.item_id, row.lot] = [*row][3:]

    def figures(self) -> dict[tuple[int, int], Figures]:
        """The four figures of every loaded store and item, summed over lots; goods on the road are not of a store."""
        sums: dict[tuple[int, int], Figures] = {}
        for (location, item, _lot), row in self._rows.items():
            if location % 2 == 0:
                kept = sums.setdefault((location // 2, item), [0, 0, 0, 0])
                for i, figure in enumerate(row):
                    kept[i] += figure
        return sums

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
        if not self._changed:
            return
        names = ("on_hand", "reserved", "in_transit_in", "in_transit_out")
        rows = [
            {"location_id": location, "item_id": item, "lot": lot, **dict(zip(names, self._rows[place], strict=True))}
            for place in sorted(self._changed)
            for location, item, lot in (place,)
        ]
        await connection.execute(upsert(connection, balances, names), rows)

    def _row(self, place: Place) -> Figures:
        self._changed[place] = None
        return self._rows.setdefault(place, [0, 0, 0, 0])


async def write_entries(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(insert(ledger), rows)


def entry_rows(
    entries: Sequence[Entry], operation: str, person: int | None, at: int, booked_at: int
) -> list[dict[str, Any]]:
    """Ledger rows of one operation, numbered in the order its rule gave them."""
    return [
        {
            "location_id": entry.location,
            "item_id": entry.item,
            "lot": entry.lot,
            "delta": entry.delta,
            "kind": entry.kind,
            "reason": entry.reason,
            "transfer_id": entry.transfer,
            "operation_id": operation,
            "line": line,
            "effective_at": at,
            "booked_at": booked_at,
            "person_id": person,
        }
        for line, entry in enumerate(entries, start=1)
    ]
