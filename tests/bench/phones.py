"""Phones of the demonstration's people: real sessions, real devices, real keys, and operations signed with them."""

import hmac
import random
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import select

from server.clock import now_ms
from server.database import Database
from server.devices.keys import greet_device, key_for
from server.people.sessions import begin
from server.people.tables import people
from server.stores.tables import stores
from sync.ids import ordered_id
from sync.operations import signing_text
from tests.bench.load import Caller

# Who may move stock where: (username, store's code). An area manager is met at two of their stores.
AT_WORK = (
    ("ada", "GNT"),
    ("bo", "ANT"),
    ("lotte", "LVN"),
    ("daan", "RTM"),
    ("lin", "UTR"),
    ("femke", "LDN"),
    ("nora", "GNT"),
    ("wei", "ANT"),
    ("anouk", "LVN"),
    ("femke", "RTM"),
)
# Seeded, so that every run and every database gets the same work.
chance = random.Random(20)


def fresh_id() -> str:
    return ordered_id(now_ms(), f"{chance.getrandbits(76):019x}")


@dataclass(slots=True)
class Outbox:
    """One phone's queue on its way to the hub."""

    cookie: str
    person: int
    store: int
    key: bytes
    client: str = field(default_factory=fresh_id)
    n: int = 0

    def operation(self, kind: str, args: dict[str, Any]) -> dict[str, Any]:
        self.n += 1
        signed = {"id": fresh_id(), "kind": kind, "v": 1, "args": args, "at": now_ms(), "by": self.person}
        mac = b64encode(hmac.digest(self.key, signing_text(signed).encode(), "sha256")).decode()
        return {"n": self.n, **signed, "mono": 1000.5, "offset": 0, "mac": mac}

    def caller(self, batches: list[list[dict[str, Any]]]) -> Caller:
        messages = [{"protocol": 1, "client": self.client, "ops": ops} for ops in batches]
        return Caller(self.cookie, [msgspec.json.encode(message).decode() for message in messages])

    def renewed(self) -> "Outbox":
        """The same phone with a queue that begins at 1."""
        return Outbox(self.cookie, self.person, self.store, self.key)


async def sign_in(database: Database, places: list[tuple[str, str]]) -> list[Outbox]:
    """A new phone for each (username, store's code), as a sign-in makes it."""
    async with database.writing() as connection:
        ids = {row.username: row.id for row in await connection.execute(select(people.c.username, people.c.id))}
        codes = {row.code: row.id for row in await connection.execute(select(stores.c.code, stores.c.id))}
        signed_in = []
        for username, code in places:
            device, device_cookie = await greet_device(connection, None, "bench", now_ms())
            session_cookie = await begin(connection, ids[username], device, now_ms())
            key = await key_for(connection, device, ids[username], now_ms())
            cookie = f"session={session_cookie}; device={device_cookie}"
            signed_in.append(Outbox(cookie, ids[username], codes[code], key))
        return signed_in


def adjustment(phone: Outbox, items: list[int]) -> dict[str, Any]:
    delta = chance.choice((-3, -2, -1, 1, 2, 3))
    args = {"store": phone.store, "item": chance.choice(items), "delta": delta, "reason": "found"}
    return phone.operation("stock.adjust", args)
