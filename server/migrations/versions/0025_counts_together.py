"""Several people at one count"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from sync.checksum import row_sum

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Counts that go on may be joined: each into the bucket of its store, as the feed would."""
    op.add_column("count_sessions", sa.Column("joins", sa.String(36), nullable=True))
    op.create_index("ix_count_sessions_store_id", "count_sessions", ["store_id", "opened_at"])
    op.create_index("ix_count_sessions_joins", "count_sessions", ["joins"])
    connection = op.get_bind()
    going_on = sa.text(
        "SELECT store_id, id FROM count_sessions WHERE NOT EXISTS (SELECT 1 FROM count_ends "
        "WHERE count_ends.session_id = count_sessions.id AND count_ends.person_id = count_sessions.person_id) "
        "ORDER BY store_id, id"
    )
    keys: dict[int, list[str]] = {}
    for store, session in connection.execute(going_on):
        keys.setdefault(store, []).append(f"open:{session}")
    for store, told in keys.items():
        _tell(connection, f"counts:{store}", told)


def _tell(connection: sa.Connection, name: str, keys: list[str]) -> None:
    names = ("id", "name", "epoch", "head", "floor", "sum_a", "sum_b")
    buckets = sa.table("buckets", *(sa.column(column) for column in names))
    feed = sa.table("feed", *(sa.column(column) for column in ("bucket_id", "key", "seq", "version", "gone")))
    find = sa.select(buckets).where(buckets.c.name == name)
    if connection.execute(find).one_or_none() is None:
        fresh = {"name": name, "epoch": str(uuid4()), "head": 0, "floor": 0, "sum_a": 0, "sum_b": 0}
        connection.execute(sa.insert(buckets), [fresh])
    bucket = connection.execute(find).one()
    a, b = bucket.sum_a, bucket.sum_b
    rows = []
    for seq, key in enumerate(keys, bucket.head + 1):
        lanes = row_sum(key, 1)
        a, b = a ^ lanes[0], b ^ lanes[1]
        rows.append({"bucket_id": bucket.id, "key": key, "seq": seq, "version": 1, "gone": False})
    connection.execute(sa.insert(feed), rows)
    changed = sa.update(buckets).where(buckets.c.id == bucket.id)
    connection.execute(changed.values(head=bucket.head + len(keys), sum_a=a, sum_b=b))
