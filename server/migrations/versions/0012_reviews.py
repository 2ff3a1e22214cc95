"""Reviews that can be settled"""

from uuid import NAMESPACE_URL, uuid4, uuid5

import sqlalchemy as sa
from alembic import op

from sync.checksum import row_sum

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "reviews",
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.Column("units_then", sa.BigInteger(), nullable=True),
        sa.Column("units_near", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("accepted", sa.Boolean(create_constraint=True, name="accepted_is_bool"), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settlement_id", sa.String(length=36), nullable=True),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["settled_by"], ["people.id"], name=op.f("fk_reviews_settled_by")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_reviews_store_id")),
        sa.PrimaryKeyConstraint("operation_id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reviews_open"),
            ["store_id"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
    waiting = _waiting(op.get_bind())
    if waiting:
        op.bulk_insert(table, waiting)
        _tell(op.get_bind(), waiting)


def _waiting(connection: sa.Connection) -> list[dict[str, object]]:
    """What waited before anybody could settle it: of people, not of files."""
    outcomes = sa.table(
        "outcomes",
        *(
            sa.column(name)
            for name in ("operation_id", "kind", "status", "client_id", "person_id", "review", "repeats")
        ),
        sa.column("args", sa.JSON()),
    )
    files = [str(uuid5(NAMESPACE_URL, f"stockhand:file:{kind}")) for kind in ("chain", "stock", "movements")]
    asks = sa.text("outcomes.review AND NOT outcomes.repeats AND outcomes.status IN ('review', 'applied')")
    transfers = sa.table("transfers", *(sa.column(name) for name in ("id", "from_store_id", "to_store_id")))
    known = {row.id: row for row in connection.execute(sa.select(transfers))}
    stores: set[int] = set(connection.scalars(sa.select(sa.column("id")).select_from(sa.table("stores"))))
    rows = []
    for row in connection.execute(sa.select(outcomes).where(asks, outcomes.c.client_id.not_in(files))):
        store = row.args.get("store") if row.kind.startswith(("stock.", "count.")) else None
        if row.kind.startswith("transfer."):
            paper = known.get(row.args.get("transfer"))
            leaves = row.kind in ("transfer.dispatch", "transfer.approve", "transfer.reject")
            store = row.args.get("to") if paper is None else paper.from_store_id if leaves else paper.to_store_id
        store = store if store in stores else None
        rows.append({"operation_id": row.operation_id, "store_id": store, "said_by": row.person_id or 0})
    return rows


def _tell(connection: sa.Connection, waiting: list[dict[str, object]]) -> None:
    """Their rows into new buckets, as the feed would."""
    names = ("name", "epoch", "head", "floor", "sum_a", "sum_b")
    buckets = sa.table("buckets", sa.column("id"), *(sa.column(name) for name in names))
    feed = sa.table("feed", *(sa.column(name) for name in ("bucket_id", "key", "seq", "version", "gone")))
    held: dict[str, list[str]] = {}
    for row in waiting:
        held.setdefault(f"reviews:{row['store_id'] or 0}", []).append(f"review:{row['operation_id']}")
    for name, keys in held.items():
        a = b = 0
        for key in keys:
            lanes = row_sum(key, 1)
            a, b = a ^ lanes[0], b ^ lanes[1]
        standing = {"epoch": str(uuid4()), "head": len(keys), "floor": 0, "sum_a": a, "sum_b": b}
        connection.execute(sa.insert(buckets), [{"name": name, **standing}])
        bucket = connection.scalar(sa.select(buckets.c.id).where(buckets.c.name == name))
        rows = [
            {"bucket_id": bucket, "key": key, "seq": n, "version": 1, "gone": False} for n, key in enumerate(keys, 1)
        ]
        connection.execute(sa.insert(feed), rows)
