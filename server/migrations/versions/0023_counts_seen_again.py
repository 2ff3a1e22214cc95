"""Counts far from the book, on the phones of their stores"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from sync.checksum import row_sum

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What waits already into buckets of its own, as the feed would."""
    connection = op.get_bind()
    names = ("name", "epoch", "head", "floor", "sum_a", "sum_b")
    buckets = sa.table("buckets", sa.column("id"), *(sa.column(name) for name in names))
    feed = sa.table("feed", *(sa.column(name) for name in ("bucket_id", "key", "seq", "version", "gone")))
    waiting = sa.text(
        "SELECT reviews.store_id, reviews.operation_id FROM reviews "
        "JOIN outcomes ON outcomes.operation_id = reviews.operation_id AND NOT outcomes.repeats "
        "WHERE reviews.settled_at IS NULL AND reviews.store_id IS NOT NULL "
        "AND outcomes.status = 'review' AND outcomes.code = 'count_variance' "
        "ORDER BY reviews.store_id, reviews.operation_id"
    )
    keys: dict[int, list[str]] = {}
    for store, operation in connection.execute(waiting):
        keys.setdefault(store, []).append(f"recount:{operation}")
    for store, told in keys.items():
        a = b = 0
        for key in told:
            lanes = row_sum(key, 1)
            a, b = a ^ lanes[0], b ^ lanes[1]
        standing = {"epoch": str(uuid4()), "head": len(told), "floor": 0, "sum_a": a, "sum_b": b}
        connection.execute(sa.insert(buckets), [{"name": f"counts:{store}", **standing}])
        bucket = connection.scalar(sa.select(buckets.c.id).where(buckets.c.name == f"counts:{store}"))
        rows = [
            {"bucket_id": bucket, "key": key, "seq": n, "version": 1, "gone": False} for n, key in enumerate(told, 1)
        ]
        connection.execute(sa.insert(feed), rows)
