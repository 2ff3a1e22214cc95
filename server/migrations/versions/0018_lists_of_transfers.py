"""Transfers found by when something last happened to them, and by the end of their id"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ENDED: dict[str, Any] = {
    "sqlite_where": sa.text("ended_at IS NOT NULL"),
    "postgresql_where": sa.text("ended_at IS NOT NULL"),
}


def upgrade() -> None:
    op.add_column("transfers", sa.Column("changed_at", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(
        "UPDATE transfers SET changed_at = (SELECT COALESCE(MAX(effective_at), requested_at) FROM transfer_events "
        "WHERE transfer_events.transfer_id = transfers.id)"
    )
    for end in ("from", "to"):
        columns = [f"{end}_store_id", "changed_at", "id"]
        op.create_index(f"ix_transfers_{end}_changed", "transfers", columns, unique=False, **ENDED)
    op.create_index("ix_transfers_id_ends", "transfers", [sa.text("substr(id, 30)")], unique=False)
