from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from server.database import metadata

# Rules in force. Who made or ended which stands in the outcomes.
approval_rules = Table(
    "approval_rules",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("work", String(20), nullable=False),
    # "" for any reason, and no store for any store.
    Column("reason", String(20), nullable=False),
    Column("store_id", ForeignKey("stores.id"), nullable=True),
    Column("units", Integer, nullable=False),
    Column("cents", Integer, nullable=False),
    Column("percent", Integer, nullable=False, server_default="0"),
    Column("level", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", ForeignKey("people.id"), nullable=False),
)

# Who accepted what needs more than one person, while it waits and afterwards.
review_words = Table(
    "review_words",
    metadata,
    Column("operation_id", ForeignKey("reviews.operation_id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("said_at", BigInteger, nullable=False),
    # The operation that said so.
    Column("said_in", String(36), nullable=False),
)
