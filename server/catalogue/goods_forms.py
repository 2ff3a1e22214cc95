"""What was typed into the forms of goods, as arguments of operations."""

import re
from typing import Any, TypedDict

from server.refusals import Refusal
from sync.forms import Fields, one, stripped

# With a point or a comma, as receipts print it.
_PRICE = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")
TEXTS = ("sku", "name_en", "name_zh", "brand")
FIELDS = (*TEXTS, "unit", "price", "tracks_lot", "tracks_expiry")


class ItemForm(TypedDict):
    """The fields of an item's form, as text; a box that is ticked is "yes"."""

    sku: str
    name_en: str
    name_zh: str
    brand: str
    unit: str
    price: str
    tracks_lot: str
    tracks_expiry: str


def typed_item(fields: Fields) -> ItemForm:
    """As it was typed, for a form that is shown again."""
    return item_form({name: one(fields, name) for name in FIELDS})


def shown_item(row: Any) -> ItemForm:
    """The form of an item as it stands."""
    ticks = {name: "yes" if row[name] else "" for name in ("tracks_lot", "tracks_expiry")}
    texts = {name: row[name] for name in (*TEXTS, "unit")}
    return item_form({**texts, **ticks, "price": shown_price(row["price_cents"])})


def item_form(texts: dict[str, str]) -> ItemForm:
    return ItemForm(
        sku=texts["sku"],
        name_en=texts["name_en"],
        name_zh=texts["name_zh"],
        brand=texts["brand"],
        unit=texts["unit"],
        price=texts["price"],
        tracks_lot=texts["tracks_lot"],
        tracks_expiry=texts["tracks_expiry"],
    )


def new_item_args(fields: Fields) -> dict[str, Any]:
    """`item.add` of the form."""
    barcodes = re.split(r"[\s,;|]+", one(fields, "barcodes"))
    ranged = [int(text) for text in fields.get("assortment", ()) if text.isascii() and text.isdigit()]
    codes = [code for code in barcodes if code]
    return {**_values(typed_item(fields)), "barcodes": codes, "assortments": sorted(set(ranged))}


def edits(fields: Fields) -> dict[str, list[Any]]:
    """`fields` of `item.edit`: of each that was changed what stood there when the form was opened, and what shall."""
    before = _values(item_form({name: one(fields, f"was_{name}") for name in FIELDS}))
    after = _values(typed_item(fields))
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def shown_price(price_cents: int) -> str:
    return f"{price_cents // 100}.{price_cents % 100:02}"


def _values(form: ItemForm) -> dict[str, Any]:
    texts = {name: " ".join(stripped(form[name]).split()) for name in TEXTS}  # type: ignore[literal-required]
    ticks = {"tracks_lot": form["tracks_lot"] == "yes", "tracks_expiry": form["tracks_expiry"] == "yes"}
    return {**texts, "unit": form["unit"], "price_cents": price_cents_typed(form["price"]), **ticks}


def price_cents_typed(typed: str) -> int:
    """Nothing typed is a price of 0. Raises Refusal `price_not_understood`."""
    text = stripped(typed)
    if not text:
        return 0
    found = _PRICE.fullmatch(text)
    if found is None:
        raise Refusal("price_not_understood")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
