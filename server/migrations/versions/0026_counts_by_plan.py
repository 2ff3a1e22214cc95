"""What each store is to count today"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "count_plans",
        sa.Column("store_id", sa.Integer(), sa.ForeignKey("stores.id"), primary_key=True),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "count_dues",
        sa.Column("store_id", sa.Integer(), sa.ForeignKey("stores.id"), primary_key=True),
        sa.Column("item_id", sa.Integer(), sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(1), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
    )
