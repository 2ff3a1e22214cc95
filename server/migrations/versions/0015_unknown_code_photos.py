"""Photos of goods whose code nobody knows"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unknown_code_photos",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "code"],
            ["unknown_codes.store_id", "unknown_codes.code"],
            name=op.f("fk_unknown_code_photos_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "sha256", "code", name=op.f("pk_unknown_code_photos")),
    )
    with op.batch_alter_table("unknown_code_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unknown_code_photos_code"), ["store_id", "code"], unique=False)
