from sqlalchemy import JSON, BigInteger, Column, ForeignKey, String, Table

from server.database import metadata

# Only what was chosen otherwise than `server.policies.values` says; who chose what before stands in the outcomes.
policies = Table(
    "policies",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", ForeignKey("people.id"), nullable=False),
)
