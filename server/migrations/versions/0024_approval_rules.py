"""Approval rules, and whose words a review needs"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What waits already needs one store manager, as it did."""
    op.add_column("reviews", sa.Column("level", sa.Integer(), nullable=False, server_default="3"))
    op.add_column("reviews", sa.Column("people", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "approval_rules",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("work", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("store_id", sa.Integer(), sa.ForeignKey("stores.id"), nullable=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Integer(), sa.ForeignKey("people.id"), nullable=False),
    )
    op.create_table(
        "review_words",
        sa.Column("operation_id", sa.String(36), sa.ForeignKey("reviews.operation_id"), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("said_in", sa.String(36), nullable=False),
    )
