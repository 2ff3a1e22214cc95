from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from server.database import metadata

# Every count with effect, at its place in time. Equal times are ordered by client and n, so the key is the order.
anchors = Table(
    "anchors",
    metadata,
    Column("location_id", ForeignKey("locations.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("effective_at", BigInteger, primary_key=True),
    Column("client_id", ForeignKey("clients.id"), primary_key=True),
    Column("n", BigInteger, primary_key=True),
    Column("operation_id", String(36), nullable=False),
    # Empty where the goods were counted whatever their lot.
    Column("lot", String(20), nullable=True),
    Column("counted", BigInteger, nullable=False),
    # Kept in the order of its key itself: one tree to write instead of two.
    sqlite_with_rowid=False,
)

# Stores whose empty book was opened by somebody without powers over stock: with counts of this client and this moment.
openings = Table(
    "openings",
    metadata,
    Column("store_id", ForeignKey("stores.id"), primary_key=True),
    Column("client_id", ForeignKey("clients.id"), nullable=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
)
