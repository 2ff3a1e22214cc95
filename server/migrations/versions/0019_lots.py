"""Days of lots as they were read, and the lots of each store on its phones"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from sync.checksum import row_sum

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lots", sa.Column("expires_also", sa.String(length=10), nullable=True))
    _tell(op.get_bind())


def _tell(connection: sa.Connection) -> None:
    """What stands in a store by lot into buckets of its own, as the feed would."""
    names = ("name", "epoch", "head", "floor", "sum_a", "sum_b")
    buckets = sa.table("buckets", sa.column("id"), *(sa.column(name) for name in names))
    feed = sa.table("feed", *(sa.column(name) for name in ("bucket_id", "key", "seq", "version", "gone")))
    held = sa.text(
        "SELECT DISTINCT locations.store_id, balances.item_id FROM balances "
        "JOIN locations ON locations.id = balances.location_id AND locations.kind = 'store' "
        "WHERE balances.lot <> '' ORDER BY locations.store_id, balances.item_id"
    )
    keys: dict[int, list[str]] = {}
    for store, item in connection.execute(held):
        keys.setdefault(store, []).append(str(item))
    for store, items in keys.items():
        a = b = 0
        for key in items:
            lanes = row_sum(key, 1)
            a, b = a ^ lanes[0], b ^ lanes[1]
        standing = {"epoch": str(uuid4()), "head": len(items), "floor": 0, "sum_a": a, "sum_b": b}
        connection.execute(sa.insert(buckets), [{"name": f"lots:{store}", **standing}])
        bucket = connection.scalar(sa.select(buckets.c.id).where(buckets.c.name == f"lots:{store}"))
        rows = [
            {"bucket_id": bucket, "key": key, "seq": n, "version": 1, "gone": False} for n, key in enumerate(items, 1)
        ]
        connection.execute(sa.insert(feed), rows)
