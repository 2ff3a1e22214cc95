"""Goods that turned out to be one"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LEADS = sa.text("merged_into IS NOT NULL")
ENDED = sa.text("archived_at IS NOT NULL")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        named = "CONSTRAINT fk_items_merged_into REFERENCES items (id)"
        op.execute(f"ALTER TABLE items ADD COLUMN merged_into INTEGER {named}")
    else:
        op.add_column("items", sa.Column("merged_into", sa.Integer(), nullable=True))
        op.create_foreign_key("fk_items_merged_into", "items", "items", ["merged_into"], ["id"])
    op.create_index("ix_items_merged_into", "items", ["merged_into"], sqlite_where=LEADS, postgresql_where=LEADS)
    op.create_index("ix_items_archived_at", "items", ["archived_at"], sqlite_where=ENDED, postgresql_where=ENDED)
    op.create_index("ix_items_sort_en", "items", ["sort_en", "id"])
    op.create_index("ix_items_sort_zh", "items", ["sort_zh", "id"])
    op.create_index("ix_transfer_lines_item_id", "transfer_lines", ["item_id"])
