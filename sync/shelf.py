"""What a page shows of an item, its stock here and its stock elsewhere; twin of `shelf.js`.

An item is the row of a `catalogue:` bucket, figures are the row of a `stock:` bucket (see `PROTOCOL.md`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sync.formats import fold
from sync.forms import whole
from sync.lending import Safety, lenders_of
from sync.projection import FIGURES

Row = Mapping[str, Any]
ROWS_A_PAGE = 20
MOST_ASKED = 200
# Nobody turns two hundred pages; to count on takes longer the more there is.
MOST_COUNTED = 10_000
NOTHING = dict.fromkeys(FIGURES, 0)


def name_in(locale: str, named: Row) -> str:
    """The name of an item, store or area in the reader's language, or in the other where there is none."""
    first, second = named["name_en"], named["name_zh"]
    return str((second or first) if locale == "zh" else (first or second))


def other_name_in(locale: str, named: Row) -> str:
    """The name in the other language; empty where it is missing or says the same."""
    other = named["name_en"] if locale == "zh" else named["name_zh"]
    return "" if other == name_in(locale, named) else str(other)


def available(figures: Row) -> int:
    """What may still be promised to somebody."""
    return int(figures["on_hand"] - figures["reserved"])


def item_row(item: Row, figures: Row, locale: str, waiting: int, blind: bool = False) -> dict[str, Any]:
    """One row of a list of items; `waiting` counts operations on it that the hub has not answered.

    `blind` is whether the reader counts the store and must not be led by what the book says: figures are 0 then.
    """
    return {
        "id": item["id"],
        "sku": item["sku"],
        "name": name_in(locale, item),
        "brand": item["brand"],
        "unit": item["unit"],
        "available": 0 if blind else available(figures),
        "blind": blind,
        "waiting": waiting,
        "archived": bool(item["archived"]),
    }


def printed_gtin(gtin: str) -> str:
    """14 digits as they stand under the bars: 8 of a GTIN-8, 13 of an EAN-13 or UPC-A, all of an ITF-14."""
    return gtin[6:] if gtin.startswith("000000") else gtin.removeprefix("0")


def item_card(item: Row, figures: Row, locale: str, waiting: int, ranged: bool, blind: bool = False) -> dict[str, Any]:
    """An item with the figures of the reader's store, which carries it if `ranged`."""
    return {
        **item_row(item, figures, locale, waiting, blind),
        "other_name": other_name_in(locale, item),
        "price_cents": item["price_cents"],
        "gtins": [printed_gtin(gtin) for gtin in sorted(item["gtins"])],
        "tracks_lot": bool(item.get("lot")),
        "ranged": ranged,
        **(NOTHING if blind else {name: figures[name] for name in FIGURES}),
    }


def elsewhere(offers: Sequence[Row], locale: str, safety: Safety) -> list[dict[str, Any]]:
    """Other stores' stock of one item, best lender of one unit first; see `lending.py`.

    `share` is 0-100 of the most that one of them has available. Nobody is the donor who would fall below
    the safety stock.
    """
    ranked = lenders_of([{"wanted": 1, "offers": offers}], safety)
    most = max((offer["available"] for offer in ranked), default=0)
    return [
        {
            "store_id": offer["store"],
            "store_name": name_in(locale, offer),
            "available": offer["available"],
            "on_hand": offer["on_hand"],
            "distance_m": offer["distance_m"],
            "share": offer["available"] * 100 // most if offer["available"] > 0 else 0,
            "gives": offer["gives"],
            "donor": place == 0 and offer["gives"] == "all",
        }
        for place, offer in enumerate(ranked)
    ]


def search_asked(q: str) -> str:
    """What somebody searches for, cut to the 200 characters that a name can have."""
    return q[:MOST_ASKED]


def search_words(q: str) -> list[str]:
    """What an item's folded names, brand and SKU must contain, each of them."""
    return list(dict.fromkeys(fold(q).split(" "))) if fold(q) else []


def page_window(typed: str, total: int) -> dict[str, int]:
    """Which rows `?page=` asks for: `{page, offset, next_page}`; no number is the first page, beyond is the last."""
    asked = whole(typed)
    last = max(1, (total + ROWS_A_PAGE - 1) // ROWS_A_PAGE)
    page = min(max(asked or 1, 1), last)
    return {"page": page, "offset": (page - 1) * ROWS_A_PAGE, "next_page": page + 1 if page < last else 0}


def id_in(text: str) -> int:
    """The number in `/items/<id>`, written as a link writes it; 0 for anything else."""
    plain = text.isascii() and text.isdigit() and len(text) <= 10 and text[0] != "0"
    return int(text) if plain and int(text) < 2**31 else 0
