"""The two cookies: `session` says who works here now, `device` which browser this is, for as long as it lives."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Literal

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

CookieName = Literal["session", "device"]

# 400 days is the most a browser keeps a cookie; every sign-in begins it anew.
DEVICE_AGE_S = 400 * 86_400


def read_cookie(headers: Iterable[tuple[bytes, bytes]], scheme: str, name: CookieName) -> str | None:
    """The cookie's token. Under TLS only the `__Host-` one counts: no plain page of the same host can have set it."""
    wanted = full_name(scheme, name).encode()
    for header, value in headers:
        if header == b"cookie":
            for pair in value.split(b";"):
                key, _, token = pair.strip().partition(b"=")
                if key == wanted and token:
                    return token.decode("latin-1")
    return None


def full_name(scheme: str, name: CookieName) -> str:
    return f"__Host-{name}" if scheme == "https" else name


def cookie(connection: ASGIConnection[Any, Any, Any, Any], name: CookieName, token: str, max_age_s: int) -> Cookie:
    """`max_age_s` 0 takes it away."""
    scheme = connection.scope["scheme"]
    return Cookie(
        key=full_name(scheme, name),
        value=token,
        max_age=max_age_s,
        path="/",
        secure=scheme == "https",
        httponly=True,
        samesite="lax",
    )


def fingerprint(token: str) -> str:
    """What the database keeps of a token: a stolen copy of it opens nothing."""
    return sha256(token.encode()).hexdigest()
