"""A transfer while it is written: its lines, and who might lend or take them; twin of `draft.js`."""

from collections.abc import Sequence
from typing import Any

from sync.forms import Fields, one, stripped, whole
from sync.lending import Safety, lenders_of
from sync.operations import LIMITS
from sync.shelf import Row, available, id_in, name_in

Draft = dict[str, Any]
Lines = list[dict[str, Any]]


def draft_of(fields: Fields) -> Draft:
    """What the fields of the page say: `{way, from, to, lines: [{item, quantity}], note, add}`, quantities as typed.

    A line without a quantity asks for one; an item is listed once; what names no item is left out. `way` is "request"
    or "push"; `from` and `to` are 0 where no store is named.
    """
    quantities = fields.get("quantity", ())
    lines: dict[int, str] = {}
    for place, text in enumerate(fields.get("item", ())):
        item = id_in(stripped(text))
        if item and item not in lines and len(lines) < LIMITS["lines"]:
            lines[item] = quantities[place] if place < len(quantities) else "1"
    return {
        "way": "push" if one(fields, "way") == "push" else "request",
        "from": id_in(stripped(one(fields, "from"))),
        "to": id_in(stripped(one(fields, "to"))),
        "lines": [{"item": item, "quantity": quantity} for item, quantity in lines.items()],
        "note": one(fields, "note"),
        "add": one(fields, "add"),
    }


def with_item(lines: Lines, item: int) -> Lines:
    """One more of an item: a new line, or one more on the line it has; a number that cannot be read stays as typed."""
    if not any(line["item"] == item for line in lines):
        return [*lines, {"item": item, "quantity": "1"}]
    return [{**line, "quantity": _one_more(line["quantity"])} if line["item"] == item else line for line in lines]


def lenders(needs: Sequence[Row], locale: str, asked: int, safety: Safety) -> list[dict[str, Any]]:
    """Neighbours as lenders of the whole request, best first; the one asked for is chosen, else the best.

    Needs are those of `lending.py`, `wanted` as typed: what cannot be read counts as one. `available` and `spare` are
    of the first line. Nobody is chosen who has nothing to give, unless asked for.
    """
    ranked = lenders_of([{**need, "wanted": max(whole(need["wanted"]) or 1, 1)} for need in needs], safety)
    chosen = next((offer["store"] for offer in ranked if offer["store"] == asked), 0)
    if not chosen and ranked and ranked[0]["gives"] != "none":
        chosen = ranked[0]["store"]
    return [
        {
            "store_id": offer["store"],
            "store_name": name_in(locale, offer),
            "available": offer["available"],
            "spare": offer["spare"],
            "gives": offer["gives"],
            "distance_m": offer["distance_m"],
            "chosen": offer["store"] == chosen,
        }
        for offer in ranked
    ]


def takers(offers: Sequence[Row], locale: str, asked: int) -> list[dict[str, Any]]:
    """Neighbours as takers of what the own store has too much of: who has least of the first line's item, then who is
    nearest; the one asked for is chosen, else the first. `offers` are those of the first line; see `lending.py`.
    """
    ranked = sorted(offers, key=lambda offer: (max(available(offer), 0), offer["distance_m"], offer["store"]))
    chosen = next((offer["store"] for offer in ranked if offer["store"] == asked), 0)
    if not chosen and ranked:
        chosen = ranked[0]["store"]
    return [
        {
            "store_id": offer["store"],
            "store_name": name_in(locale, offer),
            "available": available(offer),
            "spare": 0,
            "gives": "",
            "distance_m": offer["distance_m"],
            "chosen": offer["store"] == chosen,
        }
        for offer in ranked
    ]


def draft_line(item: Row, quantity: str, here: Row, there: Row, locale: str) -> dict[str, Any]:
    """One line of the form; `here` and `there` are the stock figures of the own store and of the other one."""
    return {
        "item_id": item["id"],
        "name": name_in(locale, item),
        "sku": item["sku"],
        "unit": item["unit"],
        "quantity": quantity,
        "available": available(there),
        "here": available(here),
    }


def _one_more(typed: str) -> str:
    number = whole(typed)
    return str(number + 1) if number is not None else typed if stripped(typed) else "1"
