from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    and_,
    func,
    or_,
    select,
    text,
)

from server.database import metadata
from server.inbox.tables import outcomes

# One row for each outcome that somebody must look at, from when it came; five columns once it is settled.
reviews = Table(
    "reviews",
    metadata,
    Column("operation_id", String(36), primary_key=True),
    # The store whose manager it waits for; empty where it is about no store, and an administrator looks.
    Column("store_id", ForeignKey("stores.id"), nullable=True),
    # Who it says did it. Where nobody signed it that proves nothing, but they may not settle it either.
    Column("said_by", Integer, nullable=False),
    # On hand of its item just before its own moment, as the book had it when it came; empty where it is about several.
    Column("units_then", BigInteger, nullable=True),
    # What others moved so near to a count that nobody can say which came first.
    Column("units_near", BigInteger, nullable=False, server_default="0"),
    # Whose words it needs, as the rules were when it came: the least level in its store, and how many people.
    Column("level", Integer, nullable=False, server_default="3"),
    Column("people", Integer, nullable=False, server_default="1"),
    Column("accepted", Boolean(create_constraint=True, name="accepted_is_bool"), nullable=True),
    Column("settled_at", BigInteger, nullable=True),
    Column("settled_by", ForeignKey("people.id"), nullable=True),
    # The operation that settled it.
    Column("settlement_id", String(36), nullable=True),
    Column("note", String(200), nullable=False, server_default=""),
    Index(
        "ix_reviews_open",
        "store_id",
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
)

# Those that still wait. Spelled as their index is.
still_open: ColumnElement[bool] = reviews.c.settled_at.is_(None)

# Those that no approval rule keeps for more, or for more than a store manager.
one_is_enough: ColumnElement[bool] = and_(reviews.c.level == 3, reviews.c.people == 1)

_accepted = select(reviews.c.operation_id).where(
    reviews.c.operation_id == outcomes.c.operation_id, reviews.c.accepted.is_(True)
)
# An operation whose effect is in the books: at once, or since somebody accepted it.
has_effect: ColumnElement[bool] = or_(
    outcomes.c.status == "applied",
    and_(outcomes.c.status == "review", _accepted.correlate(outcomes).exists()),
)

_settler = select(reviews.c.settled_by).where(reviews.c.operation_id == outcomes.c.operation_id)
# Whose effect it is: who signed it, and where nobody did, who accepted it.
answers_for: ColumnElement[int | None] = func.coalesce(
    outcomes.c.person_id, _settler.correlate(outcomes).scalar_subquery()
)
