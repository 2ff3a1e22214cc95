"""In which encoding a text file is written: told from its marks, else from its bytes."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from server.imports.reading.lines import Unreadable

# What stands for bytes that are no text; a lone surrogate, which no file can say otherwise.
BROKEN = "\udcff"
ERRORS = "stockhand-broken"
codecs.register_error(ERRORS, lambda error: (BROKEN, error.end if isinstance(error, UnicodeDecodeError) else 0))

_BLOCK_BYTES = 1 << 20
_LOOKED_AT_BYTES = 256 << 10
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_PAIRS = re.compile(rb"([\xa1-\xa3\xb0-\xd7])[\xa1-\xfe]|[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x80-\xff]")
_RUNS = re.compile(rb"[\x80-\xff]+")
# Bytes that Windows' Western encoding leaves without a meaning.
_NOT_WESTERN = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def detect_encoding(path: Path) -> str:
    """A codec's name; `Unreadable("encoding_unknown")` for what is neither Unicode, GBK, GB18030 nor Western."""
    with path.open("rb") as handle:
        head = handle.read(65_536)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if wide := _wide(head):
        return wide
    good, broken = _as_utf_8(path)
    if not broken or good > 10 * broken:
        return "utf-8"
    return _double_or_single(_not_ascii(path))


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: digits, separators and line ends have a zero byte, all on the same side."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    most = max(even, odd)
    if most < 2 or most < len(head) // 40 or min(even, odd) > most // 10:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _as_utf_8(path: Path) -> tuple[int, int]:
    """How many characters beyond ASCII are right UTF-8, and how many places are not."""
    decoder = codecs.getincrementaldecoder("utf-8")(ERRORS)
    good = broken = 0
    for block in _blocks(path):
        if block.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(block)
        wrong = text.count(BROKEN)
        broken += wrong
        good += len(text) - len(text.encode("ascii", "ignore")) - wrong
    return good, broken + decoder.decode(b"", final=True).count(BROKEN)


def _double_or_single(block: bytes) -> str:
    # In Chinese nearly every pair begins with one of the 3,755 common characters or full-width punctuation; a
    # Western letter with an accent stands alone between plain ones.
    pairs = [match[1] for match in _PAIRS.finditer(block)]
    if sum(lead is not None for lead in pairs) * 2 > len(pairs):
        return "gb18030"
    runs = [len(run) for run in _RUNS.findall(block)]
    if sum(run <= 2 for run in runs) * 10 >= len(runs) * 9 and not _NOT_WESTERN.search(block):
        return "cp1252"
    raise Unreadable("encoding_unknown")


def _not_ascii(path: Path) -> bytes:
    """The lines of the file that tell something, up to some hundred kilobytes."""
    telling: list[bytes] = []
    for block in _blocks(path):
        if not block.isascii():
            telling += [line for line in block.split(b"\n") if not line.isascii()]
        if sum(map(len, telling)) >= _LOOKED_AT_BYTES:
            break
    return b"\n".join(telling)[:_LOOKED_AT_BYTES]


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK_BYTES):
            yield block
