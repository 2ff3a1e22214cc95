"""What somebody hears when a request ends badly: a sentence in their language, or a code where a phone is asking."""

from typing import Any
from urllib.parse import urlencode

from litestar import MediaType, Request
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Response
from litestar.types import ExceptionHandlersMap

from server.database import is_away
from server.logs import log, noted
from server.page_frame import Locale
from server.people.languages import language_of
from server.people.sessions import NobodyYet, NotSignedIn
from server.refusals import Refusal

SENTENCES: dict[int, dict[Locale, str]] = {
    400: {"en": "The hub could not read this request.", "zh": "服务器读不懂这个请求。"},
    403: {"en": "This was sent from another site, so nothing was done.", "zh": "这个请求来自别的网站，没有执行。"},
    404: {"en": "There is no such page.", "zh": "没有这个页面。"},
    405: {"en": "This page cannot do that.", "zh": "这个页面做不到。"},
    408: {"en": "The rest of this request never came. Send it again.", "zh": "请求没有传完，请重新发送。"},
    413: {"en": "This is more than the hub takes at once.", "zh": "一次发送的内容太多。"},
    429: {"en": "Too many at once. Try again in a minute.", "zh": "请求太多，请一分钟后再试。"},
    500: {
        "en": "The hub could not do this. Your work on the phone is kept; try again in a moment.",
        "zh": "服务器没能完成。手机上的内容都还在，请稍后再试。",
    },
    503: {"en": "The hub is not ready yet. Try again in a moment.", "zh": "服务器还没准备好，请稍后再试。"},
}
CODES = {
    400: "malformed",
    401: "sign_in",
    403: "cross_site",
    404: "unknown",
    405: "unknown",
    408: "too_slow",
    413: "too_large",
    503: "closed",
}
AGAIN_IN_S = 2


def failures() -> ExceptionHandlersMap:
    return {NotSignedIn: ask_to_sign_in, HTTPException: explain, Refusal: refuse, Exception: unexpected}


def for_a_phone(request: Request[Any, Any, Any]) -> bool:
    """Whether code asks and not a person: messages of the phone's engine are answered in JSON."""
    return request.scope["path"].startswith("/sync/")


def ask_to_sign_in(request: Request[Any, Any, Any], failure: NotSignedIn) -> Response[Any]:
    """401 for the phone's engine, which then waits; a page leads to the sign-in and from there back."""
    if for_a_phone(request):
        return Response({"code": "sign_in"}, status_code=401)
    if isinstance(failure, NobodyYet):
        return Redirect("/setup", status_code=303)
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    wanted = f"{path}?{query}" if query and request.method == "GET" else path
    return Redirect("/sign-in" if wanted == "/" else f"/sign-in?{urlencode({'next': wanted})}", status_code=303)


def explain(request: Request[Any, Any, Any], failure: HTTPException) -> Response[Any]:
    if failure.status_code >= 500:
        log.warning("failed", status=failure.status_code, detail=failure.detail, **noted())
    return answer(request, failure.status_code)


def refuse(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """Pages put refusals into their forms themselves; this is for what has no form."""
    return Response({"code": refusal.code, "params": refusal.params}, status_code=422)


def unexpected(request: Request[Any, Any, Any], failure: Exception) -> Response[Any]:
    if is_away(failure):
        log.error("database_away", path=request.scope["path"], error=str(failure), **noted())
        return answer(request, 503)
    log.error("bug", path=request.scope["path"], exc_info=failure, **noted())
    return answer(request, 500)


def answer(request: Request[Any, Any, Any], status: int) -> Response[Any]:
    headers = {"retry-after": str(AGAIN_IN_S)} if status == 503 else {}
    if for_a_phone(request):
        return Response({"code": CODES.get(status, "unexpected")}, status_code=status, headers=headers)
    sentences = SENTENCES.get(status) or SENTENCES[400 if status < 500 else 500]
    return Response(sentences[language_of(request)], status_code=status, headers=headers, media_type=MediaType.TEXT)
