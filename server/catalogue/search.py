"""Finds items of the reader's store: by barcode, by SKU, by words."""

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import barcodes, items
from server.visits import Visit
from sync.formats import fold
from sync.gs1 import what_is
from sync.gs1_measures import sought
from sync.shelf import MOST_COUNTED, ROWS_A_PAGE, page_window, search_words

# A store that carries more is asked item by item: to read what it carries would take longer.
SHORT = 100_000


async def item_by_code(visit: Visit, code: str) -> int | None:
    """The item that the reader's store carries with this barcode or, whatever its case and spacing, this SKU.

    A number that the store printed itself, with a weight or price in it, finds the item listed without.
    """
    meaning = what_is(code)
    for gtin in sought(meaning["gtin"]) if "gtin" in meaning else ():
        coded = select(items.c.id).join(barcodes, barcodes.c.item_id == items.c.id)
        item = await visit.connection.scalar(coded.where(barcodes.c.gtin == gtin, visit.ranged()))
        if item is not None:
            return int(item)
    wanted = fold(meaning["text"])
    if not wanted or "\0" in wanted:
        return None
    text = meaning["text"]
    found = await _with_sku(visit, wanted, items.c.sku.in_(sorted({text, text.upper(), text.lower()})))
    if found is None and await _is_short(visit):
        # The SKU is the last word of what search looks in: found too where somebody typed it with other spaces.
        found = await _with_sku(visit, wanted, items.c.folded.endswith(f" {wanted}", autoescape=True))
    return found


async def _with_sku(visit: Visit, wanted: str, likely: ColumnElement[bool]) -> int | None:
    columns = (items.c.id, items.c.sku, items.c.merged_into)
    for row in await visit.connection.execute(select(*columns).where(likely, visit.ranged())):
        if fold(row.sku) == wanted:
            return int(row.id) if row.merged_into is None else await _carried(visit, row.merged_into)
    return None


async def _is_short(visit: Visit) -> bool:
    """Whether the store carries few enough goods to be read whole."""
    some = visit.carried().limit(SHORT + 1).subquery()
    return (await visit.connection.scalar(select(func.count()).select_from(some)) or 0) <= SHORT


async def _carried(visit: Visit, item: int) -> int | None:
    """What an item was merged into, where the store carries that too."""
    return await visit.connection.scalar(select(items.c.id).where(items.c.id == item, visit.ranged()))


async def merged_into(connection: AsyncConnection, item: int) -> int | None:
    """The item that this one turned out to be; None for one that stands for itself."""
    return await connection.scalar(select(items.c.merged_into).where(items.c.id == item))


async def search_items(visit: Visit, q: str, page: str) -> tuple[list[int], int, dict[str, int]]:
    """Ids of one page of items, how many there are, and the page's window.

    An item whose barcode or SKU `q` is stands alone; archived items are left out.
    """
    exact = await item_by_code(visit, q)
    on_sale = and_(items.c.archived_at.is_(None), visit.ranged())
    if exact is not None and await visit.connection.scalar(select(items.c.id).where(items.c.id == exact, on_sale)):
        return [exact], 1, page_window(page, 1)
    short = await _is_short(visit)
    found = (
        and_(items.c.archived_at.is_(None), items.c.id.in_(visit.carried()), says(q))
        if short
        else and_(on_sale, says(q))
    )
    counted = select(items.c.id).where(found).limit(MOST_COUNTED + 1).subquery()
    total = await visit.connection.scalar(select(func.count()).select_from(counted)) or 0
    window = page_window(page, total)
    by = items.c.sort_zh if visit.locale == "zh" else items.c.sort_en
    # A long list is read along its order until the page is full. What was sought, or stands in a short one, is found
    # first and sorted then: no index is known of the order.
    order = by if not (short or search_words(q)) else func.coalesce(by, by)
    query = select(items.c.id).where(found).order_by(order, items.c.id).limit(ROWS_A_PAGE).offset(window["offset"])
    return list((await visit.connection.scalars(query)).all()), total, window


def says(q: str) -> ColumnElement[bool]:
    """Every word of `q` stands in the names, the brand or the SKU."""
    # No name holds the character that PostgreSQL cannot be asked about.
    words = (word.replace("\0", "\ufffd") for word in search_words(q))
    return and_(true(), *(items.c.folded.contains(word, autoescape=True) for word in words))
