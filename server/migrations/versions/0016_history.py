"""History of an item: sums over time along an index alone"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_ledger_item_location", table_name="ledger")
    op.create_index(
        "ix_ledger_item_location",
        "ledger",
        ["item_id", "location_id", "effective_at", "id", "kind", "delta"],
        unique=False,
    )
