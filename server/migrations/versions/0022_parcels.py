"""Parcels of transfers, by the number on their labels"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transfer_events", sa.Column("parcel", sa.String(length=18), nullable=True))
    op.add_column("transfer_events", sa.Column("held", sa.JSON(), nullable=True))
    op.create_index(op.f("ix_transfer_events_parcel"), "transfer_events", ["parcel"])
