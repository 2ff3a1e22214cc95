"""The steps that fill the shop: what it sells and how much of it stands there."""

import re
from typing import NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortments, barcodes, items
from server.ledger.tables import ledger
from server.refusals import Refusal
from server.setup.pages import ItemsStepPage, PhoneStepPage, StockStepPage, lines_of
from server.setup.shop_steps import read_colleagues
from server.setup.step_forms import Booking, Sheet
from sync.forms import Fields

LINES = 10
PRICE = re.compile(r"[0-9]{1,6}([.,][0-9]{1,2})?")


async def fill_items(connection: AsyncConnection, sheet: Sheet) -> ItemsStepPage:
    wrong = int(sheet.problem["params"]["line"]) - 1 if sheet.problem and "line" in sheet.problem["params"] else -1
    assortment = await connection.scalar(select(assortments.c.name).order_by(assortments.c.id).limit(1))
    return ItemsStepPage(
        locale=sheet.locale,
        steps=sheet.steps,
        operation_id=sheet.operation_id,
        total=await connection.scalar(select(func.count()).select_from(items)) or 0,
        assortment=assortment or "",
        lines=lines_of(sheet.typed, LINES, wrong),
        problem=sheet.problem,
    )


async def add_items(booking: Booking, typed: Fields) -> None:
    """Each filled line becomes an item that every store of the first assortment carries.

    A line that was booked before another one was refused is booked once: its name and barcode are known by then.
    """
    lines = _checked(typed)
    async with booking.database.reading() as connection:
        assortment = await connection.scalar(select(assortments.c.id).order_by(assortments.c.id).limit(1))
        number = await connection.scalar(select(func.max(items.c.id))) or 0
    for line in lines:
        if await _is_here(booking, line):
            continue
        number += 1
        args = {
            "sku": line.barcode or f"A-{number:04d}",
            "name_en": line.name,
            "name_zh": line.name,
            "unit": "each",
            "price_cents": line.price_cents,
            "tracks_lot": False,
            "tracks_expiry": False,
            "barcodes": [line.barcode] if line.barcode else None,
            "assortments": [assortment] if assortment else None,
        }
        try:
            await booking.book(f"item {line.place}", "item.add", args)
        except Refusal as refusal:
            raise Refusal(refusal.code, **{**refusal.params, "line": line.place}) from refusal


class Line(NamedTuple):
    """A line of the form that says something; `place` counts from 1."""

    place: int
    name: str
    barcode: str
    price_cents: int


def _checked(typed: Fields) -> list[Line]:
    """The filled lines; a Refusal names the first that cannot be right, before any of them is booked."""
    lines = []
    for place, line in enumerate(lines_of(typed, 0, -1), 1):
        name, barcode = line["name"].strip(), "".join(line["barcode"].split())
        if barcode and not name:
            raise Refusal("line_name_missing", line=place)
        if name:
            lines.append(Line(place, name, barcode, _price_cents(place, line["price"])))
    if not lines:
        raise Refusal("items_missing")
    return lines


async def _is_here(booking: Booking, line: Line) -> bool:
    """Whether this very line was booked already, by its name and its barcode if it has one."""
    named = items.c.name_en == line.name
    coded = exists().where(barcodes.c.item_id == items.c.id, barcodes.c.gtin == line.barcode.zfill(14))
    async with booking.database.reading() as connection:
        found = await connection.scalar(select(items.c.id).where(named, coded if line.barcode else named).limit(1))
    return found is not None


def _price_cents(place: int, typed: str) -> int:
    text = typed.strip()
    if text and not PRICE.fullmatch(text):
        raise Refusal("price_wrong", line=place)
    whole, _, part = text.replace(",", ".").partition(".")
    return int(whole or 0) * 100 + int(part.ljust(2, "0") or 0)


async def fill_stock(connection: AsyncConnection, sheet: Sheet) -> StockStepPage:
    return StockStepPage(
        locale=sheet.locale,
        steps=sheet.steps,
        counted=bool(await connection.scalar(select(exists(select(ledger.c.id))))),
        items=await connection.scalar(select(func.count()).select_from(items)) or 0,
        problem=sheet.problem,
    )


async def fill_phone(connection: AsyncConnection, sheet: Sheet) -> PhoneStepPage:
    return PhoneStepPage(
        locale=sheet.locale,
        steps=sheet.steps,
        people=await read_colleagues(connection, sheet.locale),
        problem=sheet.problem,
    )
