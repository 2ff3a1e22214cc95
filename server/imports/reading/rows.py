"""Rows on their way from a file to the rules of a kind."""

import msgspec

from server.imports.reading.lines import Reject

ROWS_AT_ONCE = 2_000


class Chunk(msgspec.Struct):
    """`numbers` are the first lines of `rows`, `broken` is what cannot be told apart into fields. Blank rows are left
    out; `read_to` is the last line looked at, `read_bytes` how far into the file that is.
    """

    numbers: list[int]
    rows: list[list[str]]
    broken: list[Reject]
    read_to: int
    read_bytes: int
