"""A push that goes straight to the door is answered as the router would answer it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from litestar import Litestar

from server.inbox import lane
from server.security import SYNC_LIMIT_BYTES
from tests.server.browsers import Browser

EMPTY = b'{"protocol":1,"client":"%s","ops":[]}'


@pytest.mark.parametrize("body", [EMPTY, b"{}", b'{"protocol":1', b"x" * (SYNC_LIMIT_BYTES + 1)])
async def test_the_lane_and_the_router_answer_the_same(
    browser: Browser, app: Litestar, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []
    through_the_lane = lane._whole

    async def whole(receive: object) -> bytes | None:
        taken.append(receive)
        return await through_the_lane(receive)  # type: ignore[arg-type]

    monkeypatch.setattr("server.inbox.lane._whole", whole)
    await browser.sign_in("ada")
    sent = body.replace(b"%s", str(uuid4()).encode())

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(sent), 65_536):
            yield sent[start : start + 65_536]

    answers = []
    for is_known in (False, True):
        if is_known:
            await browser.post("/sync/pull", content=b"{}")
        else:
            app.state.sessions.forget_all()
        answer = await browser.post("/sync/push", content=pieces())
        answers.append((answer.status_code, _timeless(answer.json()), sorted(answer.headers)))
        assert len(taken) == is_known
    assert answers[0] == answers[1]


def _timeless(answer: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in answer.items() if name != "now"}
