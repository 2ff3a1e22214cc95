"""Numbers of parcels that were given out"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parcel_numbers",
        sa.Column("prefix", sa.String(12), primary_key=True),
        sa.Column("next", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "parcel_batches",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("prefix", sa.String(12), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), sa.ForeignKey("stores.id"), nullable=False),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("transfer_id", sa.String(36), sa.ForeignKey("transfers.id"), nullable=True),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
    )
