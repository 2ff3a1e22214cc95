from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from server.database import Ordered, metadata

items = Table(
    "items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sku", String(32), nullable=False, unique=True),
    Column("name_en", String(200), nullable=False),
    Column("name_zh", String(200), nullable=False),
    Column("brand", String(80), nullable=False, server_default=""),
    # Quantities are whole numbers of this unit; 1.25 kg of cheese is 1250 g.
    Column("unit", String(4), CheckConstraint("unit IN ('each', 'g', 'ml')", name="unit_known"), nullable=False),
    # Per piece, or per kilogram or litre where the unit is g or ml.
    Column("price_cents", Integer, CheckConstraint("price_cents >= 0", name="price_not_negative"), nullable=False),
    Column("tracks_lot", Boolean(create_constraint=True, name="tracks_lot_is_bool"), nullable=False),
    Column("tracks_expiry", Boolean(create_constraint=True, name="tracks_expiry_is_bool"), nullable=False),
    # What search looks in (both names, brand, SKU, folded), and what lists are sorted by in each language. Pinyin is
    # made when the name is written and travels: phones sort by it and cannot make it.
    Column("folded", Text, nullable=False),
    Column("sort_en", Ordered, nullable=False),
    Column("sort_zh", Ordered, nullable=False),
    Column("archived_at", BigInteger, nullable=True),
    # The item that this one turned out to be: its codes, its stock and every link to it lead there.
    Column("merged_into", ForeignKey("items.id"), nullable=True),
    CheckConstraint("name_en <> '' OR name_zh <> ''", name="item_has_a_name"),
    # Long lists are turned by key, in each language.
    Index("ix_items_sort_en", "sort_en", "id"),
    Index("ix_items_sort_zh", "sort_zh", "id"),
    Index(
        "ix_items_archived_at",
        "archived_at",
        sqlite_where=text("archived_at IS NOT NULL"),
        postgresql_where=text("archived_at IS NOT NULL"),
    ),
    Index(
        "ix_items_merged_into",
        "merged_into",
        sqlite_where=text("merged_into IS NOT NULL"),
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
)

barcodes = Table(
    "barcodes",
    metadata,
    Column("gtin", String(14), CheckConstraint("length(gtin) = 14", name="gtin_has_14_digits"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), nullable=False, index=True),
    # Kept in the order of its key itself: one tree to write instead of two.
    sqlite_with_rowid=False,
)

assortments = Table(
    "assortments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
)

assortment_items = Table(
    "assortment_items",
    metadata,
    Column("assortment_id", ForeignKey("assortments.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Index("ix_assortment_items_item_id", "item_id"),
)

store_assortments = Table(
    "store_assortments",
    metadata,
    Column("store_id", ForeignKey("stores.id"), primary_key=True),
    Column("assortment_id", ForeignKey("assortments.id"), primary_key=True),
)

# One row: how often the books of goods were changed (items, their barcodes, assortments and what is in them).
goods_version = Table(
    "goods_version",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_one"), primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)
