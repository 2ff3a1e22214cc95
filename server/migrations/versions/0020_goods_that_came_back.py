"""Units of a transfer that came back where they had been sent from"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transfer_lines", sa.Column("returned", sa.BigInteger(), server_default="0", nullable=False))
