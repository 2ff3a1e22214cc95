"""A piece of a snapshot: the rows of a bucket turned into columns, as sync/PROTOCOL.md lists them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from server.snapshots.numbers import Packed, Unpackable, pack_numbers
from server.snapshots.words import Vocabulary, common_words, pack_words
from sync.shelf import printed_gtin

FORMAT = 1
# A SKU is most often a word and a number: the last digits, as many as fit 32 bits.
_NUMBERED = re.compile(r"(.*?)([0-9]{0,9})", re.DOTALL)
_GTIN = re.compile(r"[0-9]{14}")


class Goods(NamedTuple):
    """One row of a catalogue bucket. `sort_zh` is None where it is the sort key of the English name."""

    id: int
    version: int
    sku: str
    name_en: str
    name_zh: str
    brand: str
    unit: str
    price_cents: int
    sort_zh: str | None
    lot: bool
    expiry: bool
    archived: bool
    into: int | None
    gtins: Sequence[str]


class Figures(NamedTuple):
    """One row of a stock bucket."""

    id: int
    version: int
    on_hand: int
    reserved: int
    in_transit_in: int
    in_transit_out: int


class Piece:
    """Columns in the order in which they are read again: a head of JSON that lists them, then their streams.

    The dense ones stand together at the end: between the others they would spoil what a compressor has learnt.
    """

    def __init__(self, noun: str, rows: int) -> None:
        self._head: dict[str, Any] = {"format": FORMAT, "noun": noun, "rows": rows}
        self._columns: list[tuple[str, dict[str, Any]]] = []
        self._plain: list[bytes] = []
        self._dense: list[bytes] = []

    def add(self, name: str, column: Packed) -> None:
        self._columns.append((name, column.spec))
        self._plain += column.plain
        self._dense += column.dense

    def numbers(self, name: str, values: Sequence[int]) -> None:
        self.add(name, pack_numbers(values))

    def written(self) -> bytes:
        told = {**self._head, "plain": sum(map(len, self._plain)), "columns": self._columns}
        head = json.dumps(told, separators=(",", ":")).encode()
        return b"".join([len(head).to_bytes(4, "little"), head, *self._plain, *self._dense])


def pack_shared(words: Sequence[str]) -> bytes:
    """The piece that the others lean on."""
    piece = Piece("words", 0)
    piece.add("words", pack_words(words))
    return piece.written()


def shared_words(goods: Sequence[Goods]) -> list[str]:
    texts = [one.name_en for one in goods]
    for name in ("name_zh", "brand"):
        texts += filter(None, (getattr(one, name) for one in goods))
    return common_words(texts)


def in_packing_order(goods: Iterable[Goods]) -> list[Goods]:
    """By barcode: those of one maker lie together, and a phone finds a barcode without an index."""
    return sorted(goods, key=lambda one: (one.gtins[0] if one.gtins else "~", one.id))


def pack_goods(goods: Sequence[Goods], shared: Mapping[str, int]) -> bytes:
    """Rows that lie `in_packing_order`; raises `Unpackable`."""
    piece = Piece("catalogue", len(goods))
    columns = _columns(goods)
    piece.numbers("id", columns["id"])
    piece.numbers("version", columns["version"])
    _pack_gtins(piece, columns["gtins"])
    vocabulary = Vocabulary(shared)
    _pack_skus(piece, columns["sku"], columns["gtins"], vocabulary)
    for name in ("name_en", "name_zh"):
        piece.add(name, vocabulary.pack(columns[name]))
    for name in ("brand", "unit"):
        _pack_listed(piece, name, columns[name], vocabulary)
    piece.numbers("price_cents", columns["price_cents"])
    flags = zip(columns["lot"], columns["expiry"], columns["archived"], strict=True)
    piece.numbers("flags", [lot | expiry << 1 | archived << 2 for lot, expiry, archived in flags])
    piece.numbers("into", [into or 0 for into in columns["into"]])
    piece.numbers("is_sorted", [int(key is not None) for key in columns["sort_zh"]])
    piece.add("sort_zh", vocabulary.pack([key or "" for key in columns["sort_zh"]]))
    piece.add("words", vocabulary.pack_own())
    return piece.written()


def _columns(goods: Sequence[Goods]) -> dict[str, Sequence[Any]]:
    return dict(zip(Goods._fields, zip(*goods, strict=True) if goods else [()] * len(Goods._fields), strict=True))


def pack_figures(figures: Sequence[Figures]) -> bytes:
    """Rows in the order of their items."""
    piece = Piece("stock", len(figures))
    names = ("id", "version", "on_hand", "reserved", "in_transit_in", "in_transit_out")
    columns = zip(*figures, strict=True) if figures else [()] * len(names)
    for name, values in zip(names, columns, strict=True):
        piece.numbers(name, values)
    return piece.written()


def _pack_gtins(piece: Piece, coded: Sequence[Sequence[str]]) -> None:
    """Without their check digits, where these are right: first the smallest of each item, then how far the others lie
    above it.
    """
    every = [gtin for gtins in coded for gtin in gtins]
    if not all(map(_GTIN.fullmatch, every)):
        raise Unpackable("a barcode that is not 14 digits")
    counts = list(map(len, coded))
    numbers = list(map(int, every))
    starts = [start for start, count in zip(accumulate(counts, initial=0), counts, strict=False) if count]
    firsts = set(starts)
    more, first = [], 0
    for place, number in enumerate(numbers) if len(starts) < len(every) else ():
        if place in firsts:
            first = number // 10
        else:
            more.append(number // 10 - first)
    piece.numbers("gtin_count", counts)
    piece.numbers("gtin", [numbers[start] // 10 for start in starts])
    piece.numbers("gtin_more", more)
    odd = [place for place, number in enumerate(numbers) if _weighed(number) % 10]
    piece.numbers("gtin_odd", odd)
    piece.numbers("gtin_odd_digit", [numbers[place] % 10 for place in odd])


# The digits of a whole barcode weigh 1, 3, 1, 3, … from the right, and together a multiple of ten. Four at once are
# looked up, for there are a hundred thousand barcodes.
_WEIGHT = [n % 10 + n // 10 % 10 * 3 + n // 100 % 10 + n // 1000 * 3 for n in range(10_000)]


def _weighed(gtin: int) -> int:
    low, high = gtin % 10**8, gtin // 10**8
    return _WEIGHT[low % 10**4] + _WEIGHT[low // 10**4] + _WEIGHT[high % 10**4] + _WEIGHT[high // 10**4]


def _pack_skus(piece: Piece, skus: Sequence[str], coded: Sequence[Sequence[str]], vocabulary: Vocabulary) -> None:
    """What stands before the last digits, as a place in a list from 1, and the digits; 0 is the printed barcode."""
    stems: dict[str, int] = {}
    places, widths, numbers = [0] * len(skus), [0] * len(skus), [0] * len(skus)
    for place, (sku, gtins) in enumerate(zip(skus, coded, strict=True)):
        if gtins and sku == printed_gtin(gtins[0]):
            continue
        match = _NUMBERED.fullmatch(sku)
        stem, digits = match.groups() if match else (sku, "")
        places[place] = stems.setdefault(stem, len(stems) + 1)
        widths[place], numbers[place] = len(digits), int(digits or 0)
    piece.add("sku_stems", vocabulary.pack(list(stems)))
    piece.numbers("sku_stem", places)
    piece.numbers("sku_digits", widths)
    piece.numbers("sku_number", numbers)


def _pack_listed(piece: Piece, name: str, texts: Sequence[str], vocabulary: Vocabulary) -> None:
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    piece.add(f"{name}s", vocabulary.pack(list(places)))
    piece.numbers(name, [places[text] for text in texts])
