from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from server.database import metadata

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String(64), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("locale", String(2), CheckConstraint("locale IN ('en', 'zh')", name="locale_known"), nullable=False),
    # The store whose shelves this person sees first; chosen among the stores of their roles.
    Column("store_id", ForeignKey("stores.id"), nullable=True),
    Column("archived_at", BigInteger, nullable=True),
    # Set for a password that somebody else has seen: it opens one session, and none after this moment.
    Column("password_expires_at", BigInteger, nullable=True),
)

# A level for a store, for an area, or (both empty) for the whole chain. Never changed: ended and written anew.
roles = Table(
    "roles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("level", Integer, CheckConstraint("level BETWEEN 1 AND 5", name="level_known"), nullable=False),
    Column("store_id", ForeignKey("stores.id"), nullable=True),
    Column("area_id", ForeignKey("areas.id"), nullable=True),
    Column("valid_from", BigInteger, nullable=False),
    Column("valid_to", BigInteger, nullable=True),
    CheckConstraint("store_id IS NULL OR area_id IS NULL", name="store_or_area"),
    CheckConstraint("level < 4 OR store_id IS NULL", name="areas_have_area_managers"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="role_ends_after_it_begins"),
    Index("ix_roles_person_id", "person_id"),
)

sessions = Table(
    "sessions",
    metadata,
    # SHA-256 of the cookie: a stolen copy of the database opens no session.
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("device_id", ForeignKey("devices.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

# One row a refused attempt, by what was tried ("person:ada", "address:10.0.0.7"); old ones are swept.
failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("tried", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_failed_sign_ins_tried_at", "tried", "at"),
)
