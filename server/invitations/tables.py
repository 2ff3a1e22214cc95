from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from server.database import metadata

invitations = Table(
    "invitations",
    metadata,
    # SHA-256 of what stands in the link: a stolen copy of the database lets nobody in.
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("made_by", ForeignKey("people.id"), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    # When it was accepted, or replaced by a newer one.
    Column("ended_at", BigInteger, nullable=True),
    # The phone that came in with it.
    Column("device_id", ForeignKey("devices.id"), nullable=True),
)
