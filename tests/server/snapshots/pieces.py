"""Rows as a pull brings them, packed as the hub packs them, and read again as a phone reads them."""

import base64
import gzip
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
from sync.formats import sort_key
from tests.house import TOP

# `[key, version, row]`, as in the answer to a pull.
Put = list[Any]


def goods_of(puts: Sequence[Put]) -> list[Goods]:
    return in_packing_order(_goods(version, row) for _key, version, row in puts)


def _goods(version: int, row: dict[str, Any]) -> Goods:
    is_derived = row["name_zh"] == "" and row["sort_zh"] == sort_key(row["name_en"])
    told = {name: row[name] for name in Goods._fields if name in row and name != "sort_zh"}
    return Goods(**{"into": None, **told}, version=version, sort_zh=None if is_derived else row["sort_zh"])


def packed_catalogue(puts: Sequence[Put], rows_a_piece: int) -> list[bytes]:
    goods = goods_of(puts)
    words = shared_words(goods)
    shared = numbered(words)
    starts = range(0, len(goods), rows_a_piece)
    return [pack_shared(words), *(pack_goods(goods[start : start + rows_a_piece], shared) for start in starts)]


def packed_stock(puts: Sequence[Put]) -> list[bytes]:
    figures = [Figures(int(key), version, **row) for key, version, row in puts]
    return [pack_figures(sorted(figures))]


def text_of(pieces: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(piece).decode() for piece in pieces]


class Phone:
    """A process of Node that reads one packing after the other; the first takes as long as a hundred."""

    def __init__(self) -> None:
        command = ["node", str(TOP / "tests/sw/unpacked_lines.js")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def puts_of(self, pieces: Sequence[bytes]) -> list[Put]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(text_of(pieces)) + "\n")
        self._process.stdin.flush()
        told: list[Put] = json.loads(self._process.stdout.readline())
        return told

    def puts_of_files(self, files: Sequence[Path]) -> list[Put]:
        return self.puts_of([gzip.decompress(file.read_bytes()) for file in files])

    def close(self) -> None:
        self._process.communicate()
