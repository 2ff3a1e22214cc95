"""How Chinese is spoken: the same answer as `pypinyin.lazy_pinyin`, which thinks of every word anew."""

from functools import lru_cache

from pypinyin import Style
from pypinyin.converter import DefaultConverter
from pypinyin.seg.simpleseg import seg

_converter = DefaultConverter()


def spoken(name: str) -> str:
    """Syllables without their tones, with a space between them; what is not Chinese stays."""
    return " ".join([_word(word) for word in seg(name)])


@lru_cache(20_000)
def _word(word: str) -> str:
    syllables = _converter.convert(word, Style.NORMAL, False, "default", strict=True)
    return " ".join([syllable for found in syllables for syllable in found])
