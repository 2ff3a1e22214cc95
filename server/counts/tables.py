from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

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
    # When its last shelf was counted; empty where a file told of it.
    Column("until", BigInteger, nullable=True),
    Index("ix_anchors_location_id", "location_id", "effective_at"),
    # Kept in the order of its key itself: one tree to write instead of two.
    sqlite_with_rowid=False,
)

# What was counted on some shelves of a store, at its place in time; see `server.counts.readings`.
readings = Table(
    "readings",
    metadata,
    Column("location_id", ForeignKey("locations.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("effective_at", BigInteger, primary_key=True),
    Column("client_id", ForeignKey("clients.id"), primary_key=True),
    Column("n", BigInteger, primary_key=True),
    Column("operation_id", String(36), nullable=False),
    # The operation that opened the session, or the reading itself where it belongs to none.
    Column("session_id", String(36), nullable=False),
    Column("shelves", JSON, nullable=False),
    Column("lot", String(20), nullable=True),
    Column("counted", BigInteger, nullable=False),
    # Kept in the order of its key itself: one tree to write instead of two.
    sqlite_with_rowid=False,
)

# Sessions of counting, as phones opened them.
count_sessions = Table(
    "count_sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("store_id", ForeignKey("stores.id"), nullable=False),
    # "store" or a list of shelves.
    Column("scope", JSON, nullable=False),
    Column("blind", Boolean(create_constraint=True, name="blind_is_bool"), nullable=False),
    Column("sealed", Boolean(create_constraint=True, name="sealed_is_bool"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("client_id", ForeignKey("clients.id"), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    # The session of somebody else whose count this one is part of.
    Column("joins", String(36), nullable=True),
    Index("ix_count_sessions_person_id", "person_id", "opened_at"),
    Index("ix_count_sessions_store_id", "store_id", "opened_at"),
    Index("ix_count_sessions_joins", "joins"),
)

# A row of its own, for the news of an end may come before that of the beginning.
count_ends = Table(
    "count_ends",
    metadata,
    Column("session_id", String(36), primary_key=True),
    Column("person_id", Integer, primary_key=True, autoincrement=False),
    Column("closed_at", BigInteger, nullable=False),
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

# The day of the list that a store has of what to count, and the list; what was counted is on it no more.
count_plans = Table(
    "count_plans",
    metadata,
    Column("store_id", ForeignKey("stores.id"), primary_key=True),
    Column("day", String(10), nullable=False),
    Column("planned_at", BigInteger, nullable=False),
)
count_dues = Table(
    "count_dues",
    metadata,
    Column("store_id", ForeignKey("stores.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    # 1 is the most urgent one.
    Column("place", Integer, nullable=False),
    Column("grade", String(1), nullable=False),
    Column("reason", String(12), nullable=False),
    Column("planned_at", BigInteger, nullable=False),
)
