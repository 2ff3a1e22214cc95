"""A phone: its outbox, a replica a person, a clock of its own, and the steps in which it talks to the hub."""

import hmac
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from msgspec import json

from sync.operations import signing_text
from tests.simulation.years.chance import Chance
from tests.simulation.years.clock import Clock
from tests.simulation.years.hub import Answer, Letter
from tests.simulation.years.outbox import OPERATIONS_AT_MOST, Outbox, Row, voided, wire
from tests.simulation.years.replica import Replica

PRUNE_MS = 86_400_000
ROWS_PACKED = 1


@dataclass(frozen=True)
class Batch:
    client: str
    settled: int
    rows: tuple[Row, ...]


@dataclass
class Disk:
    """What outlives a worker, and what a backup of the phone holds."""

    outbox: Outbox = field(default_factory=Outbox)
    replicas: dict[int, Replica] = field(default_factory=dict)
    offset: int | None = None

    def copy(self) -> "Disk":
        replicas = {person: replica.copy() for person, replica in self.replicas.items()}
        return Disk(self.outbox.copy(), replicas, self.offset)


class Phone:
    """`person` works on it, `session` is whether the hub knows that; `schema` 0 is an ancient release."""

    def __init__(self, name: str, device: str, clock: Clock, chance: Chance) -> None:
        self.name = name
        self.device = device
        self.clock = clock
        self.chance = chance
        self.disk = Disk()
        self.person: int | None = None
        self.session = False
        self.skew_ms = 0
        self.schema = 1
        self.most = OPERATIONS_AT_MOST
        # The session of counting that is open here, and its store.
        self.counting: tuple[str, int] | None = None
        self._pruned_at = 0

    @property
    def outbox(self) -> Outbox:
        return self.disk.outbox

    @property
    def replica(self) -> Replica | None:
        return None if self.person is None else self.disk.replicas.setdefault(self.person, Replica(self.person))

    def now(self) -> int:
        return self.clock() + self.skew_ms

    def record(self, kind: str, args: dict[str, Any], **other: Any) -> Row:
        """Signs and saves what its person did; gives the operation as it was signed."""
        assert self.person is not None
        operation = {
            "id": self.chance.uuid(),
            "kind": kind,
            "v": 1,
            "args": args,
            "at": self.now(),
            "mono": 0.0,
            "offset": self.disk.offset,
            "by": self.person,
            **other,
        }
        operation.setdefault("mac", self.mac(operation))
        self.outbox.record(operation, self.chance.uuid())
        return operation

    def mac(self, operation: Row) -> str:
        digest = hmac.digest(secret_of(self.device, operation["by"]), signing_text(operation).encode(), "sha256")
        return b64encode(digest).decode()

    def withdraw(self, operation: str) -> bool:
        row = self.outbox.operations.get(operation)
        return row is not None and self.outbox.withdraw(operation, self.mac(voided(row, "")))

    def batch(self) -> Batch | None:
        client, settled, rows = self.outbox.batch(self.most)
        return Batch(client, settled, tuple(rows)) if rows else None

    def letter(self, batch: Batch) -> Letter:
        waiting = len(self.outbox.operations)
        oldest_at = min((row["at"] for row in self.outbox.operations.values()), default=None)
        health = {"waiting": waiting, "oldest_at": oldest_at, "catalogue_at": None, "release": "model"}
        ops = [wire(row) for row in batch.rows]
        body = {"protocol": 1, "client": batch.client, "ops": ops, "health": health}
        return Letter(self.name, self.device, json.encode(body))

    def hears(self, batch: Batch, answer: Answer) -> str:
        """One word for what came of a push, as `sw/push.js` takes it."""
        status, told = answer
        if status == 200:
            self.most = OPERATIONS_AT_MOST
            self._set_clock(told["now"])
            return self._settle(batch, told)
        if status == 409:
            self._set_clock(told["now"])
            return self._renumber(batch, told)
        if status in (400, 413):
            if len(batch.rows) == 1:
                return "park"
            self.most = len(batch.rows) >> 1
            return "halved"
        return "unanswered"

    def _settle(self, batch: Batch, told: dict[str, Any]) -> str:
        self.outbox.settle(batch.client, told["results"], self.now())
        if told["last_n"] < batch.settled:
            self.outbox.come_back(batch.client, told["last_n"] + 1, self.chance.uuid())
            return "came back"
        return "settled"

    def _renumber(self, batch: Batch, told: dict[str, Any]) -> str:
        if told["code"] == "forked":
            self.outbox.fork(batch.client, self.chance.uuid())
            return "forked"
        self.outbox.come_back(batch.client, told["expected"], self.chance.uuid())
        return "came back"

    def void_of(self, batch: Batch) -> Batch:
        """What is offered for the slot of an operation that the hub cannot read."""
        row = batch.rows[0]
        return Batch(batch.client, batch.settled, ({**row, "withdrawn": self.mac(voided(row, ""))},))

    def park(self, batch: Batch, code: str) -> None:
        row = batch.rows[0]
        result = {"n": row["n"], "id": row["id"], "status": "parked", "code": code, "params": {}, "heads": {}}
        self.outbox.settle(batch.client, [result], self.now())

    def question(self) -> tuple[dict[str, Any], bytes]:
        """The cursors that a pull is asked with, and its body."""
        replica, place = self.replica, self.outbox.place()
        assert replica is not None
        sent = replica.cursors()
        body: dict[str, Any] = {"schema": self.schema, "cursors": sent}
        return sent, json.encode({**body, "client": place["id"]} if place else body)

    def wants_journal(self, told: dict[str, Any]) -> bool:
        """Whether the hub knows less of this outbox than we do: then the journal goes first."""
        self._set_clock(told["now"])
        epoch = next((part["epoch"] for part in told["buckets"] if part["id"] == "chain"), self.outbox.epoch)
        if self.outbox.hub_restored(epoch, self.chance.uuid()):
            return True
        place = self.outbox.place()
        if place is None or told["last_n"] >= place["settled"]:
            return False
        self.outbox.come_back(place["id"], told["last_n"] + 1, self.chance.uuid())
        return True

    def reach(self, before: list[str], done: bool) -> None:
        """Lets go of answered operations that the rows contain by now; until all are there, rows may be of an earlier
        epoch, whose numbers say nothing.
        """
        if not done:
            return
        self.outbox.mark_reached(before)
        mine = [row for row in self.outbox.unreached() if row["by"] == self.person]
        self.outbox.mark_reached(row["id"] for row in mine if self._contains(row["result"]["heads"]))

    def _contains(self, heads: dict[str, int]) -> bool:
        """A bucket that is not here will never come."""
        assert self.replica is not None
        reached = ((self.replica.reached(bucket), seq) for bucket, seq in heads.items())
        return all(here is None or here >= seq for here, seq in reached)

    def _set_clock(self, hubs_ms: int) -> None:
        self.disk.offset = hubs_ms - self.now()
        if self.clock() - self._pruned_at > PRUNE_MS:
            self._pruned_at = self.clock()
            self.outbox.prune(self.now())


def secret_of(device: str, person: int) -> bytes:
    return sha256(f"{device} {person}".encode()).digest()
