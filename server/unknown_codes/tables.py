from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from server.database import metadata

# One row a store and code, see `sync.unknown_codes.code_after`.
unknown_codes = Table(
    "unknown_codes",
    metadata,
    Column("store_id", ForeignKey("stores.id"), primary_key=True),
    Column("code", String(80), primary_key=True),
    # The operation that told of it first: what its row is called on phones, where a code itself may be any text.
    Column("id", String(36), nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    # Until when it is none of ours; 0 where nobody said so.
    Column("dismissed_at", BigInteger, nullable=False),
    # The latest scans: [{operation, at, shelf, before, after, photo}, …].
    Column("seen", JSON, nullable=False),
    Index("ix_unknown_codes_code", "code"),
    Index("ix_unknown_codes_last_at", "store_id", "last_at"),
)

# Those that phones hold: scanned since they were last put away.
is_open: ColumnElement[bool] = unknown_codes.c.last_at > unknown_codes.c.dismissed_at

# Photos of the goods, a small JPEG each, of a code that is kept; with it they go.
unknown_code_photos = Table(
    "unknown_code_photos",
    metadata,
    Column("store_id", Integer, primary_key=True, autoincrement=False),
    # SHA-256 of what the phone sent, in hex: what `seen` names.
    Column("sha256", String(64), primary_key=True),
    Column("code", String(80), primary_key=True),
    # When it came.
    Column("at", BigInteger, nullable=False),
    Column("picture", LargeBinary, nullable=False),
    ForeignKeyConstraint(["store_id", "code"], ["unknown_codes.store_id", "unknown_codes.code"], ondelete="CASCADE"),
    Index("ix_unknown_code_photos_code", "store_id", "code"),
)
