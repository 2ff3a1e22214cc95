"""Lists of goods for administration, of a million items too: sorted along an index, turned by key, searched by code."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from server.admin.listing import Listing
from server.catalogue.search import says
from server.catalogue.tables import assortment_items, barcodes, items
from server.ledger.tables import ledger, locations
from server.people.tables import people
from sync.gs1 import what_is

# Fewer digits are part of a name sooner than the beginning of a barcode.
LEAST_DIGITS = 4
# How the 14 digits of a barcode begin before what is printed under the bars: ITF-14, EAN-13, UPC-A, EAN-8.
BEFORE_PRINTED = ("", "0", "00", "000000")
STATES = ("sold", "archived", "merged")


def goods_listing(locale: str) -> Listing:
    """By name in the reader's language; `?state=` and `?assortment=` choose, `?q=` is words, a SKU or a barcode."""
    return Listing(
        path="/admin/items",
        unique=items.c.id,
        sorts={"name": items.c.sort_zh if locale == "zh" else items.c.sort_en, "sku": items.c.sku, "new": items.c.id},
        search=_word,
        filters={"state": _in_state, "assortment": _in_assortment},
        falling=frozenset({"new"}),
    )


def listed_goods() -> Select[Any]:
    names = ("id", "sku", "name_en", "name_zh", "brand", "unit", "price_cents", "archived_at", "merged_into")
    return select(*(items.c[name] for name in names))


def history_listing(item: int) -> Listing:
    """What happened to an item, newest first."""
    return Listing(
        path=f"/admin/items/{item}/history",
        unique=ledger.c.id,
        sorts={"at": ledger.c.effective_at},
        filters={"store": _at_store},
        falling=frozenset({"at"}),
    )


def history_of(ids: list[int]) -> Select[Any]:
    """Entries of the items with the store they were booked at and who signed them."""
    columns = ("item_id", "lot", "delta", "kind", "reason", "transfer_id", "effective_at")
    told = (locations.c.store_id, locations.c.kind.label("place"), people.c.name.label("by"))
    joined = ledger.join(locations).outerjoin(people, people.c.id == ledger.c.person_id)
    return select(*(ledger.c[name] for name in columns), *told).select_from(joined).where(ledger.c.item_id.in_(ids))


def _word(word: str) -> ColumnElement[bool]:
    meaning = what_is(word)
    if "gtin" in meaning:
        return or_(items.c.id.in_(_coded(barcodes.c.gtin == meaning["gtin"])), says(word))
    digits = meaning["text"]
    if digits.isascii() and digits.isdigit() and LEAST_DIGITS <= len(digits) <= 14:
        begun = or_(*(_begins(before + digits) for before in BEFORE_PRINTED if len(before + digits) <= 14))
        return or_(items.c.id.in_(_coded(begun)), says(word))
    return says(word)


def _begins(digits: str) -> ColumnElement[bool]:
    # A range, for both databases find its ends in the key whatever their collation makes of LIKE.
    return barcodes.c.gtin.between(digits.ljust(14, "0"), digits.ljust(14, "9"))


def _coded(condition: ColumnElement[bool]) -> Select[int]:
    return select(barcodes.c.item_id).where(condition)


def _in_state(text: str) -> ColumnElement[bool] | None:
    """Everything where nothing is chosen: an old item is looked for as often as a new one."""
    if text == "sold":
        return items.c.archived_at.is_(None)
    if text == "archived":
        return and_(items.c.archived_at.is_not(None), items.c.merged_into.is_(None))
    return items.c.merged_into.is_not(None) if text == "merged" else None


def _in_assortment(text: str) -> ColumnElement[bool] | None:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    chosen = select(assortment_items.c.item_id)
    # 0 asks for what no store carries.
    return (
        items.c.id.in_(chosen.where(assortment_items.c.assortment_id == int(text)))
        if int(text)
        else ~items.c.id.in_(chosen)
    )


def _at_store(text: str) -> ColumnElement[bool] | None:
    return locations.c.store_id == int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
