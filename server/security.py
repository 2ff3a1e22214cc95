"""What every answer carries and what no request may do, whatever it asks for: the outermost layer of the program."""

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


class Security:
    """Refuses writes from other sites (403) and bodies over the limit (413), and puts the headers on every answer."""

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

        if scope["method"] in READING:
            await self.app(scope, receive, send_with_headers)
            return
        headers = dict(scope["headers"])
        limit_bytes = SYNC_LIMIT_BYTES if scope["path"].startswith("/sync/") else FORM_LIMIT_BYTES
        if comes_from_another_site(scope, headers):
            await refuse(scope, send_with_headers, 403)
        elif int(headers.get(b"content-length", b"0")) > limit_bytes:
            await refuse(scope, send_with_headers, 413)
        elif b"content-length" in headers:
            await self.app(scope, receive, send_with_headers)
        else:
            await self.app(scope, counted(receive, limit_bytes), send_with_headers)


def comes_from_another_site(scope: HTTPScope, headers: dict[bytes, bytes]) -> bool:
    """By `Sec-Fetch-Site`, which no page can forge; else by `Origin`; what sends neither is no browser."""
    if site := headers.get(b"sec-fetch-site"):
        return site not in (b"same-origin", b"none")
    if (origin := headers.get(b"origin")) is None:
        return False
    return origin != scope["scheme"].encode() + b"://" + headers.get(b"host", b"")


def counted(receive: Receive, limit_bytes: int) -> Receive:
    """Counts a body that did not say its length, and ends it at the limit."""
    received_bytes = 0

    async def receive_counted() -> Message:
        nonlocal received_bytes
        message = await receive()
        if message["type"] == "http.request":
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
