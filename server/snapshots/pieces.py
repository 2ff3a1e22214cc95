"""A whole bucket cut into pieces, each in every content coding that a phone may ask for."""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import brotli
import zstandard

from server.snapshots.facts import Whole
from server.snapshots.packing import (
    Figures,
    Goods,
    in_packing_order,
    pack_figures,
    pack_goods,
    pack_shared,
    shared_words,
)
from server.snapshots.words import numbered

# A piece that was cut off by a tunnel is fetched again whole.
PIECE_BYTES = 256 * 1024
GOODS_IN_A_PIECE, FIGURES_IN_A_PIECE = 20_000, 60_000
# What is smaller by another level is not worth its time: 1.09 MB of a hundred thousand goods in a quarter of a second.
ZSTD_LEVEL, BROTLI_QUALITY, GZIP_LEVEL = 19, 9, 6
# The little there is of stock takes more pains.
SMALL_BYTES, BROTLI_QUALITY_OF_SMALL = 256 * 1024, 11

CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "zstd": lambda plain: zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(plain),
    "br": lambda plain: brotli.compress(
        plain, quality=BROTLI_QUALITY if len(plain) > SMALL_BYTES else BROTLI_QUALITY_OF_SMALL
    ),
    "gzip": lambda plain: gzip.compress(plain, GZIP_LEVEL, mtime=0),
}
Row = TypeVar("Row", Goods, Figures)


@dataclass(frozen=True, slots=True)
class Piece:
    """`size` bytes for a phone to read, which travel as one of `coded`, by coding."""

    rows: int
    size: int
    coded: dict[str, bytes]


def cut(whole: Whole) -> list[Piece]:
    """In the order in which a phone reads them; raises `Unpackable`."""
    with ThreadPoolExecutor(max_workers=1) as compressing:
        return [waiting.result() for waiting in _pieces(whole, compressing)]


def _pieces(whole: Whole, compressing: ThreadPoolExecutor) -> list[Future[Piece]]:
    """Packed here, and compressed meanwhile by a thread: compressors leave the interpreter alone."""
    if not whole.name.startswith("catalogue"):
        figures: list[Figures] = whole.rows  # type: ignore[assignment]
        return [
            compressing.submit(_piece, len(rows), plain)
            for rows, plain in _fitting(figures, FIGURES_IN_A_PIECE, pack_figures)
        ]
    goods: list[Goods] = in_packing_order(whole.rows)  # type: ignore[arg-type]
    words = shared_words(goods)
    shared = numbered(words)
    pieces = [compressing.submit(_piece, 0, pack_shared(words))]
    for rows, plain in _fitting(goods, GOODS_IN_A_PIECE, lambda some: pack_goods(some, shared)):
        pieces.append(compressing.submit(_piece, len(rows), plain))
    return pieces


def _fitting(
    rows: Sequence[Row], at_once: int, pack: Callable[[Sequence[Row]], bytes]
) -> Iterator[tuple[Sequence[Row], bytes]]:
    """Rows that stay below the limit by a fast look; goods with long names are cut smaller from there on."""
    start = 0
    while start == 0 or start < len(rows):
        some = rows[start : start + at_once]
        plain = pack(some)
        if len(plain) > PIECE_BYTES and len(some) > 1 and len(gzip.compress(plain, 1)) > PIECE_BYTES:
            at_once = max(1, len(some) // 2)
            continue
        yield some, plain
        start += len(some) or 1


def _piece(rows: int, plain: bytes) -> Piece:
    return Piece(rows, len(plain), {name: coding(plain) for name, coding in CODINGS.items()})
