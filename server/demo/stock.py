"""What stands on the shelves when the demonstration begins."""

from dataclasses import dataclass
from random import Random

from server.demo.catalogue import SEED, DemoItem
from server.demo.chain import DemoStore

# Usual pieces on a shelf by price in cents: a shop holds many of what is cheap.
_USUAL_PIECES = ((200, 20), (500, 13), (1_000, 7), (2_000, 4))
_USUAL_PIECES_DEAR = 2
_MOST_PIECES = 60


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """`quantity` above 0, in the item's unit: to be booked as a ledger entry of kind `opening`."""

    sku: str
    quantity: int


def is_ranged(item: DemoItem, store: DemoStore) -> bool:
    """Whether the store's assortment has the item, archived or not."""
    return store.assortment == "city" or item.in_corner


def opening_stock(items: list[DemoItem], store: DemoStore, seed: int = SEED) -> list[OpeningLine]:
    """One line an item that is there at all; ranged items that have run out have no line."""
    dice = Random(f"{seed} {store.code}")  # noqa: S311 - believable, repeatable stock; nothing secret
    lines = []
    for item in items:
        quantity = _quantity(item, store, dice)
        if quantity > 0 and is_ranged(item, store):
            lines.append(OpeningLine(item.sku, quantity))
    return lines


def _quantity(item: DemoItem, store: DemoStore, dice: Random) -> int:
    # Three draws whatever the item is, so that one item changed leaves the others as they were.
    has_run_out, fill, luck = dice.random() < 0.06, dice.gammavariate(4, 0.25), dice.random()
    if has_run_out:
        return 0
    if item.archived:
        return round(4 * luck) if luck > 0.7 else 0
    fullness = fill * store.abundance * (0.4 + 1.2 * item.popularity)
    if item.unit != "each":
        return round(fullness * 60) * 50
    return min(_MOST_PIECES, round(_usual_pieces(item.price_cents) * fullness))


def _usual_pieces(price_cents: int) -> int:
    return next((pieces for below, pieces in _USUAL_PIECES if price_cents < below), _USUAL_PIECES_DEAR)
