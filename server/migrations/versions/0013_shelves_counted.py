"""Shelves counted"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("anchors", sa.Column("until", sa.BigInteger(), nullable=True))
    op.create_table(
        "readings",
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("shelves", sa.JSON(), nullable=False),
        sa.Column("lot", sa.String(length=20), nullable=True),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_readings_client_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_readings_item_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_readings_location_id")),
        sa.PrimaryKeyConstraint("location_id", "item_id", "effective_at", "client_id", "n", name=op.f("pk_readings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "count_sessions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("blind", sa.Boolean(create_constraint=True, name="blind_is_bool"), nullable=False),
        sa.Column("sealed", sa.Boolean(create_constraint=True, name="sealed_is_bool"), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_count_sessions_client_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_count_sessions_person_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_count_sessions_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_sessions")),
    )
    with op.batch_alter_table("count_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_count_sessions_person_id"), ["person_id", "opened_at"], unique=False)
    op.create_table(
        "count_ends",
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_count_ends")),
    )
