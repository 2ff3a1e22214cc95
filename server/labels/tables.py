from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from server.database import metadata

# How many numbers of a company prefix were given out: the place of the next one.
parcel_numbers = Table(
    "parcel_numbers",
    metadata,
    Column("prefix", String(12), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

# Who was given which of them; named by the form that asked, so that a form sent twice is given the same.
parcel_batches = Table(
    "parcel_batches",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("prefix", String(12), nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("store_id", ForeignKey("stores.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    # The transfer whose goods they are for.
    Column("transfer_id", ForeignKey("transfers.id"), nullable=True),
    Column("given_at", BigInteger, nullable=False),
)
