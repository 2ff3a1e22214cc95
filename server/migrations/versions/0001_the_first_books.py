"""The first books"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "areas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("name_en", name=op.f("uq_areas_name_en")),
    )
    op.create_table(
        "assortments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assortments")),
        sa.UniqueConstraint("name", name=op.f("uq_assortments_name")),
    )
    op.create_table(
        "buckets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("sum_a", sa.BigInteger(), nullable=False),
        sa.Column("sum_b", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buckets")),
        sa.UniqueConstraint("name", name=op.f("uq_buckets_name")),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )
    op.create_table(
        "failed_sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tried", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_ins")),
    )
    with op.batch_alter_table("failed_sign_ins", schema=None) as batch_op:
        batch_op.create_index("ix_failed_sign_ins_tried_at", ["tried", "at"], unique=False)

    op.create_table(
        "items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=32), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=80), server_default="", nullable=False),
        sa.Column("unit", sa.String(length=4), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("tracks_lot", sa.Boolean(create_constraint=True, name="tracks_lot_is_bool"), nullable=False),
        sa.Column("tracks_expiry", sa.Boolean(create_constraint=True, name="tracks_expiry_is_bool"), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column(
            "sort_en",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "sort_zh",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("name_en <> '' OR name_zh <> ''", name=op.f("ck_items_item_has_a_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sa.UniqueConstraint("sku", name=op.f("uq_items_sku")),
    )
    op.create_table(
        "assortment_items",
        sa.Column("assortment_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assortment_id"], ["assortments.id"], name=op.f("fk_assortment_items_assortment_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_assortment_items_item_id")),
        sa.PrimaryKeyConstraint("assortment_id", "item_id", name=op.f("pk_assortment_items")),
    )
    with op.batch_alter_table("assortment_items", schema=None) as batch_op:
        batch_op.create_index("ix_assortment_items_item_id", ["item_id"], unique=False)

    op.create_table(
        "barcodes",
        sa.Column("gtin", sa.String(length=14), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_barcodes_item_id")),
        sa.PrimaryKeyConstraint("gtin", name=op.f("pk_barcodes")),
    )
    with op.batch_alter_table("barcodes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_barcodes_item_id"), ["item_id"], unique=False)

    op.create_table(
        "clients",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("last_n", sa.BigInteger(), nullable=False),
        sa.Column("last_effective_at", sa.BigInteger(), nullable=False),
        sa.Column("empty_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("health", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_clients_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )
    op.create_table(
        "feed",
        sa.Column("bucket_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(create_constraint=True, name="gone_is_bool"), nullable=False),
        sa.ForeignKeyConstraint(["bucket_id"], ["buckets.id"], name=op.f("fk_feed_bucket_id")),
        sa.PrimaryKeyConstraint("bucket_id", "key", name=op.f("pk_feed")),
        sa.UniqueConstraint("bucket_id", "seq", name=op.f("uq_feed_bucket_id")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lots",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("expires_on", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_lots_item_id")),
        sa.PrimaryKeyConstraint("item_id", "code", name=op.f("pk_lots")),
    )
    op.create_table(
        "stores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_stores_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stores")),
        sa.UniqueConstraint("code", name=op.f("uq_stores_code")),
    )
    with op.batch_alter_table("stores", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stores_area_id"), ["area_id"], unique=False)

    op.create_table(
        "locations",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "id = store_id * 2 + CASE kind WHEN 'transit' THEN 1 ELSE 0 END", name=op.f("ck_locations_location_id")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_locations_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
    )
    op.create_table(
        "neighbours",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("neighbour_id", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.CheckConstraint("store_id <> neighbour_id", name=op.f("ck_neighbours_nobody_is_their_own_neighbour")),
        sa.ForeignKeyConstraint(["neighbour_id"], ["stores.id"], name=op.f("fk_neighbours_neighbour_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_neighbours_store_id")),
        sa.PrimaryKeyConstraint("store_id", "neighbour_id", name=op.f("pk_neighbours")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_people_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("username", name=op.f("uq_people_username")),
    )
    op.create_table(
        "store_assortments",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("assortment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assortment_id"], ["assortments.id"], name=op.f("fk_store_assortments_assortment_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_store_assortments_store_id")),
        sa.PrimaryKeyConstraint("store_id", "assortment_id", name=op.f("pk_store_assortments")),
    )
    op.create_table(
        "balances",
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(length=20), server_default="", nullable=False),
        sa.Column("on_hand", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("in_transit_in", sa.BigInteger(), nullable=False),
        sa.Column("in_transit_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_balances_item_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_balances_location_id")),
        sa.PrimaryKeyConstraint("location_id", "item_id", "lot", name=op.f("pk_balances")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("balances", schema=None) as batch_op:
        batch_op.create_index("ix_balances_item_id", ["item_id"], unique=False)

    op.create_table(
        "device_keys",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_device_keys_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_device_keys_person_id")),
        sa.PrimaryKeyConstraint("device_id", "person_id", name=op.f("pk_device_keys")),
    )
    op.create_table(
        "outcomes",
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.Column("repeats", sa.Boolean(create_constraint=True, name="repeats_is_bool"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("v", sa.Integer(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("booked_at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("review", sa.Boolean(create_constraint=True, name="review_is_bool"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("now", sa.JSON(), nullable=True),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("traceback", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_outcomes_client_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_outcomes_person_id")),
        sa.PrimaryKeyConstraint("client_id", "n", name=op.f("pk_outcomes")),
    )
    with op.batch_alter_table("outcomes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outcomes_open",
            ["status"],
            unique=False,
            sqlite_where=sa.text("review"),
            postgresql_where=sa.text("review"),
        )
        batch_op.create_index("ix_outcomes_person_id", ["person_id", "booked_at"], unique=False)
        batch_op.create_index(
            "uq_outcomes_operation_id",
            ["operation_id"],
            unique=True,
            sqlite_where=sa.text("NOT repeats"),
            postgresql_where=sa.text("NOT repeats"),
        )

    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("level < 4 OR store_id IS NULL", name=op.f("ck_roles_areas_have_area_managers")),
        sa.CheckConstraint("store_id IS NULL OR area_id IS NULL", name=op.f("ck_roles_store_or_area")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_roles_role_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_roles_area_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_roles_person_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_roles_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.create_index("ix_roles_person_id", ["person_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_sessions_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "transfers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("from_store_id", sa.Integer(), nullable=False),
        sa.Column("to_store_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("from_store_id <> to_store_id", name=op.f("ck_transfers_a_transfer_goes_somewhere")),
        sa.ForeignKeyConstraint(["from_store_id"], ["stores.id"], name=op.f("fk_transfers_from_store_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["people.id"], name=op.f("fk_transfers_requested_by")),
        sa.ForeignKeyConstraint(["to_store_id"], ["stores.id"], name=op.f("fk_transfers_to_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
    )
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.create_index("ix_transfers_from_store_id", ["from_store_id", "ended_at"], unique=False)
        batch_op.create_index("ix_transfers_to_store_id", ["to_store_id", "ended_at"], unique=False)

    op.create_table(
        "ledger",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(length=20), server_default="", nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("transfer_id", sa.String(length=36), nullable=True),
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("booked_at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_ledger_item_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_ledger_location_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ledger_person_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_ledger_transfer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("operation_id", "line", name=op.f("uq_ledger_operation_id")),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_item_location", ["item_id", "location_id", "effective_at"], unique=False)
        batch_op.create_index(
            "ix_ledger_transfer_id",
            ["transfer_id"],
            unique=False,
            sqlite_where=sa.text("transfer_id IS NOT NULL"),
            postgresql_where=sa.text("transfer_id IS NOT NULL"),
        )

    op.create_table(
        "transfer_events",
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.Column("transfer_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_transfer_events_person_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_transfer_events_store_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_transfer_events_transfer_id")),
        sa.PrimaryKeyConstraint("operation_id", name=op.f("pk_transfer_events")),
    )
    with op.batch_alter_table("transfer_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_events_transfer_id"), ["transfer_id"], unique=False)

    op.create_table(
        "transfer_lines",
        sa.Column("transfer_id", sa.String(length=36), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("requested", sa.BigInteger(), nullable=False),
        sa.Column("approved", sa.BigInteger(), nullable=True),
        sa.Column("dispatched", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("damaged", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_transfer_lines_item_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_transfer_lines_transfer_id")),
        sa.PrimaryKeyConstraint("transfer_id", "line", name=op.f("pk_transfer_lines")),
    )
    _refuse_changes_of_the_ledger()


def _refuse_changes_of_the_ledger() -> None:
    """A booked entry is neither changed nor deleted, whoever asks the database."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ledger_refuses_{verb.lower()} BEFORE {verb} ON ledger "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is immutable'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_of_ledger() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is immutable'; END $$"
    )
    op.execute(
        "CREATE TRIGGER ledger_refuses_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_ledger()"
    )
