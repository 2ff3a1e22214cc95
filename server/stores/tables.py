from sqlalchemy import BigInteger, CheckConstraint, Column, Float, ForeignKey, Integer, String, Table

from server.database import metadata

areas = Table(
    "areas",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name_en", String(80), nullable=False, unique=True),
    Column("name_zh", String(80), nullable=False),
)

stores = Table(
    "stores",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("name_en", String(80), nullable=False),
    Column("name_zh", String(80), nullable=False),
    Column("area_id", ForeignKey("areas.id"), nullable=False, index=True),
    Column("latitude", Float, CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"), nullable=False),
    Column("longitude", Float, CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("archived_at", BigInteger, nullable=True),
)

# Who lends to whom, nearest first: these stores' stock is on the phones of `store_id`.
neighbours = Table(
    "neighbours",
    metadata,
    Column("store_id", ForeignKey("stores.id"), primary_key=True),
    Column("neighbour_id", ForeignKey("stores.id"), primary_key=True),
    Column("distance_m", Integer, CheckConstraint("distance_m >= 0", name="distance_not_negative"), nullable=False),
    CheckConstraint("store_id <> neighbour_id", name="nobody_is_their_own_neighbour"),
)
