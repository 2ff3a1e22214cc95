"""What eyes saw and tills sold"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A column that may be empty is added without touching the rows that are there.
    op.add_column("ledger", sa.Column("count_id", sa.String(length=36), nullable=True))
    op.create_table(
        "anchors",
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.Column("lot", sa.String(length=20), nullable=True),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_anchors_client_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_anchors_item_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_anchors_location_id")),
        sa.PrimaryKeyConstraint("location_id", "item_id", "effective_at", "client_id", "n", name=op.f("pk_anchors")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "openings",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_openings_client_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_openings_person_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_openings_store_id")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_openings")),
    )
