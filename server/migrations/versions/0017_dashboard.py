"""A store at a glance: what people tell, and counts, by time"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TOLD_BY_PEOPLE = "kind IN ('adjust', 'count')"


def upgrade() -> None:
    op.create_index(
        "ix_ledger_told_by_people",
        "ledger",
        ["location_id", "effective_at"],
        unique=False,
        sqlite_where=sa.text(TOLD_BY_PEOPLE),
        postgresql_where=sa.text(TOLD_BY_PEOPLE),
    )
    op.create_index("ix_anchors_location_id", "anchors", ["location_id", "effective_at"], unique=False)
