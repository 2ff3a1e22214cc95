from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    func,
    literal_column,
    text,
)

from server.database import metadata

DECISIONS = ("requested", "approved", "rejected", "cancelled", "closed")
STATES = ("requested", "approved", "dispatched", "short", "received", "closed", "rejected", "cancelled", "exception")

ENDED: dict[str, Any] = {"sqlite_where": text("ended_at IS NOT NULL"), "postgresql_where": text("ended_at IS NOT NULL")}

transfers = Table(
    "transfers",
    metadata,
    # The id of the operation that requested it, made on the phone.
    Column("id", String(36), primary_key=True),
    Column("from_store_id", ForeignKey("stores.id"), nullable=False),
    Column("to_store_id", ForeignKey("stores.id"), nullable=False),
    # What people willed, and what it amounts to with the goods that moved (sync/projection.py).
    Column("decision", String(10), CheckConstraint(f"decision IN {DECISIONS}", name="decision"), nullable=False),
    Column("state", String(10), CheckConstraint(f"state IN {STATES}", name="transfer_state"), nullable=False),
    Column("requested_by", ForeignKey("people.id"), nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("note", String(200), nullable=False, server_default=""),
    # Set while the transfer is at rest; phones keep it for thirty days after.
    Column("ended_at", BigInteger, nullable=True),
    # When the last thing in its timeline happened: lists begin with it.
    Column("changed_at", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("from_store_id <> to_store_id", name="a_transfer_goes_somewhere"),
    Index("ix_transfers_from_store_id", "from_store_id", "ended_at"),
    Index("ix_transfers_to_store_id", "to_store_id", "ended_at"),
    Index("ix_transfers_from_changed", "from_store_id", "changed_at", "id", **ENDED),
    Index("ix_transfers_to_changed", "to_store_id", "changed_at", "id", **ENDED),
)

# The end of the id by which a spoken number finds it. Spelled as its index is.
id_ends: ColumnElement[str] = func.substr(transfers.c.id, literal_column("30"))
Index("ix_transfers_id_ends", id_ends)

transfer_lines = Table(
    "transfer_lines",
    metadata,
    Column("transfer_id", ForeignKey("transfers.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Column("requested", BigInteger, CheckConstraint("requested >= 0", name="requested_not_negative"), nullable=False),
    # Empty until somebody decided.
    Column("approved", BigInteger, CheckConstraint("approved >= 0", name="approved_not_negative"), nullable=True),
    Column(
        "dispatched", BigInteger, CheckConstraint("dispatched >= 0", name="dispatched_not_negative"), nullable=False
    ),
    # Arrived in good order; what arrived broken is in `damaged` and in no store's stock.
    Column("received", BigInteger, CheckConstraint("received >= 0", name="received_not_negative"), nullable=False),
    Column("damaged", BigInteger, CheckConstraint("damaged >= 0", name="damaged_not_negative"), nullable=False),
    # Written off at closing; below zero where more arrived than had been dispatched.
    Column("lost", BigInteger, nullable=False),
    # Back on the shelf that it left, as whoever closed said.
    Column("returned", BigInteger, nullable=False, server_default="0"),
    Index("ix_transfer_lines_item_id", "item_id"),
)

# The timeline: who did what and when it happened, one row an operation that had effect.
transfer_events = Table(
    "transfer_events",
    metadata,
    Column("operation_id", String(36), primary_key=True),
    Column("transfer_id", ForeignKey("transfers.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("store_id", ForeignKey("stores.id"), nullable=True),
    Column("reason", String(200), nullable=True),
    # The SSCC on the label of the parcel that left or came, and the units of each line that left in it.
    Column("parcel", String(18), nullable=True, index=True),
    Column("held", JSON(none_as_null=True), nullable=True),
)
