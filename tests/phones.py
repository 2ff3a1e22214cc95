"""A phone at the door, as plainly as it can be: one outbox on a person's device, everything properly signed."""

import hmac
from base64 import b64encode
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from server.database import Database
from server.inbox.accept import Door
from server.inbox.messages import Health, Operation
from server.inbox.outboxes import Answer, Arrival
from server.ledger.tables import balances
from tests import shop


class Phone:
    """One outbox on a person's device."""

    def __init__(self, door: Door, person: int) -> None:
        self.door, self.person, self.client, self.n = door, person, str(uuid4()), 0

    def operation(self, kind: str, args: dict[str, Any], at: int = shop.NOW, v: int = 1, **other: Any) -> Operation:
        self.n += 1
        op = Operation(self.n, str(uuid4()), kind, v, args, at, 0.0, 0, self.person, None, **other)
        return signed(op, shop.secret_of(self.person))

    async def send(self, *ops: Operation, health: Health | None = None) -> Answer:
        return await self.door.push(Arrival(self.client, shop.device_of(self.person), ops, health))

    async def do(self, kind: str, /, **args: Any) -> dict[str, Any]:
        answer = await self.send(self.operation(kind, args))
        return answer.verdicts[0].result()


def signed(op: Operation, secret: bytes) -> Operation:
    mac = b64encode(hmac.digest(secret, op.signed_text(), "sha256")).decode()
    return Operation(op.n, op.id, op.kind, op.v, op.args, op.at, op.mono, op.offset, op.by, mac, op.dep)


async def on_hand(database: Database, store: int, item: int) -> int:
    """What the balance says, over all lots."""
    async with database.reading() as connection:
        query = select(func.sum(balances.c.on_hand)).where(
            balances.c.location_id == store * 2, balances.c.item_id == item
        )
        return int(await connection.scalar(query))
