"""The door without TLS: it shows how to trust the shop's authority, and nothing of the shop."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

OPEN_TO_ALL = ("/certificate", "/static/")


class PlainDoor:
    """Lets through to `app` only the install page and what it looks like; everything else leads to that page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            return
        if scope["method"] in ("GET", "HEAD") and scope["path"].startswith(OPEN_TO_ALL):
            await self.app(scope, receive, send)
            return
        headers = [(b"location", b"/certificate"), (b"content-length", b"0"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
