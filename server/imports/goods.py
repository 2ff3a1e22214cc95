"""Writes goods set-wise: what is new in a few statements for hundreds of lines, what changed behind its locks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortment_items, assortments, items
from server.catalogue.version import move_goods
from server.imports.facts import Progress
from server.imports.matching import UNSAID, Change, RawLine, match, ranged
from server.imports.reading import ItemLine, spell
from server.imports.standing import what_stands
from server.inbox.feed import Feed

WRITTEN = ("id", "sku", *UNSAID, "folded", "sort_en", "sort_zh")
# As many rows as one statement takes: SQLite's driver gives the interpreter free once a statement, and a statement a
# row would have the hub's own loop and the import wait for each other at every row.
ROWS_A_STATEMENT = 100
# As the columns of the table, for PostgreSQL's arrays.
ARRAYS = ("int", "text", "text", "text", "text", "text", "int", "bool", "bool", "text", "text", "text")


@dataclass(slots=True)
class GoodsWriter:
    """Writes the lines of one transaction. `ranging` are assortments that every line is put into."""

    ranging: Sequence[str]
    raw: RawLine
    feed: Feed = field(default_factory=Feed)
    _assortments: dict[str, int] = field(default_factory=dict)
    _has_made: bool = False

    async def begin(self, connection: AsyncConnection, lines: Iterable[ItemLine], has_known: bool) -> None:
        """Locks whoever will hear of it, before anything is read to be changed."""
        wanted = {name for line in lines for name in ranged(line, self.ranging)}
        if wanted:
            self._has_made = await _make_assortments(connection, wanted)
        if wanted or has_known:
            found = await connection.execute(select(assortments.c.name, assortments.c.id))
            self._assortments = {row.name: row.id for row in found}
            await self.feed.lock(connection, [f"catalogue:{one}" for one in self._assortments.values()])
        if connection.dialect.name == "postgresql":
            # Nobody else gives an id or a code away meanwhile; SQLite has one writer at all times.
            await connection.execute(text("LOCK TABLE items, barcodes, assortment_items IN SHARE ROW EXCLUSIVE MODE"))

    async def write_known(self, connection: AsyncConnection, lines: Sequence[ItemLine], progress: Progress) -> None:
        """Lines that may meet something that stands: what is written is judged by what stands now."""
        standing = await what_stands(connection, lines, self.ranging)
        matched = match(lines, standing, self.ranging, self.raw)
        progress.same += matched.same
        progress.unsure += matched.unsure
        progress.rejects += matched.rejects
        if matched.fresh:
            spell_lines([line for line in matched.fresh if not line.folded])
            await self.write_fresh(connection, matched.fresh, progress)
        if matched.changes:
            await self._write_changes(connection, matched.changes, standing.items)
            progress.changed += len(matched.changes)

    async def write_fresh(self, connection: AsyncConnection, lines: Sequence[ItemLine], progress: Progress) -> None:
        """New items. IntegrityError where a SKU or a barcode is somebody's meanwhile."""
        highest = (await connection.exec_driver_sql("SELECT max(id) FROM items")).scalar() or 0
        rows = [_row(item, line) for item, line in enumerate(lines, start=highest + 1)]
        await _insert(connection, "items", WRITTEN, ARRAYS, rows)
        codes = [(gtin, row[0]) for row, line in zip(rows, lines, strict=True) for gtin in line.gtins]
        await _insert(connection, "barcodes", ("gtin", "item_id"), ("text", "int"), codes)
        pairs = [(row[0], ranged(line, self.ranging)) for row, line in zip(rows, lines, strict=True)]
        await self._range(connection, pairs, is_new=True)
        progress.added += len(lines)

    async def finish(self, connection: AsyncConnection, progress: Progress) -> dict[str, int]:
        """Once everything is written: the heads of whoever hears of it. `progress` is of this transaction alone."""
        heads = await self.feed.write(connection)
        if self._has_made or progress.added or progress.changed:
            # Last of all, for everybody else who changes goods waits from here on.
            progress.moved_to = await move_goods(connection)
        return heads

    async def _write_changes(
        self, connection: AsyncConnection, changes: Sequence[Change], before: dict[int, tuple[Any, ...]]
    ) -> None:
        respelt = [change for change in changes if not change.values.keys().isdisjoint(("name_en", "name_zh", "brand"))]
        rows = [_spelling_of(before[change.item], change.values) for change in respelt]
        for change, (folded, sort_en, sort_zh) in zip(respelt, spell(rows), strict=True):
            change.values.update(folded=folded, sort_en=sort_en, sort_zh=sort_zh)
        await _update(connection, [change for change in changes if change.values])
        codes = [(gtin, change.item) for change in changes for gtin in change.gtins]
        await _insert(connection, "barcodes", ("gtin", "item_id"), ("text", "int"), codes)
        await self._range(connection, [(change.item, change.assortments) for change in changes], is_new=False)
        told = {change.item for change in changes if change.values or change.gtins}
        query = select(assortment_items).where(assortment_items.c.item_id.in_(sorted(told)))
        for row in await connection.execute(query):
            self.feed.touch(f"catalogue:{row.assortment_id}", str(row.item_id))

    async def _range(
        self, connection: AsyncConnection, pairs: Iterable[tuple[int, Sequence[str]]], is_new: bool
    ) -> None:
        rows = [(self._assortments[name], item) for item, names in pairs for name in names]
        await _insert(connection, "assortment_items", ("assortment_id", "item_id"), ("int", "int"), rows)
        for assortment, item in rows:
            self.feed.touch(f"catalogue:{assortment}", str(item), fresh=is_new)


def spell_lines(lines: Sequence[ItemLine]) -> None:
    """How they are searched and sorted, by what they say alone."""
    spellings = spell([(line.sku, line.name_en or "", line.name_zh or "", line.brand or "") for line in lines])
    for line, (folded, sort_en, sort_zh) in zip(lines, spellings, strict=True):
        line.folded, line.sort_en, line.sort_zh = folded, sort_en, sort_zh


def _row(item: int, line: ItemLine) -> tuple[Any, ...]:
    return (
        item,
        line.sku,
        line.name_en or "",
        line.name_zh or "",
        line.brand or "",
        line.unit or "each",
        line.price_cents or 0,
        line.tracks_lot or False,
        line.tracks_expiry or False,
        line.folded,
        line.sort_en,
        line.sort_zh,
    )


def _spelling_of(before: tuple[Any, ...], values: dict[str, Any]) -> tuple[str, str, str, str]:
    name_en, name_zh, brand = (
        values.get(name, old) for name, old in zip(("name_en", "name_zh", "brand"), before[2:5], strict=True)
    )
    return before[1], name_en, name_zh, brand


async def _make_assortments(connection: AsyncConnection, names: Iterable[str]) -> bool:
    """Whether there was one to make."""
    known = set(await connection.scalars(select(assortments.c.name)))
    missing = sorted(set(names) - known)
    for name in missing:
        await connection.execute(insert(assortments).values(name=name))
    return bool(missing)


async def _insert(
    connection: AsyncConnection,
    table: str,
    columns: Sequence[str],
    arrays: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    if not rows:
        return
    into = f"INSERT INTO {table} ({', '.join(columns)})"
    if connection.dialect.name == "postgresql":
        marks = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(arrays, start=1))
        as_arrays = tuple(map(list, zip(*rows, strict=True)))
        # The statement is made of names of ours alone.
        await connection.exec_driver_sql(f"{into} SELECT * FROM unnest({marks})", as_arrays)  # noqa: S608
        return
    marks = f"({', '.join('?' * len(columns))})"
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        some = rows[start : start + ROWS_A_STATEMENT]
        flat = tuple(value for row in some for value in row)
        await connection.exec_driver_sql(f"{into} VALUES {', '.join([marks] * len(some))}", flat)


async def _update(connection: AsyncConnection, changes: Sequence[Change]) -> None:
    """One statement for all that change in the same columns."""
    alike: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        alike.setdefault(tuple(change.values), []).append(change)
    for columns, some in alike.items():
        if connection.dialect.name == "sqlite":
            sets = ", ".join(f"{name} = ?" for name in columns)
            rows: Any = [(*change.values.values(), change.item) for change in some]
            await connection.exec_driver_sql(f"UPDATE items SET {sets} WHERE id = ?", rows)  # noqa: S608
        else:
            for change in some:
                await connection.execute(update(items).where(items.c.id == change.item).values(**change.values))
