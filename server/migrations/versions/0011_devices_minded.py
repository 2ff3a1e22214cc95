"""Devices whose lost work is settled"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("settled_at", sa.BigInteger(), nullable=True))
