"""Numbers of parcels are given out in blocks, each number once, also by several hubs."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import insert_new
from server.labels.parcels import numbers_of, sscc
from server.labels.tables import parcel_batches, parcel_numbers
from server.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Batch:
    """Numbers that were given out together; `transfer` is "" where they are for no transfer yet."""

    id: str
    store: int
    transfer: str
    numbers: list[str]


async def give(connection: AsyncConnection, prefix: str, asked: dict[str, Any]) -> None:
    """`asked` is a row of `parcel_batches` but for its numbers; what was given to it before stays given. Raises Refusal
    where the prefix has not so many left.
    """
    await connection.execute(insert_new(connection, parcel_numbers), [{"prefix": prefix, "next": 0}])
    # Whoever comes second waits here, and then sees what the first one was given.
    own = select(parcel_numbers.c.next).where(parcel_numbers.c.prefix == prefix).with_for_update()
    first: int = (await connection.execute(own)).scalar_one()
    if await find_batch(connection, asked["id"]):
        return
    if first + asked["count"] > numbers_of(prefix):
        raise Refusal("prefix_used_up")
    await connection.execute(insert(parcel_batches), [{**asked, "prefix": prefix, "first": first}])
    after = update(parcel_numbers).where(parcel_numbers.c.prefix == prefix).values(next=first + asked["count"])
    await connection.execute(after)


async def find_batch(connection: AsyncConnection, batch: str) -> Batch | None:
    query = select(parcel_batches).where(parcel_batches.c.id == batch)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    numbers = [sscc(row.prefix, row.first + place) for place in range(row._mapping["count"])]
    return Batch(row.id, row.store_id, row.transfer_id or "", numbers)
