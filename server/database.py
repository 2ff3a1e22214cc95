"""The database: one metadata for every noun's tables, one writer on SQLite, any number on PostgreSQL."""

from sqlalchemy import BigInteger, Integer, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts only a column typed INTEGER by itself.
BigId = BigInteger().with_variant(Integer, "sqlite")

# Sorted by code point on every database, as phones do.
Ordered = String(400).with_variant(String(400, collation="C"), "postgresql")
