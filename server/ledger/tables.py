from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from server.database import BigId, metadata

KINDS = ("opening", "adjust", "dispatch", "receive", "damage", "loss", "sale", "return", "delivery", "count", "merge")

# What people at a shelf tell, among the many movements that tills do: its own short index by time.
TOLD_BY_PEOPLE = "kind IN ('adjust', 'count')"

# A store's shelves and the road to it have ids that follow from the store's, so nobody needs to look them up.
locations = Table(
    "locations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(8), CheckConstraint("kind IN ('store', 'transit')", name="location_kind"), nullable=False),
    # The store itself, or the store that the goods on the road are meant for.
    Column("store_id", ForeignKey("stores.id"), nullable=False),
    CheckConstraint("id = store_id * 2 + CASE kind WHEN 'transit' THEN 1 ELSE 0 END", name="location_id"),
)


def shelves(store: int) -> int:
    """Location id of a store itself."""
    return store * 2


def road(store: int) -> int:
    """Location id of goods travelling to a store."""
    return store * 2 + 1


lots = Table(
    "lots",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("code", String(20), CheckConstraint("code <> ''", name="lot_has_a_code"), primary_key=True),
    # The earliest last day that anybody read on goods of the lot, and the latest where they differ.
    Column("expires_on", String(10), nullable=True),
    Column("expires_also", String(10), nullable=True),
)

# Immutable: the database itself refuses UPDATE and DELETE (triggers in the first migration).
ledger = Table(
    "ledger",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("location_id", ForeignKey("locations.id"), nullable=False),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    # Empty where the goods carry no lot.
    Column("lot", String(20), nullable=False, server_default=""),
    Column("delta", BigInteger, CheckConstraint("delta <> 0", name="an_entry_moves_something"), nullable=False),
    Column("kind", String(10), CheckConstraint(f"kind IN {KINDS}", name="ledger_kind"), nullable=False),
    Column("reason", String(20), nullable=True),
    Column("transfer_id", ForeignKey("transfers.id"), nullable=True),
    Column("operation_id", String(36), nullable=False),
    # Which entry of its operation this is; with the operation's id it makes an effect impossible to book twice.
    Column("line", Integer, nullable=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("booked_at", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=True),
    # The count that an entry of kind `count` keeps true.
    Column("count_id", String(36), nullable=True),
    UniqueConstraint("operation_id", "line"),
    # Holds all that a sum over time needs, so that none is made of the rows themselves.
    Index("ix_ledger_item_location", "item_id", "location_id", "effective_at", "id", "kind", "delta"),
    Index(
        "ix_ledger_told_by_people",
        "location_id",
        "effective_at",
        sqlite_where=text(TOLD_BY_PEOPLE),
        postgresql_where=text(TOLD_BY_PEOPLE),
    ),
    # Most movements belong to no transfer, and need not be listed here.
    Index(
        "ix_ledger_transfer_id",
        "transfer_id",
        sqlite_where=text("transfer_id IS NOT NULL"),
        postgresql_where=text("transfer_id IS NOT NULL"),
    ),
)

balances = Table(
    "balances",
    metadata,
    Column("location_id", ForeignKey("locations.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("lot", String(20), primary_key=True, server_default=""),
    # Negative is allowed and flagged: the shelf may know better than the book.
    Column("on_hand", BigInteger, nullable=False, server_default="0"),
    # Promised by approved transfers that have not left yet.
    Column("reserved", BigInteger, CheckConstraint("reserved >= 0", name="reserved_not_negative"), nullable=False),
    # On the road to this store, and from it. At a transit location both are zero.
    Column("in_transit_in", BigInteger, nullable=False),
    Column("in_transit_out", BigInteger, nullable=False),
    Index("ix_balances_item_id", "item_id"),
    # Kept in the order of its key itself: one tree to write instead of two.
    sqlite_with_rowid=False,
)
