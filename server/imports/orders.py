"""The lists of goods by name, laid aside while a catalogue comes in that is larger than what is there.

A name stands anywhere in the order of names, so each new item would write two pages of its own beside its row: seven
times the work, and SQLite's one writer is shared with every phone. Made anew at the end they cost a second for a
million items; a page of goods is found without them too, only slower.
"""

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import items
from server.database import Database, wait_for_locks

BY_NAME = tuple(one for one in items.indexes if str(one.name).startswith("ix_items_sort_"))
# Below it nobody would notice.
MANY = 50_000


def would_help(lines: int, permille: int, added: int, highest: int) -> bool:
    """Whether so many more will come, after so much of the file, that making the lists anew costs less."""
    expected = added * 1000 // max(1, permille)
    return lines > 0 and expected > MANY and (expected - added) * 2 > highest


async def lay_aside(connection: AsyncConnection) -> None:
    def drop(plain: Connection) -> None:
        for one in BY_NAME:
            one.drop(plain, checkfirst=True)

    await connection.run_sync(drop)


async def bring_back(database: Database) -> None:
    """Each in a transaction of its own; harmless where they are there."""
    for one in BY_NAME:
        async with database.writing() as connection:
            await wait_for_locks(connection)
            await connection.run_sync(one.create, checkfirst=True)
