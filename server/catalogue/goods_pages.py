from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from urllib.parse import urlencode

from sqlalchemy import func, select

from server.admin.listing import ListingView
from server.admin.pages import AdminFrame, admin_frame
from server.catalogue.goods_forms import ItemForm, item_form, shown_item, typed_item
from server.catalogue.goods_history import HistoryRow, OldItem, history_rows, old_items
from server.catalogue.goods_listing import goods_asked, goods_listing, history_of
from server.catalogue.minding import whole_items
from server.catalogue.tables import assortments, barcodes, items
from server.ledger.tables import balances, ledger
from server.page_frame import Problem
from server.visits import Visit
from sync.forms import one
from sync.shelf import name_in, other_name_in, printed_gtin

LATELY_ROWS = 8


class Named(TypedDict):
    id: int
    name: str


class GoodsRow(TypedDict):
    """`state` is "sold", "archived" or "merged"; `gtin` is one of the barcodes as printed, `more` counts others."""

    id: int
    sku: str
    name: str
    other_name: str
    brand: str
    gtin: str
    more: int
    price_cents: int
    unit: str
    state: str


class GoodsListPage(TypedDict):
    """`/admin/items`. `assortment` is the chosen one, 0 where none is; ticked goods are brought in and out of one.

    `here` is the address of this very page of the list; `wider` leads to what a search by beginnings has left out.
    """

    admin: AdminFrame
    here: str
    operation_id: str
    listing: ListingView
    wider: str
    rows: list[GoodsRow]
    assortments: list[Named]
    assortment: int
    ticked: list[int]
    problem: Problem | None


class Ranged(TypedDict):
    id: int
    name: str
    carried: bool


class StoreUnits(TypedDict):
    """What a store holds of an item, over all lots."""

    store_id: int
    name: str
    on_hand: int
    reserved: int


class GoodsPage(TypedDict):
    """`/admin/items/<id>`, and `/admin/items/new` where `id` is 0.

    `form` is what the fields say, `was` what they said when the page was filled, `overtaken` what stands now in the one
    field that somebody else changed. `into` and `old` are items on both ends of merges.
    """

    admin: AdminFrame
    operation_id: str
    id: int
    title: str
    other_name: str
    state: str
    archived_at: int
    unit: str
    form: ItemForm
    was: ItemForm
    overtaken: str
    barcodes: list[str]
    typed_barcodes: str
    assortments: list[Ranged]
    stock: list[StoreUnits]
    on_hand: int
    into: OldItem | None
    old: list[OldItem]
    lately: list[HistoryRow]
    problem: Problem | None


async def goods_list_page(visit: Visit) -> GoodsListPage | None:
    admin = await admin_frame(visit, "items")
    if admin is None:
        return None
    asked = await goods_asked(visit.connection, visit.fields)
    rows, listing = await goods_listing(visit.locale, asked.few).page(visit.connection, asked.query, visit.fields)
    chosen = listing["chosen"]["assortment"]
    return GoodsListPage(
        admin=admin,
        here=f"/admin/items?{urlencode(visit.fields, doseq=True)}",
        operation_id=visit.mint(),
        listing=listing,
        wider=f"/admin/items?{urlencode({**visit.fields, 'within': ['yes']}, doseq=True)}" if asked.narrow else "",
        rows=await goods_rows(visit, [row._asdict() for row in rows]),
        assortments=[Named(id=row["id"], name=row["name"]) for row in await _assortments(visit, ())],
        assortment=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0,
        ticked=[int(text) for text in (visit.form or {}).get("item", ()) if text.isascii() and text.isdigit()],
        problem=visit.problem,
    )


async def goods_page(visit: Visit, item: int) -> GoodsPage | None:
    admin = await admin_frame(visit, "items")
    row = (await whole_items(visit.connection, [item])).get(item)
    if admin is None or row is None:
        return None
    into = await old_items(visit, items.c.id == row["merged_into"])
    old = await old_items(visit, items.c.merged_into == item)
    stock = await stock_of(visit, item)
    newest = history_of([item, *(one["id"] for one in old)]).order_by(ledger.c.effective_at.desc(), ledger.c.id.desc())
    was = shown_item(row)
    edited = visit.form is not None and one(visit.form, "action") == "edit"
    return GoodsPage(
        admin=admin,
        operation_id=visit.mint(),
        id=item,
        title=name_in(visit.locale, row),
        other_name=other_name_in(visit.locale, row),
        state=state_of(row),
        archived_at=row["archived_at"] or 0,
        unit=row["unit"],
        form=typed_item(visit.form) if edited and visit.form else was,
        was=was,
        overtaken=_overtaken(visit.problem),
        barcodes=[printed_gtin(gtin) for gtin in row["gtins"]],
        typed_barcodes=one(visit.form or {}, "gtin"),
        assortments=await _assortments(visit, row["assortments"]),
        stock=stock,
        on_hand=sum(one["on_hand"] for one in stock),
        into=into[0] if into else None,
        old=old,
        lately=await history_rows(visit, list(await visit.connection.execute(newest.limit(LATELY_ROWS)))),
        problem=await named(visit, visit.problem),
    )


async def goods_new_page(visit: Visit) -> GoodsPage | None:
    admin = await admin_frame(visit, "items")
    if admin is None:
        return None
    empty = item_form(dict.fromkeys(ItemForm.__annotations__, "") | {"unit": "each"})
    chosen = [int(text) for text in (visit.form or visit.fields).get("assortment", ()) if text.isdigit()]
    return GoodsPage(
        admin=admin,
        operation_id=visit.mint(),
        id=0,
        title="",
        other_name="",
        state="sold",
        archived_at=0,
        unit="each",
        form=typed_item(visit.form) if visit.form is not None else empty,
        was=empty,
        overtaken="",
        barcodes=[],
        typed_barcodes=one(visit.form or {}, "barcodes"),
        assortments=await _assortments(visit, chosen),
        stock=[],
        on_hand=0,
        into=None,
        old=[],
        lately=[],
        problem=await named(visit, visit.problem),
    )


async def goods_rows(visit: Visit, rows: Sequence[Mapping[str, Any]]) -> list[GoodsRow]:
    codes: dict[int, list[str]] = {}
    coded = select(barcodes).where(barcodes.c.item_id.in_([row["id"] for row in rows])).order_by(barcodes.c.gtin)
    for code in await visit.connection.execute(coded):
        codes.setdefault(code.item_id, []).append(printed_gtin(code.gtin))
    return [
        GoodsRow(
            id=row["id"],
            sku=row["sku"],
            name=name_in(visit.locale, row),
            other_name=other_name_in(visit.locale, row),
            brand=row["brand"],
            gtin=codes.get(row["id"], [""])[0],
            more=max(0, len(codes.get(row["id"], [])) - 1),
            price_cents=row["price_cents"],
            unit=row["unit"],
            state=state_of(row),
        )
        for row in rows
    ]


def state_of(row: Mapping[str, Any]) -> str:
    if row["merged_into"]:
        return "merged"
    return "sold" if row["archived_at"] is None else "archived"


async def stock_of(visit: Visit, item: int) -> list[StoreUnits]:
    """Of every store that has or had some, most first."""
    sums = (func.sum(balances.c.on_hand), func.sum(balances.c.reserved))
    query = select(balances.c.location_id, *sums).where(balances.c.item_id == item).group_by(balances.c.location_id)
    rows = [row for row in await visit.connection.execute(query) if row[0] % 2 == 0 and (row[1] or row[2])]
    return [
        StoreUnits(
            store_id=location // 2,
            name=name_in(visit.locale, visit.chain.stores[location // 2]),
            on_hand=int(on_hand),
            reserved=int(reserved),
        )
        for location, on_hand, reserved in sorted(rows, key=lambda row: (-row[1], row[0]))
    ]


async def named(visit: Visit, problem: Problem | None) -> Problem | None:
    """The problem with the names of the items it speaks of, for a sentence."""
    number = problem["params"].get("item") if problem else None
    if problem is None or not isinstance(number, int):
        return problem
    known = (await whole_items(visit.connection, [number])).get(number)
    name = f"{name_in(visit.locale, known)} ({known['sku']})" if known else f"#{number}"
    return Problem(code=problem["code"], params={**problem["params"], "item": name})


async def _assortments(visit: Visit, carried: Sequence[int]) -> list[Ranged]:
    rows = await visit.connection.execute(select(assortments).order_by(assortments.c.name))
    return [Ranged(id=row.id, name=row.name, carried=row.id in carried) for row in rows]


def _overtaken(problem: Problem | None) -> str:
    field = problem["params"]["field"] if problem and problem["code"] == "field_overtaken" else ""
    return "price" if field == "price_cents" else str(field)
