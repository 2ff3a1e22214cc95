from typing import TypedDict

from server.admin.pages import AdminFrame, admin_frame
from server.catalogue.goods_listing import goods_asked, goods_listing
from server.catalogue.goods_pages import GoodsRow, StoreUnits, goods_rows, named, stock_of
from server.catalogue.minding import Row, open_transfers_with, whole_items
from server.page_frame import Problem
from server.visits import Visit
from sync.forms import one
from sync.shelf import name_in, printed_gtin

PROPOSED_AT_MOST = 20


class MergePage(TypedDict):
    """`/admin/items/<id>/merge`: first the item that stays is looked for by `q`, then everything that moves is shown.

    `into` is the chosen one. `codes` and `stock` leave the old item, `gains` are the assortments that carry it and not
    yet the other one. `hindrance` is why it cannot be done now.
    """

    admin: AdminFrame
    operation_id: str
    item: GoodsRow
    into: GoodsRow | None
    q: str
    proposed: list[GoodsRow]
    codes: list[str]
    stock: list[StoreUnits]
    gains: int
    hindrance: Problem | None
    problem: Problem | None


async def merge_page(visit: Visit, item: int) -> MergePage | None:
    admin = await admin_frame(visit, "items")
    chosen = one(visit.form or visit.fields, "into")
    other = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0
    rows = await whole_items(visit.connection, [item, other])
    if admin is None or item not in rows:
        return None
    old, into = rows[item], rows.get(other)
    shown = await goods_rows(visit, [row for row in (old, into) if row is not None])
    q = one(visit.fields, "q")
    return MergePage(
        admin=admin,
        operation_id=visit.mint(),
        item=shown[0],
        into=shown[1] if into is not None else None,
        q=q,
        proposed=[] if into is not None else await _proposed(visit, q or _first_words(visit, old), item),
        codes=[printed_gtin(gtin) for gtin in old["gtins"]],
        stock=await stock_of(visit, item),
        gains=0 if into is None else len(set(old["assortments"]) - set(into["assortments"])),
        hindrance=None if into is None else await named(visit, await _hindrance(visit, old, into)),
        problem=await named(visit, visit.problem),
    )


async def _hindrance(visit: Visit, old: Row, into: Row) -> Problem | None:
    """What the rule would say, told before somebody tries."""
    if old["id"] == into["id"]:
        return Problem(code="same_item", params={})
    if old["merged_into"] not in (None, into["id"]):
        return Problem(code="item_merged", params={"item": old["id"]})
    if into["merged_into"] is not None:
        return Problem(code="item_merged", params={"item": into["id"]})
    if into["archived_at"] is not None:
        return Problem(code="item_archived", params={"item": into["id"]})
    if old["unit"] != into["unit"]:
        return Problem(code="units_differ", params={})
    under_way = await open_transfers_with(visit.connection, old["id"])
    return Problem(code="item_under_way", params={"item": old["id"], "transfers": under_way}) if under_way else None


async def _proposed(visit: Visit, q: str, item: int) -> list[GoodsRow]:
    """Goods on sale that are called alike, few enough to choose from."""
    fields = {"q": [q], "state": ["sold"]}
    asked = await goods_asked(visit.connection, fields)
    rows, _listing = await goods_listing(visit.locale, asked.few).page(visit.connection, asked.query, fields)
    others = [row._asdict() for row in rows if row.id != item]
    return await goods_rows(visit, others[:PROPOSED_AT_MOST])


def _first_words(visit: Visit, row: Row) -> str:
    """The beginning of the name, for a doubled item is called nearly alike."""
    return " ".join(name_in(visit.locale, row).split()[:2])
