"""Answers with the same status, bytes and headers as the phone's worker gives."""

from collections.abc import Mapping
from typing import Any

from litestar.response import Response

from server.page_frame import Locale
from server.rendering import Templates, page_headers


def page_answer(
    templates: Templates, name: str, record: Mapping[str, Any], locale: Locale, status: int = 200
) -> Response[bytes]:
    body = templates.render(name, record, locale).encode()
    return bytes_answer(body, page_headers(locale), status)


def bytes_answer(body: bytes, headers: Mapping[str, str], status: int = 200) -> Response[bytes]:
    """An answer with exactly these headers; `content-type` is one of them, its charset said by every text type."""
    rest = {name: value for name, value in headers.items() if name != "content-type"}
    # Litestar writes the charset of text types itself.
    media_type = headers["content-type"].removesuffix("; charset=utf-8")
    return Response(body, status_code=status, headers=rest, media_type=media_type)
