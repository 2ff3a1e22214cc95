"""The pages on which goods are minded."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import select

from server.admin.booking import Booking, number, numbers, take_form
from server.admin.csv_answer import csv_answer
from server.admin.powers import powers_of
from server.catalogue.goods_forms import edits, new_item_args, shown_price
from server.catalogue.goods_history import history_page
from server.catalogue.goods_listing import goods_asked, goods_listing
from server.catalogue.goods_pages import goods_list_page, goods_new_page, goods_page, state_of
from server.catalogue.merge_page import merge_page
from server.catalogue.tables import items
from server.people.sessions import Who
from server.refusals import Refusal
from server.staff_pages import Asked, address_fields, show, visit_of
from sync.forms import Fields, one
from sync.gs1 import what_is

LIST, ITEM, MERGE = "admin/items.html", "admin/item.html", "admin/item_merge.html"


@get("/admin/items", summary="Goods: by name, SKU or barcode, by assortment, by whether they are sold")
async def goods_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, LIST, goods_list_page)


@post("/admin/items", summary="Brings ticked goods into an assortment, or takes them out")
async def goods_range(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        chosen = numbers(fields, "item")
        if not chosen:
            raise Refusal("field_missing", field="item")
        way = "out" if one(fields, "way") == "out" else "in"
        args = {"assortment": number(fields, "into"), "items": chosen, "way": way}
        await booking.book("assortment.range", args)
        return f"/admin/items?{urlencode(address_fields(request), doseq=True)}"

    return await take_form(request, who, LIST, goods_list_page, act)


@get("/admin/items/export.csv", summary="The same list as a file, all of it")
async def goods_export(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        may = (await powers_of(visit)).administers
        asked = await goods_asked(connection, visit.fields)
    if not may:
        return await show(request, who, LIST, goods_list_page)
    header = ["sku", "name_en", "name_zh", "brand", "unit", "price", "state"]
    listing = goods_listing(visit.locale, asked.few)
    rows = listing.every(request.app.state.database, asked.query, visit.fields)
    return csv_answer("items", header, (_as_line(row) async for row in rows))


def _as_line(row: Any) -> list[Any]:
    price = shown_price(row.price_cents)
    return [row.sku, row.name_en, row.name_zh, row.brand, row.unit, price, state_of(row._mapping)]


@get("/admin/items/new", summary="The form for another item")
async def goods_new(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, ITEM, goods_new_page)


@post("/admin/items/new", summary="Adds an item")
async def goods_add(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        args = new_item_args(fields)
        await booking.book("item.add", args)
        async with request.app.state.database.reading() as connection:
            made = await connection.scalar(select(items.c.id).where(items.c.sku == args["sku"]))
        return f"/admin/items/{made}"

    return await take_form(request, who, ITEM, goods_new_page, act)


@get("/admin/items/{item:int}", summary="An item: its fields, codes, assortments, stock and what happened lately")
async def goods_show(request: Asked, who: NamedDependency[Who], item: FromPath[int]) -> Response[Any]:
    return await show(request, who, ITEM, partial(goods_page, item=item), "item")


@post("/admin/items/{item:int}", summary="Changes an item: a field, a barcode, an assortment, whether it is sold")
async def goods_change(request: Asked, who: NamedDependency[Who], item: FromPath[int]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        await _ACTIONS.get(one(fields, "action"), _edit)(booking, fields, item)
        return f"/admin/items/{item}"

    return await take_form(request, who, ITEM, partial(goods_page, item=item), act)


@get("/admin/items/{item:int}/history", summary="Everything that was booked of an item, of those merged into it too")
async def goods_history(request: Asked, who: NamedDependency[Who], item: FromPath[int]) -> Response[Any]:
    return await show(request, who, "admin/item_history.html", partial(history_page, item=item), "item")


@get("/admin/items/{item:int}/merge", summary="`?q=` looks for the item that stays, `?into=` shows what will move")
async def goods_merge(request: Asked, who: NamedDependency[Who], item: FromPath[int]) -> Response[Any]:
    return await show(request, who, MERGE, partial(merge_page, item=item), "item")


@post("/admin/items/{item:int}/merge", summary="Makes two items one")
async def goods_merge_now(request: Asked, who: NamedDependency[Who], item: FromPath[int]) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        into = number(fields, "into")
        await booking.book("item.merge", {"item": item, "into": into})
        return f"/admin/items/{into}"

    return await take_form(request, who, MERGE, partial(merge_page, item=item), act)


async def _edit(booking: Booking, fields: Fields, item: int) -> None:
    changed = edits(fields)
    if changed:
        await booking.book("item.edit", {"item": item, "fields": changed})


async def _archive(booking: Booking, _fields: Fields, item: int) -> None:
    await booking.book("item.archive", {"item": item})


async def _restore(booking: Booking, _fields: Fields, item: int) -> None:
    await booking.book("item.restore", {"item": item})


async def _add_barcode(booking: Booking, fields: Fields, item: int) -> None:
    meaning = what_is(one(fields, "gtin"))
    # A code that names no goods goes on as it was typed, to be refused by its own name.
    await booking.book("barcode.add", {"item": item, "gtin": meaning.get("gtin") or meaning["text"][:14]})


async def _remove_barcode(booking: Booking, fields: Fields, item: int) -> None:
    await booking.book("barcode.remove", {"item": item, "gtin": one(fields, "remove")})


async def _range(booking: Booking, fields: Fields, item: int) -> None:
    """One operation an assortment, for each is told to other phones."""
    wanted, were = set(numbers(fields, "assortment")), set(numbers(fields, "was_assortment"))
    for assortment in sorted(wanted ^ were):
        way = "in" if assortment in wanted else "out"
        args = {"assortment": assortment, "items": [item], "way": way}
        await booking.book("assortment.range", args, f"{way} {assortment}")


_ACTIONS: Mapping[str, Callable[[Booking, Fields, int], Awaitable[None]]] = {
    "edit": _edit,
    "archive": _archive,
    "restore": _restore,
    "barcode": _add_barcode,
    "unbarcode": _remove_barcode,
    "range": _range,
}

routes = [
    goods_list,
    goods_range,
    goods_export,
    goods_new,
    goods_add,
    goods_show,
    goods_change,
    goods_history,
    goods_merge,
    goods_merge_now,
]
