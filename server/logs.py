"""One JSON line an event on standard error: every request, every bug with its traceback and its operation's id."""

import logging
import sys
import time
import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from server.health import figures

log = structlog.get_logger()
INVITATION = "/invite/"

_noted: ContextVar[dict[str, Any] | None] = ContextVar("noted", default=None)


def configure(level: int = logging.INFO) -> None:
    """Call once a process, before the first line; the lines of libraries take the same form."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[LibraryLines()], level=max(level, logging.WARNING), force=True)


def _json(event: Mapping[str, Any], **_: Any) -> bytes:
    return msgspec.json.encode(event, enc_hook=str)


class LibraryLines(logging.Handler):
    """What libraries log in their own way, as the same kind of line."""

    def emit(self, record: logging.LogRecord) -> None:
        log.log(record.levelno, record.getMessage(), library=record.name, exc_info=record.exc_info)


def note(**facts: Any) -> None:
    """Puts facts on the log line of the request at hand: `note(operation=operation_id)`."""
    if (noted := _noted.get()) is not None:
        noted.update(facts)


def noted() -> dict[str, Any]:
    """What is known so far of the request at hand, its id included."""
    return dict(_noted.get() or {})


def _told(path: str) -> str:
    """An invitation's link lets somebody in: no line may hold one."""
    return f"{INVITATION}…" if path.startswith(INVITATION) else path


class RequestLines:
    """Gives each request an id (sent as `X-Request-Id` where the program failed), writes its line and counts it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        began_s = time.perf_counter()
        path, request_id, status = _told(scope["path"]), uuid.uuid4().hex[:16], 500
        facts: dict[str, Any] = {"request": request_id}
        token = _noted.set(facts)

        async def send_and_look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                # Only where somebody will look for the line; a page of the phone's worker has no such header.
                if status >= 500:
                    message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_and_look)
        finally:
            _noted.reset(token)
            took_s = time.perf_counter() - began_s
            figures.count_request(scope["method"], scope.get("path_template") or "", status, took_s)
            if status >= 500 or not path.startswith("/static/"):
                took_ms = round(took_s * 1000, 1)
                log.info("request", method=scope["method"], path=path, status=status, ms=took_ms, **facts)
