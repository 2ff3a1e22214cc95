from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from server.database import metadata

# What lets somebody become the first administrator: SHA-256 of a code that stood on the hub's terminal.
setup_codes = Table(
    "setup_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

# Steps that somebody chose to do later; a step that is done has no row here, it is seen in the shop.
setup_skips = Table(
    "setup_skips",
    metadata,
    Column("step", String(20), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("skipped_at", BigInteger, nullable=False),
)
