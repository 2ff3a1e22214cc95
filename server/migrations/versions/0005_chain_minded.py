"""Who minds the shop"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("blocked_at", sa.BigInteger(), nullable=True))
    op.add_column("people", sa.Column("password_expires_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clients_device_id"), ["device_id"], unique=False)
