"""Which language a page speaks to somebody who has not signed in."""

from typing import Any

from litestar import Request

from server.page_frame import Locale


def language_of(request: Request[Any, Any, Any]) -> Locale:
    """`?lang=` as chosen on the page, else the first of the browser's languages that we speak, else English."""
    chosen = request.query_params.get("lang", "")
    if chosen == "zh":
        return "zh"
    return "en" if chosen == "en" else accepted_language(request.headers.get("accept-language", ""))


def accepted_language(accept_language: str) -> Locale:
    """By RFC 9110, 12.5.4; `zh` stands for every Chinese, `en` for every English."""
    ranked: list[tuple[float, int, Locale]] = []
    for place, part in enumerate(accept_language.lower().split(",")[:20]):
        tag, _, weight = part.strip().partition(";")
        primary = tag.strip().partition("-")[0]
        quality = _quality(weight)
        if quality > 0 and primary in ("en", "zh"):
            ranked.append((-quality, place, "zh" if primary == "zh" else "en"))
    return min(ranked)[2] if ranked else "en"


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
