"""Several hubs on one PostgreSQL: wherever a phone comes to, all is booked once and everybody hears."""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import func, select

from server.database import Database
from server.inbox.messages import Operation
from server.ledger.doctor import examine
from server.ledger.tables import ledger
from server.settings import Settings
from tests import shop
from tests.phones import on_hand, signed
from tests.server.browsers import PASSWORD
from tests.server.test_cli import free_port, running

OUTBOXES, BATCHES, OPERATIONS = 6, 4, 5
HINT_WITHIN_S = 10.0

pytestmark = pytest.mark.parametrize(
    "settings", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


class Sender:
    """One outbox that sends each of its messages to any number of hubs at once."""

    def __init__(self, number: int) -> None:
        self.client = f"00000000-0000-4000-8000-{number:012}"
        self.n = 0

    def batch(self, secret: bytes) -> list[Operation]:
        found = {"store": shop.GHENT, "item": shop.TEA, "delta": 1, "reason": "found"}
        self.n += OPERATIONS
        numbers = range(self.n - OPERATIONS + 1, self.n + 1)
        ops = [
            Operation(
                *(
                    n,
                    f"{self.client[:24]}{n:06}{self.client[-6:]}",
                    "stock.adjust",
                    1,
                    found,
                    shop.NOW,
                    0.0,
                    0,
                    shop.ADA,
                ),
                None,
            )
            for n in numbers
        ]
        return [signed(op, secret) for op in ops]

    async def send(self, browser: httpx.AsyncClient, ops: list[Operation], hubs: list[int]) -> list[Any]:
        body = {"protocol": 1, "client": self.client, "ops": [msgspec.to_builtins(op) for op in ops]}
        answers = await asyncio.gather(
            *(browser.post(f"http://127.0.0.1:{port}/sync/push", json=body) for port in hubs)
        )
        assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
        return [answer.json()["results"] for answer in answers]


@asynccontextmanager
async def two_hubs(settings: Settings) -> AsyncIterator[list[int]]:
    ports = [free_port(), free_port()]
    words = ("serve", "--database", settings.database, "--data", settings.data)
    with running(*words, port=ports[0]), running(*words, port=ports[1]):
        yield ports


@asynccontextmanager
async def signed_in(ports: list[int]) -> AsyncIterator[httpx.AsyncClient]:
    """At one hub, and so at both: cookies know no ports."""
    async with httpx.AsyncClient(headers={"sec-fetch-site": "same-origin"}, timeout=60) as browser:
        fields = {"username": "ada", "password": PASSWORD, "next": "/items"}
        answer = await browser.post(f"http://127.0.0.1:{ports[0]}/sign-in", data=fields)
        assert answer.status_code == 303, answer.text
        yield browser


async def test_the_same_and_different_messages_to_two_hubs_are_booked_once(
    settings: Settings, database: Database, password_hash: str
) -> None:
    await shop.open_shop(database, password_hash)
    async with two_hubs(settings) as ports, signed_in(ports) as browser:
        secret = await key_of(browser, ports[1])

        async def work(number: int) -> None:
            sender = Sender(number)
            for batch in range(BATCHES):
                ops = sender.batch(secret)
                # Every third outbox sends each message to both at once, the others to one and then the other.
                hubs = ports if number % 3 == 0 else [ports[(number + batch) % 2]]
                told = await sender.send(browser, ops, hubs)
                assert all(results == told[0] for results in told)
                assert {result["status"] for result in told[0]} == {"applied"}
                # A lost answer: the same again, to the other one.
                again = await sender.send(browser, ops, [ports[(number + batch + 1) % 2]])
                assert again[0] == told[0]

        await asyncio.gather(*(work(number) for number in range(OUTBOXES)))
    count = OUTBOXES * BATCHES * OPERATIONS
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5 + count
    async with database.reading() as connection:
        booked = select(func.count()).select_from(ledger).where(ledger.c.reason == "found")
        assert await connection.scalar(booked) == count
    assert await examine(database) == []


async def test_who_listens_at_one_hub_hears_what_the_other_one_books(
    settings: Settings, database: Database, password_hash: str
) -> None:
    await shop.open_shop(database, password_hash)
    async with two_hubs(settings) as ports, signed_in(ports) as browser:
        secret = await key_of(browser, ports[1])
        async with browser.stream("GET", f"http://127.0.0.1:{ports[1]}/sync/live") as stream:
            lines = stream.aiter_lines()
            before = await heads_in(lines)
            sender = Sender(1)
            [[first, *_]] = await sender.send(browser, sender.batch(secret), [ports[0]])
            async with asyncio.timeout(HINT_WITHIN_S):
                while (await heads_in(lines)).get("stock:1", 0) < first["heads"]["stock:1"]:
                    pass
        assert first["heads"]["stock:1"] > before["stock:1"]
        # The other one also answers with it, as new as it is.
        cursors = {"schema": 1, "cursors": {}}
        pulled = (await browser.post(f"http://127.0.0.1:{ports[1]}/sync/pull", json=cursors)).json()
        [stock] = [part for part in pulled["buckets"] if part["id"] == "stock:1"]
        rows = {key: row for key, _version, row in stock["puts"]}
        assert rows[str(shop.TEA)]["on_hand"] == 5 + OPERATIONS


async def heads_in(lines: AsyncIterator[str]) -> dict[str, int]:
    async for line in lines:
        if line.startswith("data: "):
            heads: dict[str, int] = json.loads(line.removeprefix("data: "))["heads"]
            return heads
    raise AssertionError("the stream ended")


async def key_of(browser: httpx.AsyncClient, port: int) -> bytes:
    """What this person signs with in this browser."""
    return b64decode((await browser.get(f"http://127.0.0.1:{port}/sync/key")).json()["key"])
