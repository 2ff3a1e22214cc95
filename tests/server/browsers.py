"""Browsers in front of the whole hub, without a network between: one each for a person, with its own cookies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from litestar import Litestar

from server.app import close_door, open_door

PASSWORD = "quiet-otter-green-tram"
PLAIN = "http://hub.test"
SECURE = "https://hub.test"


class Browser(httpx.AsyncClient):
    """Keeps cookies, follows nothing by itself, says where its forms come from as browsers do."""

    def __init__(self, app: Litestar, address: str = PLAIN, ip: str = "198.51.100.7", **more: Any) -> None:
        transport = httpx.ASGITransport(app=app, client=(ip, 50_000), raise_app_exceptions=False)  # type: ignore[arg-type]
        super().__init__(transport=transport, base_url=address, **more)

    async def submit(self, path: str, **fields: str) -> httpx.Response:
        return await self.post(path, data=fields, headers={"sec-fetch-site": "same-origin"})

    async def sign_in(self, username: str, password: str = PASSWORD, path: str = "/sign-in") -> httpx.Response:
        return await self.submit(path, username=username, password=password, next="/items")


@asynccontextmanager
async def awake(app: Litestar) -> AsyncIterator[Litestar]:
    """The app between its start and its end."""
    await open_door(app)
    yield app
    await close_door(app)
