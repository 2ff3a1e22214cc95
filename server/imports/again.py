"""A catalogue that comes again, over goods that nobody changed since: what would become of it is known already.

Reading and comparing is nearly all the work of a file whose goods are in the books. What it would give depends on the
file, on the goods and on the sources that read; where all three are what they were at the end of an earlier import,
every line says what stands. Three doubts are left, and where one of them holds the file is read:

- Somebody else changed goods while the earlier import ran. It then holds no version of the goods.
- Two of its lines met one item: the later one undid the earlier one, and would again. Lines that bring items of their
  own cannot, for numbers are given away once; nor can lines with a SKU each, where the reader saw that none repeats.
- A line met an item, or a code that was taken, in a way that the rest of its file may have changed (`unsure`).

An import that wrote nothing left the goods as it found them, so the last two do not matter to it.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Row, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.version import version_of_goods
from server.database import Database
from server.imports.facts import Import, Stopped
from server.imports.tables import imports
from sync import gs1

# The reader finds every repeat within so many lines, whatever the length of the file.
SEEN_WITHIN = 1_500_000


async def answer_at_once(database: Database, one: Import) -> bool:
    """Whether the import's row says now what reading its file would. Where not, it holds the version of the goods that
    the reading begins with. Raises Stopped.
    """
    mine, read_by = imports.c, _sources()
    statement = update(imports).where(mine.id == one.id, mine.state == "running")
    async with database.writing() as connection:
        before = None
        if one.lines:
            # It goes on; what other sources read of it before may not be what ours would have.
            known = case((mine.read_by == read_by, mine.goods_version), else_=None)
            values: dict[str, Any] = {"goods_version": known, "read_by": read_by}
        else:
            version = await version_of_goods(connection)
            values = {"goods_version": version, "read_by": read_by}
            before = await _same_before(connection, one, version)
        if before is not None:
            values |= {name: getattr(before, name) for name in ("lines", "rejected", "read_to", "unsure")}
            values |= {"same": before.added + before.changed + before.same, "permille": 1000}
            values |= {"same_as": before.same_as or before.id}
        if (await connection.execute(statement.values(**values))).rowcount != 1:
            raise Stopped
    return before is not None


async def _same_before(connection: AsyncConnection, one: Import, version: int) -> Row[Any] | None:
    """The newest import of the same file, told the same, that would end the same if it began now."""
    mine = imports.c
    query = select(imports).where(mine.sha256 == one.sha256, mine.kind == one.kind, mine.state == "done")
    query = query.where(mine.goods_version == version, mine.read_by == _sources()).order_by(mine.id.desc())
    told = {"columns": msgspec.to_builtins(one.columns, str_keys=True), "options": _telling(one.options)}
    for row in await connection.execute(query):
        if {"columns": row.columns, "options": _telling(row.options)} == told and _ends_the_same(row):
            return row
    return None


def _ends_the_same(row: Row[Any]) -> bool:
    if not (row.added or row.changed):
        return True
    if row.unsure:
        return False
    has_skus = "sku" in row.columns["fields"].values()
    return not (row.changed or row.same) or (has_skus and row.lines <= SEEN_WITHIN)


def _telling(options: Mapping[str, Any]) -> dict[str, Any]:
    """What decides over lines: not who brought them."""
    return {name: value for name, value in options.items() if name != "by"}


@cache
def _sources() -> str:
    """Of everything that says what a line means: a later release may read the same file otherwise."""
    digest = sha256()
    codes = [path for path in Path(gs1.__file__).parent.glob("gs1*") if path.suffix in (".py", ".json")]
    for path in sorted(Path(__file__).parent.rglob("*.py")) + sorted(codes):
        digest.update(path.read_bytes())
    return digest.hexdigest()
