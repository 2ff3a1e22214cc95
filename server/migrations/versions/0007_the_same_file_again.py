"""The same file again"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goods_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_goods_version_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_version")),
    )
    op.add_column("imports", sa.Column("goods_version", sa.BigInteger(), nullable=True))
    op.add_column("imports", sa.Column("read_by", sa.String(length=64), nullable=True))
    op.add_column("imports", sa.Column("unsure", sa.BigInteger(), server_default="0", nullable=False))
    # Without a foreign key: SQLite would write the whole table anew for it.
    op.add_column("imports", sa.Column("same_as", sa.Integer(), nullable=True))
