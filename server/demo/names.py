"""Shelf names in English and Chinese, put together from families of goods that belong together."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

GOODS = Path(__file__).parent / "goods"
CATEGORIES = (
    "dry_food",
    "chilled",
    "drinks",
    "household",
    "personal_care",
    "stationery",
    "toys",
    "clothing",
    "hardware",
    "pet",
)

_MEASURE = re.compile(r"(\d+ × )?[\d.]+ (g|kg|ml|l|cm|m|mm|W)")

Unit = Literal["each", "g", "ml"]


@dataclass(frozen=True, slots=True)
class Brand:
    """`price_factor` is what the name costs; the chain's own label has an empty name on the shelf and factor 1."""

    en: str
    zh: str
    price_factor: float


@dataclass(frozen=True, slots=True)
class Family:
    """Goods of one shape: every brand makes every kind in every size. `{0}` in a pattern is where the kind stands.

    Kinds are (English, Chinese); sizes are (English, Chinese, price of the own label in cents).
    """

    en: str
    zh: str
    brands: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    sizes: tuple[tuple[str, str, int], ...]
    unit: Unit
    lot: bool
    expiry: bool


@dataclass(frozen=True, slots=True)
class Category:
    """`letter` begins its SKUs, `aisle` is where it stands in every store."""

    key: str
    letter: str
    aisle: str
    en: str
    zh: str
    families: tuple[Family, ...]


@dataclass(frozen=True, slots=True)
class ShelfName:
    en: str
    zh: str
    brand: Brand
    family: Family
    price_cents: int


def read_brands() -> dict[str, Brand]:
    rows: dict[str, tuple[str, str, float]] = json.loads((GOODS / "brands.json").read_text("utf-8"))
    return {key: Brand(*row) for key, row in rows.items()}


def read_category(key: str) -> Category:
    raw = json.loads((GOODS / f"{key}.json").read_text("utf-8"))
    families = tuple(
        Family(
            en=family["en"],
            zh=family["zh"],
            brands=tuple(family["brands"]),
            kinds=tuple(_pair(kind) for kind in family["kinds"]),
            sizes=tuple(_size(size) for size in family["sizes"]),
            unit=family.get("unit", "each"),
            lot=family.get("lot", raw["lot"]),
            expiry=family.get("expiry", raw["expiry"]),
        )
        for family in raw["families"]
    )
    english, chinese = raw["name"]
    return Category(raw["category"], raw["letter"], raw["aisle"], english, chinese, families)


def shelf_names(family: Family, brands: dict[str, Brand]) -> Iterator[ShelfName]:
    """Every item the family can have, the own label first; names within one family differ."""
    for brand_key in family.brands:
        brand = brands[brand_key]
        for kind_en, kind_zh in family.kinds:
            for size_en, size_zh, price_cents in family.sizes:
                english = f"{brand.en} {family.en.replace('{0}', kind_en)}{_joint(size_en)}{size_en}".strip()
                chinese = f"{brand.zh}{family.zh.replace('{0}', kind_zh)} {size_zh}".strip()
                yield ShelfName(
                    en=english[0].upper() + english[1:],
                    zh=chinese,
                    brand=brand,
                    family=family,
                    price_cents=shelf_price_cents(price_cents * brand.price_factor),
                )


def shelf_price_cents(cents: float) -> int:
    """Shops end a price on 9: 1.24 becomes 1.29, and nothing costs less than 0.29."""
    return max(29, round((cents - 9) / 10) * 10 + 9)


def _joint(size: str) -> str:
    """A measure follows its goods ("jam 225 g"), anything else stands apart ("batteries AA, 4 pieces")."""
    return " " if not size or _MEASURE.fullmatch(size) else ", "


def _pair(text: str) -> tuple[str, str]:
    english, chinese = text.split("|")
    return english, chinese


def _size(text: str) -> tuple[str, str, int]:
    english, chinese, price_cents = text.split("|")
    return english, chinese, int(price_cents)
