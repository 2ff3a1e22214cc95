"""Second looks"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outcomes", sa.Column("dep", sa.String(length=36), nullable=True))
    # Until now only what was parked for it says on what it stands.
    op.execute(
        "UPDATE outcomes SET dep = substr(traceback, 12) "
        "WHERE status = 'parked' AND code = 'depends_on_parked' AND traceback LIKE 'depends on %'"
    )
    op.create_index(
        "ix_outcomes_parked",
        "outcomes",
        ["dep"],
        unique=False,
        sqlite_where=sa.text("status = 'parked'"),
        postgresql_where=sa.text("status = 'parked'"),
    )
    op.create_table(
        "second_looks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("became", sa.String(length=8), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("traceback", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_looks")),
    )
    op.create_index(op.f("ix_second_looks_operation_id"), "second_looks", ["operation_id"], unique=False)
