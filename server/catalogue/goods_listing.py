"""Lists of goods for administration, of a million items too: sorted along an index, turned by key, searched by code."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.listing import Listing
from server.catalogue.search import says
from server.catalogue.spelling import chinese_order
from server.catalogue.tables import assortment_items, barcodes, items
from server.ledger.tables import ledger, locations
from server.people.tables import people
from sync.formats import fold, sort_key
from sync.forms import Fields, one
from sync.gs1 import what_is
from sync.shelf import search_asked

# Fewer digits are part of a name sooner than the beginning of a barcode.
LEAST_DIGITS = 4
# How the 14 digits of a barcode begin before what is printed under the bars: ITF-14, EAN-13, UPC-A, EAN-8.
BEFORE_PRINTED = ("", "0", "00", "000000")
# Goods up to here are read one by one for a word, in less time than somebody waits.
LONG = 100_000
# An assortment up to here is read whole; of a larger one it is asked item by item, until the page is full.
SPARSE = 20_000
# After every letter there is.
LAST = "\U0010ffff"


def goods_listing(locale: str, few: bool) -> Listing:
    """By name in the reader's language. `goods_asked` says what an address chooses, and whether that is `few`.

    Many are read along the index of their order until the page is full; few are found first and sorted then.
    """
    order = {"name": items.c.sort_zh if locale == "zh" else items.c.sort_en, "sku": items.c.sku, "new": items.c.id}
    return Listing(
        path="/admin/items",
        unique=items.c.id,
        sorts={name: _by_itself(column) if few else column for name, column in order.items()},
        filters=dict.fromkeys(("state", "assortment", "within"), lambda _text: None),
        falling=frozenset({"new"}),
    )


def _by_itself(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same, but no index is known of it."""
    return func.coalesce(column, column)


class GoodsAsked(NamedTuple):
    """`narrow` where only the beginnings of names were looked at, `few` as `goods_listing` wants to know."""

    query: Select[Any]
    narrow: bool
    few: bool


async def goods_asked(connection: AsyncConnection, fields: Fields) -> GoodsAsked:
    """The goods that an address chooses: by `?state=`, `?assortment=` (0: in none) and what `?q=` says.

    That is a barcode or its beginning, a SKU, or words. In a long list words are the beginning of a name, which an
    index knows; `?within=yes` reads every name for them, in a time that grows with the list.
    """
    names = ("id", "sku", "name_en", "name_zh", "brand", "unit", "price_cents", "archived_at", "merged_into")
    query = select(*(items.c[name] for name in names))
    state, assortment = one(fields, "state"), one(fields, "assortment")
    few = state in ("archived", "merged")
    if (chosen := _in_state(state)) is not None:
        query = query.where(chosen)
    if assortment.isascii() and assortment.isdigit() and len(assortment) < 10:
        sparse = await _is_sparse(connection, int(assortment))
        query, few = query.where(_in_assortment(int(assortment), sparse)), few or sparse
    q = " ".join(search_asked(one(fields, "q")).replace("\0", " ").split())
    if not q:
        return GoodsAsked(query, False, few)
    narrow = one(fields, "within") != "yes" and (await connection.scalar(select(func.max(items.c.id))) or 0) > LONG
    if narrow:
        # Each way to find one along an index of its own; joined by "or" they would be asked of every item.
        ways = union(*(select(items.c.id).where(way) for way in (*_named_like(q), *_with_code(q)))).subquery()
        return GoodsAsked(query.where(items.c.id.in_(select(ways.c.id))), True, True)
    words = and_(*(_coded_or_said(word) for word in q.split()))
    return GoodsAsked(query.where(or_(words, *_with_code(q))), False, True)


async def _is_sparse(connection: AsyncConnection, assortment: int) -> bool:
    """Whether an assortment holds little enough to be read whole; 0 is what lies in none."""
    if not assortment:
        return True
    some = select(assortment_items.c.item_id).where(assortment_items.c.assortment_id == assortment)
    counted = select(func.count()).select_from(some.limit(SPARSE + 1).subquery())
    return (await connection.scalar(counted) or 0) <= SPARSE


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


def _named_like(q: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The name begins like that, in either language; a Chinese one by its sound, and then as it is written."""
    written = items.c.folded.contains(fold(q), autoescape=True)
    return _from(items.c.sort_en, sort_key(q)), and_(_from(items.c.sort_zh, chinese_order("", q)), written)


def _from(column: ColumnElement[str], key: str) -> ColumnElement[bool]:
    return and_(column >= key, column < key + LAST) if key else false()


def _coded_or_said(word: str) -> ColumnElement[bool]:
    return or_(says(word), *_with_code(word))


def _with_code(typed: str) -> list[ColumnElement[bool]]:
    """Goods whose barcode or SKU this is, or whose barcode begins so."""
    meaning = what_is(typed)
    digits = meaning["text"]
    found: list[ColumnElement[bool]] = [items.c.sku.in_(sorted({digits, digits.upper(), digits.lower()}))]
    if "gtin" in meaning:
        found.append(items.c.id.in_(_coded(barcodes.c.gtin == meaning["gtin"])))
    elif digits.isascii() and digits.isdigit() and LEAST_DIGITS <= len(digits) <= 14:
        begun = or_(*(_begins(before + digits) for before in BEFORE_PRINTED if len(before + digits) <= 14))
        found.append(items.c.id.in_(_coded(begun)))
    return found


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


def _in_assortment(assortment: int, sparse: bool) -> ColumnElement[bool]:
    ranged = select(assortment_items.c.item_id)
    here = assortment_items.c.item_id == items.c.id
    if not assortment:
        return ~ranged.where(here).correlate(items).exists()
    chosen = ranged.where(assortment_items.c.assortment_id == assortment)
    return items.c.id.in_(chosen) if sparse else chosen.where(here).correlate(items).exists()


def _at_store(text: str) -> ColumnElement[bool] | None:
    return locations.c.store_id == int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
