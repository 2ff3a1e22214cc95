from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from server.database import BigId, metadata

STATUSES = ("applied", "review", "refused", "already", "parked", "void")

# One row an outbox: a browser's queue, whoever works on it.
clients = Table(
    "clients",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("device_id", ForeignKey("devices.id"), nullable=True),
    # The highest n whose result is stored: results form a gap-free prefix 1..last_n.
    Column("last_n", BigInteger, nullable=False),
    # Effective time of operation last_n: a later one cannot have happened before it.
    Column("last_effective_at", BigInteger, nullable=False),
    # When the hub last saw this outbox empty: what it sends later happened after that.
    Column("empty_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    # The phone's word about itself: {waiting, oldest_at, catalogue_at, release}.
    Column("health", JSON, nullable=True),
    Index("ix_clients_device_id", "device_id"),
)

# Every operation with what became of it, at its number in its outbox. Kept for ever: it is how a repeat is known.
outcomes = Table(
    "outcomes",
    metadata,
    Column("client_id", ForeignKey("clients.id"), primary_key=True),
    Column("n", BigInteger, CheckConstraint("n > 0", name="n_counts_from_one"), primary_key=True),
    Column("operation_id", String(36), nullable=False),
    # This number repeats an id that is booked elsewhere (an outbox that came back from a backup was renumbered).
    Column("repeats", Boolean(create_constraint=True, name="repeats_is_bool"), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("v", Integer, nullable=False),
    Column("args", JSON, nullable=False),
    # The phone's own clock, and what the hub makes of it. All times are milliseconds since 1970, UTC.
    Column("at", BigInteger, nullable=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("booked_at", BigInteger, nullable=False),
    # Who signed it; empty where no valid signature says so.
    Column("person_id", ForeignKey("people.id"), nullable=True),
    # SHA-256 over what was signed: the same id with other content is another operation.
    Column("content_hash", String(64), nullable=False),
    Column("status", String(8), CheckConstraint(f"status IN {STATUSES}", name="outcome_status"), nullable=False),
    # Somebody who may must look at it; with status `review` it has no effect until then.
    Column("review", Boolean(create_constraint=True, name="review_is_bool"), nullable=False),
    Column("code", String(40), nullable=True),
    Column("params", JSON, nullable=False),
    # What the winner left behind, for one who came second.
    Column("now", JSON, nullable=True),
    Column("heads", JSON, nullable=False),
    Column("traceback", Text, nullable=True),
    # The earlier operation that it stands on, as its phone said.
    Column("dep", String(36), nullable=True),
    Index(
        "uq_outcomes_operation_id",
        "operation_id",
        unique=True,
        sqlite_where=text("NOT repeats"),
        postgresql_where=text("NOT repeats"),
    ),
    Index("ix_outcomes_person_id", "person_id", "booked_at"),
    Index("ix_outcomes_open", "status", sqlite_where=text("review"), postgresql_where=text("review")),
    Index(
        "ix_outcomes_parked",
        "dep",
        sqlite_where=text("status = 'parked'"),
        postgresql_where=text("status = 'parked'"),
    ),
)

# Who looked at a parked operation, and what became of it: `why` stands where it was dropped, `traceback` is what it had
# been parked for.
second_looks = Table(
    "second_looks",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("operation_id", String(36), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    # The operator's name on the hub's machine: who works there need not be one of the staff.
    Column("by", String(80), nullable=False),
    Column("became", String(8), nullable=False),
    Column("why", Text, nullable=True),
    Column("traceback", Text, nullable=True),
)

# An operation under its first number. Spelled as its index is, or SQLite reads the whole table instead; without a type,
# for a boolean is written as `= 1` there.
booked_first: ColumnElement[bool] = literal_column("NOT outcomes.repeats")

# Files that come in have an outbox a kind. Their lines are no work of whoever brought them, and on nobody's phone.
FILE_CLIENTS = {kind: str(uuid5(NAMESPACE_URL, f"stockhand:file:{kind}")) for kind in ("chain", "stock", "movements")}
# The outbox of what the hub does by itself.
HUB_CLIENT = str(uuid5(NAMESPACE_URL, "stockhand:hub"))
NOT_BY_HAND = frozenset({*FILE_CLIENTS.values(), HUB_CLIENT})
by_hand = outcomes.c.client_id.not_in(sorted(NOT_BY_HAND))

# A set of rows that a phone holds or does not hold as a whole.
buckets = Table(
    "buckets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    # A new one means: forget what you have of this bucket.
    Column("epoch", String(36), nullable=False),
    # A dense counter, raised only while the row is locked; see sync/PROTOCOL.md.
    Column("head", BigInteger, nullable=False),
    # Changes up to here may have lost their tombstones: a cursor below it starts anew.
    Column("floor", BigInteger, nullable=False),
    # Order-free checksum over the live rows' (key, version), two lanes of 32 bits.
    Column("sum_a", BigInteger, nullable=False),
    Column("sum_b", BigInteger, nullable=False),
)

# One row a bucket and key: always compact. A tombstone is the same row with `gone`.
feed = Table(
    "feed",
    metadata,
    Column("bucket_id", ForeignKey("buckets.id"), primary_key=True),
    Column("key", String(60), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("gone", Boolean(create_constraint=True, name="gone_is_bool"), nullable=False),
    UniqueConstraint("bucket_id", "seq"),
    # Kept in the order of its key itself: one tree to write instead of two.
    sqlite_with_rowid=False,
)

# How far each bucket was at a moment, once a day: what says which tombstones are old.
feed_marks = Table(
    "feed_marks",
    metadata,
    Column("bucket_id", ForeignKey("buckets.id"), primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("head", BigInteger, nullable=False),
)
