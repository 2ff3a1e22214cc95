from sqlalchemy import BigInteger, Column, ForeignKey, Table

from server.database import metadata

# Who was led to the tour: nobody is led there twice.
tours = Table(
    "tours",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("led_at", BigInteger, nullable=False),
)
