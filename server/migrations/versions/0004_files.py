"""Files that came in"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = ("stores", "people", "items", "stock", "movements")
STATES = ("waiting", "running", "done", "stopped", "failed")
UNFINISHED = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("lines", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("added", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("same", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("read_to", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ahead", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("permille", sa.Integer(), server_default="0", nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_imports_import_kind")),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_imports_import_state")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_imports_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_unfinished", "imports", ["id"], sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
    op.create_table(
        "import_rejects",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_rejects_import_id")),
        sa.PrimaryKeyConstraint("import_id", "n", name=op.f("pk_import_rejects")),
        sqlite_with_rowid=False,
    )
    # One tree to write instead of two: half of what a large catalogue costs to bring in.
    if op.get_bind().dialect.name == "sqlite":
        in_its_key = {"sqlite_with_rowid": False}
        with op.batch_alter_table("barcodes", recreate="always", table_kwargs=in_its_key) as batch_op:
            # What is copied forgets its conditions.
            batch_op.create_check_constraint(op.f("ck_barcodes_gtin_has_14_digits"), "length(gtin) = 14")
