"""How many items are searched and sorted, made at once: the same answers as `server.catalogue.spelling`, faster."""

import re
from collections.abc import Sequence
from functools import lru_cache

from server.catalogue.spelling import chinese_order, english_order, search_text
from sync.fold_table import FOLDS, MARKS, SPACES
from sync.formats import sort_key

# The columns that hold it are as wide.
LONGEST_SORT_KEY = 400
# What stands between fields and between items while they are folded together.
_FIELD, _ITEM = "\x1e", "\x1f"
_CONTROLS = bytes(range(0x1E))
_ORDERED = re.compile("[0-9\U00010000-\U0010ffff]+")

_LONE = "surrogatepass"

Row = tuple[str, str, str, str]


def spell(rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """`(folded, sort_en, sort_zh)` of each `(sku, name_en, name_zh, brand)`."""
    together = _ITEM.join([f"{en}{_FIELD}{zh}{_FIELD}{brand}{_FIELD}{sku}" for sku, en, zh, brand in rows])
    # A name with line breaks, or with the signs that set names apart here, goes the long way, and its batch with it.
    is_clean = together.count(_FIELD) == 3 * len(rows) and together.count(_ITEM) == len(rows) - 1
    if not is_clean or _has_controls(together):
        return [_spell_one(row) for row in rows]
    together = _folded(together)
    folded = _one_space(together.replace(_FIELD, " ")).split(_ITEM)
    english = [item[: item.index(_FIELD)].strip(" ") for item in together.split(_ITEM)]
    sort_en, sort_zh = _orders(rows, english)
    return list(zip([text.strip(" ") for text in folded], sort_en, sort_zh, strict=True))


def _orders(rows: Sequence[Row], english: list[str]) -> tuple[list[str], list[str]]:
    sort_en = _sort_keys(english)
    chinese = [(place, row[2]) for place, row in enumerate(rows) if row[2]]
    if not chinese:
        return sort_en, sort_en
    # It knows forty thousand phrases by heart: fifty megabytes that a process without a Chinese name does not need.
    from server.imports.reading.pinyin import spoken

    pinyin = {place: spoken(name) for place, name in chinese}
    sort_zh = sort_en.copy()
    keys = _sort_keys([text.strip(" ") for text in _folded(_ITEM.join(pinyin.values())).split(_ITEM)])
    for place, key in zip(pinyin, keys, strict=True):
        sort_zh[place] = key
        if not rows[place][1]:
            sort_en[place] = key
    return sort_en, sort_zh


def _folded(text: str) -> str:
    """Each character through the table; several spaces become one."""
    return _one_space(text.translate(_TABLE))


def _one_space(text: str) -> str:
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _has_controls(text: str) -> bool:
    plain = text.encode("utf-8", _LONE)
    return len(plain.translate(None, _CONTROLS)) < len(plain)


def _sort_keys(folded: list[str]) -> list[str]:
    keys = _ORDERED.sub(_ordered, _ITEM.join(folded)).split(_ITEM)
    return [key[:LONGEST_SORT_KEY] for key in keys] if max(map(len, keys)) > LONGEST_SORT_KEY else keys


def _ordered(found: re.Match[str]) -> str:
    return _order(found[0])


_order = lru_cache(20_000)(sort_key)


def _spell_one(row: Row) -> tuple[str, str, str]:
    sku, name_en, name_zh, brand = row
    orders = english_order(name_en, name_zh), chinese_order(name_en, name_zh)
    return search_text(sku, name_en, name_zh, brand), orders[0][:LONGEST_SORT_KEY], orders[1][:LONGEST_SORT_KEY]


def _table() -> list[str]:
    """What becomes of each character, by its code point; those beyond the end stay as they are."""
    table = [chr(point) for point in range(0x10000)]
    for line in FOLDS:
        for item in line.split(" "):
            sources, target = item.split("→")
            for source in sources:
                table[ord(source)] = target
    # Ranges of signs as a regular expression writes them.
    of_marks, of_spaces = re.compile(f"[{MARKS}]"), re.compile(f"[{SPACES}]")
    for point in range(0x10000):
        character = chr(point)
        if of_marks.match(character):
            table[point] = ""
        elif of_spaces.match(character):
            table[point] = " "
    return table


_TABLE = _table()
