"""What every answer carries and what no request may do, whatever it asks for: the outermost layer of the program."""

import asyncio
import re

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from server.failures import CODES, SENTENCES
from server.people.languages import accepted_language
from server.rendering import page_headers

# Of the headers every page has, those that every other answer has too.
ABOUT_THE_PAGE = {"content-type", "content-language"}
_HEADERS = [(name.encode(), value.encode()) for name, value in page_headers("en").items() if name not in ABOUT_THE_PAGE]

READING = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_LIMIT_BYTES = 64 * 1024
# A push holds 256 KB at most, and one a little over it deserves the door's own answer.
SYNC_LIMIT_BYTES = 512 * 1024
# A chain's catalogue, or a year of its tills. Streamed to the disk, and only by who may bring files.
UPLOAD_LIMIT_BYTES = 2 * 1024**3
PHOTO_LIMIT_BYTES = 26 * 1024**2
UPLOADS = {
    "/admin/imports": UPLOAD_LIMIT_BYTES,
    "/scan/photo": PHOTO_LIMIT_BYTES,
    "/unknown-codes/photo": PHOTO_LIMIT_BYTES,
}
# A phone in a cellar has this long for the next piece of what it sends; who says nothing any more gives the line back.
NEXT_PIECE_WITHIN_S = 30
# What can stand in an address: a name or a number, and a port.
HOST = re.compile(rb"([\w.-]*|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?")


class Security:
    """Refuses writes from other sites (403), bodies over the limit (413) and bodies that never end (408), and puts the
    headers on every answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                missing = [header for header in _HEADERS if header[0] not in present]
                message["headers"] = [*message["headers"], *missing]
            await send(message)

        headers = dict(scope["headers"])
        if not HOST.fullmatch(headers.get(b"host", b"")):
            await refuse(scope, send_with_headers, 400)
            return
        if scope["method"] in READING:
            await self.app(scope, receive, send_with_headers)
            return
        limit_bytes = _limit_bytes(scope["path"])
        if comes_from_another_site(scope, headers):
            await refuse(scope, send_with_headers, 403)
        elif int(headers.get(b"content-length", b"0")) > limit_bytes:
            await refuse(scope, send_with_headers, 413)
        else:
            await self.app(scope, counted(receive, limit_bytes), send_with_headers)


def _limit_bytes(path: str) -> int:
    if path in UPLOADS:
        return UPLOADS[path]
    return SYNC_LIMIT_BYTES if path.startswith("/sync/") else FORM_LIMIT_BYTES


def comes_from_another_site(scope: HTTPScope, headers: dict[bytes, bytes]) -> bool:
    """By `Sec-Fetch-Site`, which no page can forge; else by `Origin`; what sends neither is no browser."""
    if site := headers.get(b"sec-fetch-site"):
        return site not in (b"same-origin", b"none")
    if (origin := headers.get(b"origin")) is None:
        return False
    return origin != scope["scheme"].encode() + b"://" + headers.get(b"host", b"")


def counted(receive: Receive, limit_bytes: int) -> Receive:
    """Counts a body, ends it at the limit, and waits for each piece of it only so long."""
    received_bytes, whole = 0, False

    async def receive_counted() -> Message:
        nonlocal received_bytes, whole
        try:
            async with asyncio.timeout(None if whole else NEXT_PIECE_WITHIN_S):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(status_code=408, detail="too_slow") from error
        if message["type"] == "http.request":
            whole = not message.get("more_body", False)
            received_bytes += len(message["body"])
            if received_bytes > limit_bytes:
                raise HTTPException(status_code=413, detail="too_large")
        return message  # type: ignore[return-value]

    return receive_counted  # type: ignore[return-value]


async def refuse(scope: HTTPScope, send: Send, status: int) -> None:
    """A short answer without the rest of the program: a code for the phone's engine, a sentence for a person."""
    headers = dict(scope["headers"])
    if scope["path"].startswith("/sync/"):
        kind, text = "application/json", f'{{"code":"{CODES[status]}"}}'
    else:
        locale = accepted_language(headers.get(b"accept-language", b"").decode("latin-1"))
        kind, text = "text/plain; charset=utf-8", SENTENCES[status][locale]
    body = text.encode()
    raw = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})
