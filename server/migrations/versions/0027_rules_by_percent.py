"""Approval rules for counts that are off by a part of the book"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approval_rules", sa.Column("percent", sa.Integer(), nullable=False, server_default="0"))
