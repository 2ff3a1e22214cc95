"""A rendered page as an answer: the same status, bytes and headers as the phone's worker gives."""

from collections.abc import Mapping
from typing import Any

from litestar.response import Response

from server.page_frame import Locale
from server.rendering import Templates, page_headers


def page_answer(
    templates: Templates, name: str, record: Mapping[str, Any], locale: Locale, status: int = 200
) -> Response[bytes]:
    headers = page_headers(locale)
    media_type = headers.pop("content-type")
    body = templates.render(name, record, locale).encode()
    return Response(body, status_code=status, headers=headers, media_type=media_type)
