"""How many items are searched and sorted, made at once: the same answers as `server.catalogue.spelling`, faster."""

from collections.abc import Sequence

from server.catalogue.spelling import chinese_order, english_order, search_text

# The columns that hold it are as wide.
LONGEST_SORT_KEY = 400


def spell(rows: Sequence[tuple[str, str, str, str]]) -> list[tuple[str, str, str]]:
    """`(folded, sort_en, sort_zh)` of each `(sku, name_en, name_zh, brand)`."""
    return [
        (
            search_text(sku, name_en, name_zh, brand),
            english_order(name_en, name_zh)[:LONGEST_SORT_KEY],
            chinese_order(name_en, name_zh)[:LONGEST_SORT_KEY],
        )
        for sku, name_en, name_zh, brand in rows
    ]
