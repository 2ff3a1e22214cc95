"""Names as files write them, made the names a shelf label shows."""

import html
import re

# Numbers, or a name that HTML knows, always with its semicolon: "R&B;" and "Fish&chips" mean themselves.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_OTHER_EAST_ASIAN = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")


def tidy(text: str) -> str:
    """One line without edges: entities resolved however often they were escaped, line breaks and control signs a space.

    What it gives it gives back unchanged, which is what lets an export be imported again without a change.
    """
    while "&" in text and (resolved := _ENTITY.sub(_resolve, text)) != text:
        text = resolved
    if not text.isprintable():
        text = _CONTROLS.sub(" ", text)
    return text.strip()


def is_chinese(name: str) -> bool:
    """Han and neither kana nor Hangul beside it: a name that pinyin sorts."""
    return not name.isascii() and bool(_HAN.search(name)) and not _OTHER_EAST_ASIAN.search(name)


def _resolve(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])
