"""Unknown codes kept"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unknown_codes",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("dismissed_at", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_unknown_codes_store_id")),
        sa.PrimaryKeyConstraint("store_id", "code", name=op.f("pk_unknown_codes")),
    )
    with op.batch_alter_table("unknown_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unknown_codes_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_unknown_codes_last_at"), ["store_id", "last_at"], unique=False)
