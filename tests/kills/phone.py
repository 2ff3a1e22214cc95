"""A phone that works on while its hub is killed: what was not answered is sent again, in its place."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import httpx

from server.clock import now_ms
from tests import shop
from tests.bench.phones import Outbox

WAITING_AT_MOST = 60
SENT_AT_MOST = 20
ITEMS = (shop.TEA, shop.SOAP, shop.CHEESE)

Operation = dict[str, Any]
Result = dict[str, Any]


class Phone:
    """`told` holds the answer to each operation, `heard_at` when it came first; `other`: a repeat said otherwise."""

    def __init__(self, outbox: Outbox, port: int, chance: random.Random) -> None:
        self.outbox = outbox
        self.chance = chance
        self.waiting: list[Operation] = []
        self.sent: list[Operation] = []
        self.told: dict[str, Result] = {}
        self.heard_at: dict[str, int] = {}
        self.other: list[tuple[Result, Result]] = []
        self.answers = self.unanswered = 0
        headers = {"Cookie": outbox.cookie, "Sec-Fetch-Site": "same-origin"}
        self._line = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=10)

    async def work(self, stop: asyncio.Event) -> None:
        """Until the stop; then until everything is answered."""
        while not stop.is_set() or self.waiting:
            if not stop.is_set() and len(self.waiting) < WAITING_AT_MOST:
                self.waiting += [self._operation() for _ in range(self.chance.randint(1, SENT_AT_MOST))]
            again = self.sent[-self.chance.randint(1, 5) :] if self.chance.random() < 0.1 else []
            await self.send([*again, *self.waiting[: self.chance.randint(1, SENT_AT_MOST)]])

    async def send(self, ops: Sequence[Operation]) -> None:
        body = {"protocol": 1, "client": self.outbox.client, "ops": ops}
        try:
            answer = await self._line.post("/sync/push", json=body)
        except httpx.TransportError:
            self.unanswered += 1
            await asyncio.sleep(0.1)
            return
        if answer.status_code == 503:
            await asyncio.sleep(0.1)
            return
        assert answer.status_code == 200, answer.text
        self.answers += 1
        for result in answer.json()["results"]:
            self._hear(result)

    def _hear(self, result: Result) -> None:
        known = self.told.setdefault(result["id"], result)
        if known != result:
            self.other.append((known, result))
        if self.waiting and self.waiting[0]["id"] == result["id"]:
            self.heard_at[result["id"]] = now_ms()
            self.sent.append(self.waiting.pop(0))

    def _operation(self) -> Operation:
        delta = self.chance.choice((-3, -2, -1, 1, 2, 3))
        args = {"store": self.outbox.store, "item": self.chance.choice(ITEMS), "delta": delta, "reason": "found"}
        return self.outbox.operation("stock.adjust", args)

    async def close(self) -> None:
        await self._line.aclose()
