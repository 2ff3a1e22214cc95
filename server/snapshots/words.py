"""Texts as the words between their spaces, each written once.

Words that stand in several texts are listed for the whole snapshot; a piece adds those of its own in the order in which
they come, so that the first time such a word stands somewhere costs no number.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.snapshots.numbers import Packed, both, pack_numbers, pack_plain

# Beyond them a word is so rare that its number is as long as itself.
SHARED_AT_MOST = 40_000
NEXT_OWN = 0


def common_words(texts: Iterable[str]) -> list[str]:
    """What stands there more than once, the most frequent first."""
    counted = Counter(_words(texts))
    often = [(-count, word) for word, count in counted.items() if count > 1]
    return [word for _count, word in sorted(often)[:SHARED_AT_MOST]]


class Vocabulary:
    """The words of one piece, on top of the shared ones."""

    def __init__(self, shared: Mapping[str, int]) -> None:
        """`shared` numbers the words of the list, from 1."""
        self._shared = shared
        self._own: dict[str, int] = {}

    def pack(self, texts: Sequence[str]) -> Packed:
        """How many words each text has, and their numbers: 0 is the next own word, 1 the first of the shared ones."""
        counts = pack_numbers([text.count(" ") + 1 if text else 0 for text in texts])
        words, get = _words(texts), self._shared.get
        known = [get(word) or self._own_number(word) for word in words]
        numbers = pack_plain(known)
        spec = {"n": len(texts), "counts": counts.spec, "words": numbers.spec}
        return both(spec, counts, numbers)

    def _own_number(self, word: str) -> int:
        own = self._own.get(word)
        if own is not None:
            return len(self._shared) + own + 1
        self._own[word] = len(self._own)
        return NEXT_OWN

    def pack_own(self) -> Packed:
        return pack_words(list(self._own))


def pack_words(words: Sequence[str]) -> Packed:
    """No word holds a space, so a space stands between them."""
    body = " ".join(words).encode()
    spec: dict[str, Any] = {"n": len(words), "text": len(body)}
    return Packed(spec, [body], [], 8 * len(body))


def numbered(words: Sequence[str]) -> dict[str, int]:
    return {word: number for number, word in enumerate(words, start=1)}


def _words(texts: Iterable[str]) -> list[str]:
    """Of all texts, one after the other."""
    joined = " ".join([text for text in texts if text])
    return joined.split(" ") if joined else []
