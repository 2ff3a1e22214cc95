"""`POST /sync/push` straight to the door. It comes more often than all other requests together, and a third of what the
hub did for one was to find its handler and to wrap its answer.
"""

from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from server.inbox.sync_routes import AGAIN, answer_push
from server.people.sessions import Sessions
from server.security import refuse

PATH = "/sync/push"


class PushLane:
    """Takes a push of somebody known to be signed in; everything else goes on to the router, which answers as ever."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] != PATH or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        sessions: Sessions = self.state.sessions
        who = sessions.remembered(scope)
        if who is None:
            await self.app(scope, receive, send)
            return
        try:
            sent = await _whole(receive)
        except HTTPException as failure:
            await refuse(scope, send, failure.status_code)
            return
        if sent is None:
            return
        scope["path_template"] = PATH
        status, body = await answer_push(self.state.door, who.device_id, sent)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        if status == 503:
            headers += [(name.encode(), value.encode()) for name, value in AGAIN.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def _whole(receive: Receive) -> bytes | None:
    """The body; None where the phone left before it had sent all of it."""
    pieces = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)
