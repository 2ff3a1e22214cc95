"""The goods of the demonstration chain: families from `goods/`, thinned as a real range is, numbered and coded."""

from dataclasses import dataclass
from random import Random

from server.demo.barcodes import case_gtin_14, restricted_gtin_8, restricted_gtin_13
from server.demo.names import CATEGORIES, Category, ShelfName, Unit, read_brands, read_category, shelf_names

SEED = 20_240
ITEM_COUNT = 2_400
CORNER_COUNT = 1_600
ARCHIVED_COUNT = 18
OWN_LABEL = "Morgenkade"

# How likely a corner shop takes an item: it sells what people need today.
_CORNER_LIKING = {
    "dry_food": 0.9,
    "chilled": 0.95,
    "drinks": 0.95,
    "household": 0.8,
    "personal_care": 0.75,
    "stationery": 0.55,
    "toys": 0.3,
    "clothing": 0.3,
    "hardware": 0.4,
    "pet": 0.5,
}


@dataclass(frozen=True, slots=True)
class DemoItem:
    """`barcodes` are digits as printed (13, and some with 14 or 8 more); the first is the one on the shelf label.

    `price_cents` is for a piece, or for a kilogram or litre where the unit is g or ml. `popularity` runs from 0 to 1.
    `in_corner` says whether the small assortment has it; the city assortment has everything.
    """

    sku: str
    name_en: str
    name_zh: str
    brand: str
    category: str
    aisle: str
    unit: Unit
    price_cents: int
    tracks_lot: bool
    tracks_expiry: bool
    archived: bool
    in_corner: bool
    popularity: float
    barcodes: tuple[str, ...]


def demo_items(seed: int = SEED, count: int = ITEM_COUNT) -> list[DemoItem]:
    """`count` items in SKU order; the same seed gives the same items. ValueError when the families have not so many."""
    dice = Random(seed)  # noqa: S311 - believable, repeatable goods; nothing secret
    every = _every_shelf_name()
    if count > len(every):
        raise ValueError(f"The families make {len(every)} items, not {count}.")
    kept = [every[place] for place in sorted(dice.sample(range(len(every)), count))]
    archived = set(dice.sample(range(count), min(ARCHIVED_COUNT, count // 20)))
    in_corner = _corner_choice(kept, archived, dice)
    numbers = dict.fromkeys(CATEGORIES, 1_000)
    items: list[DemoItem] = []
    for place, (category, name) in enumerate(kept):
        numbers[category.key] += 1
        popularity = dice.random()
        items.append(
            DemoItem(
                sku=f"{category.letter}-{numbers[category.key]:05d}",
                name_en=name.en,
                name_zh=name.zh,
                brand=name.brand.en or OWN_LABEL,
                category=category.key,
                aisle=category.aisle,
                unit=name.family.unit,
                price_cents=name.price_cents,
                tracks_lot=name.family.lot,
                tracks_expiry=name.family.expiry,
                archived=place in archived,
                in_corner=place in in_corner,
                popularity=popularity,
                barcodes=_barcodes(place, category, name, dice),
            )
        )
    return items


def _every_shelf_name() -> list[tuple[Category, ShelfName]]:
    brands = read_brands()
    return [
        (category, name)
        for category in map(read_category, CATEGORIES)
        for family in category.families
        for name in shelf_names(family, brands)
    ]


def _corner_choice(kept: list[tuple[Category, ShelfName]], archived: set[int], dice: Random) -> set[int]:
    """Weighted drawing without replacement (Efraimidis and Spirakis 2006): the highest of u ** (1 / weight)."""
    drawn = sorted(
        (place for place in range(len(kept)) if place not in archived),
        key=lambda place: dice.random() ** (1 / _CORNER_LIKING[kept[place][0].key]),
        reverse=True,
    )
    return set(drawn[: CORNER_COUNT * len(kept) // ITEM_COUNT])


def _barcodes(place: int, category: Category, name: ShelfName, dice: Random) -> tuple[str, ...]:
    # One of ten prefixes a category; the odd factor scatters the numbers and never gives one twice.
    number = CATEGORIES.index(category.key) * 10**9 + (place + 1) * 38_197_663 % 10**9
    gtin_13 = restricted_gtin_13(number)
    if name.family.unit == "each":
        draw = dice.random()
        if draw < 0.2:
            return gtin_13, case_gtin_14(gtin_13, dice.randint(1, 3))
        # Small things carry a small code. A hundred numbers an item: each finds its own that is no UPC-E.
        if draw < 0.35 and name.price_cents < 200:
            return gtin_13, restricted_gtin_8(100_000 + place * 100)
    return (gtin_13,)
