"""What stands on the shelves when the demonstration begins."""

from random import Random

from server.demo.catalogue import SEED, DemoItem
from server.demo.chain import DemoStore

# Usual pieces on a shelf by price in cents: a shop holds many of what is cheap.
_USUAL_PIECES = ((200, 20), (500, 13), (1_000, 7), (2_000, 4))
_USUAL_PIECES_DEAR = 2
_MOST_PIECES = 60


def is_ranged(item: DemoItem, store: DemoStore) -> bool:
    """Whether the store's assortment has the item, archived or not."""
    return store.assortment == "city" or item.in_corner


def opening_stock(items: list[DemoItem], store: DemoStore, seed: int = SEED) -> dict[str, int]:
    """Quantity in the item's unit by SKU, to be booked as ledger entries of kind `opening`.

    What is not there has no entry, because it ran out or because the store's assortment does not hold it.
    """
    dice = Random(f"{seed} {store.code}")  # noqa: S311 - believable, repeatable stock; nothing secret
    quantities = {item.sku: _quantity(item, store, dice) for item in items}
    return {item.sku: quantities[item.sku] for item in items if quantities[item.sku] and is_ranged(item, store)}


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
