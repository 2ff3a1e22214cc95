"""Operations that mind the shop itself: its stores, goods and people. Their rules ask for facts of their own noun.

Each is booked by itself: there are few of them, and each changes what the next one must know.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from server.approvals.minding import load_chosen
from server.catalogue.minding import load_goods
from server.catalogue.version import GOODS, move_goods
from server.counts.minding import load_counting
from server.database import insert_new, metadata, upsert
from server.decisions import Happened, Write
from server.devices.minding import load_device_minded
from server.inbox.feed import Feed
from server.inbox.verdicts import minds
from server.lots.blocked import load_lot
from server.people.minding import load_people_minded
from server.reviews.facts import load_review
from server.reviews.rules import Reviewed
from server.stores.minding import load_stores_minded
from server.unknown_codes.facts import load_kept

# What a rule finds in `Facts.minded`, by its noun. Where it has an attribute `buckets` (a set of names), those are
# locked too before the rule is asked: who hears of a change is often known only when it was read.
LOADERS: Mapping[str, Callable[[AsyncConnection, Happened], Awaitable[Any]]] = {
    "goods": load_goods,
    "stores": load_stores_minded,
    "people": load_people_minded,
    "devices": load_device_minded,
    "policies": load_chosen,
    "reviews": load_review,
    "unknown_codes": load_kept,
    "lots": load_lot,
    "counts": load_counting,
}


async def load_minded(connection: AsyncConnection, noun: str, happened: Happened) -> Any:
    minded = await LOADERS[noun](connection, happened)
    own = minds(minded.happened.kind) if isinstance(minded, Reviewed) and minded.takes_effect else None
    if own:
        # What is accepted is decided by its own rule, which asks for facts of its own noun.
        await Feed().lock(connection, minded.needs.buckets)
        minded.minded = await LOADERS[own](connection, minded.happened)
        minded.buckets |= minded.minded.buckets
    return minded


async def write_rows(connection: AsyncConnection, writes: Sequence[Write]) -> None:
    """Row by row, in the order that rules gave: a row may stand on the one before it. Where goods are among them, the
    version of the goods moves on.
    """
    for write in writes:
        table = metadata.tables[write.table]
        if write.values is None:
            matches: Iterable[Any] = (table.c[name] == value for name, value in write.key.items())
            await connection.execute(delete(table).where(*matches))
        elif not write.values:
            await connection.execute(insert_new(connection, table), [write.key])
        else:
            await connection.execute(upsert(connection, table, list(write.values)), [{**write.key, **write.values}])
    if any(write.table in GOODS for write in writes):
        await move_goods(connection)
