"""Why a line or a file was not taken, in both languages: what is wrong, then what to do."""

from collections.abc import Mapping

_SENTENCES: dict[str, tuple[str, str]] = {
    "file_empty": ("The file is empty.", "文件是空的。"),
}


def reason(code: str, params: Mapping[str, int | str], locale: str) -> str:
    """The sentence of a reject or of `Unreadable`."""
    english, chinese = _SENTENCES[code]
    return (chinese if locale == "zh" else english).format_map(params)


def field_name(field: str, locale: str) -> str:
    """What staff call a field."""
    return field
