from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from server.database import metadata

KINDS = ("stores", "people", "items", "stock", "movements")
STATES = ("waiting", "running", "done", "stopped", "failed")

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), CheckConstraint(f"kind IN {KINDS}", name="import_kind"), nullable=False),
    Column("file_name", String(200), nullable=False),
    # Of the file as it came; the same file again goes on with what it left unfinished.
    Column("sha256", String(64), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("state", String(7), CheckConstraint(f"state IN {STATES}", name="import_state"), nullable=False),
    # Which column of the file is which field: {"0": "sku"}; empty until somebody or the reader has matched them.
    Column("columns", JSON, nullable=False),
    # {as_of, assortment, by}, each only where it was given.
    Column("options", JSON, nullable=False),
    # How far it got, written in the transaction of the lines themselves.
    Column("lines", BigInteger, nullable=False, server_default="0"),
    Column("added", BigInteger, nullable=False, server_default="0"),
    Column("changed", BigInteger, nullable=False, server_default="0"),
    Column("same", BigInteger, nullable=False, server_default="0"),
    Column("rejected", BigInteger, nullable=False, server_default="0"),
    # Every line up to this one is booked, and of the stretch after it so many, in the reader's order.
    Column("read_to", BigInteger, nullable=False, server_default="0"),
    Column("ahead", BigInteger, nullable=False, server_default="0"),
    # How much of the file that is.
    Column("permille", Integer, nullable=False, server_default="0"),
    # The version of the goods that this import's own writes left, as long as nobody else changed any meanwhile: once it
    # is done and while that version stands, goods are what they were when the file was last seen to be in them.
    Column("goods_version", BigInteger, nullable=True),
    # Of the sources that read it: others may read the same file otherwise.
    Column("read_by", String(64), nullable=True),
    # Lines that might meet something else in the goods that the file itself changed.
    Column("unsure", BigInteger, nullable=False, server_default="0"),
    # The import that answered for this one; its rejects are this one's too.
    Column("same_as", Integer, nullable=True),
    Column("person_id", ForeignKey("people.id"), nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=True),
    Column("ended_at", BigInteger, nullable=True),
    # Why it failed, a sentence in English for the operator.
    Column("problem", Text, nullable=True),
    Index(
        "ix_imports_unfinished",
        "id",
        sqlite_where=text("state IN ('waiting', 'running')"),
        postgresql_where=text("state IN ('waiting', 'running')"),
    ),
)

# Lines that did not come in, numbered as they were found; `params` name what the reason is about.
rejects = Table(
    "import_rejects",
    metadata,
    Column("import_id", ForeignKey("imports.id"), primary_key=True),
    Column("n", BigInteger, primary_key=True),
    Column("line", BigInteger, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("params", JSON, nullable=False),
    Column("raw", JSON, nullable=False),
    # Kept in the order of its key itself: one tree to write instead of two.
    sqlite_with_rowid=False,
)
