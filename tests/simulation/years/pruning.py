"""What the hub lets go with time: old rows by tombstones, and old tombstones by raising the floor."""

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from server.inbox import housekeeping
from server.inbox.tables import buckets, feed

if TYPE_CHECKING:
    from tests.simulation.years.year import Year


async def let_go(year: "Year") -> None:
    year.looked.count("rows let go", await housekeeping.let_go(year.hub.database, year.clock()))
    year.looked.count("let go")


async def prune(year: "Year") -> None:
    """Tombstones up to some number of each bucket: who has not heard of them by then begins anew."""
    async with year.hub.database.writing() as connection:
        rows = (await connection.execute(select(buckets).order_by(buckets.c.id).with_for_update())).all()
        for row in rows:
            floor = max(row.floor, row.head - year.chance.whole(0, 40))
            old = feed.c.bucket_id == row.id, feed.c.gone, feed.c.seq <= floor
            for key in (await connection.scalars(select(feed.c.key).where(*old).order_by(feed.c.key))).all():
                year.hub.watch.forget_key(row.name, key)
                year.looked.count("tombstones pruned")
            await connection.execute(delete(feed).where(*old))
            await connection.execute(update(buckets).where(buckets.c.id == row.id).values(floor=floor))
    year.looked.count("pruned")
