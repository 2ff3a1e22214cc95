from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from server.database import metadata

devices = Table(
    "devices",
    metadata,
    Column("id", String(36), primary_key=True),
    # SHA-256 of the long-lived cookie that names this browser.
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    # Since when nobody signs in on it; what was recorded there before may still be delivered.
    Column("blocked_at", BigInteger, nullable=True),
    # When somebody last said that work reported before then is known to be lost: it raises no alarm any more.
    Column("settled_at", BigInteger, nullable=True),
)

# One HMAC-SHA-256 key for each person on each device; kept as it is, for the hub must verify with it.
device_keys = Table(
    "device_keys",
    metadata,
    Column("device_id", ForeignKey("devices.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("secret", LargeBinary(32), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
