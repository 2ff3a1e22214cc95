"""Transactions driven through one order, and a reader who pulls after every commit."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from server.database import Database
from server.inbox.messages import Cursor, Pull
from server.inbox.pull import SCHEMA, answer_pull
from server.people.sessions import Who
from tests import shop
from tests.orders.writers import COMMIT, Writer

Rows = dict[tuple[str, str], int]


@dataclass
class Reader:
    """Somebody's phone: what it was told row by row, by (bucket, key), with versions.

    A bucket sent whole after the first time mends what was missed, by the checksum; here that counts as missed.
    """

    database: Database
    person: int
    rows: Rows = field(default_factory=dict)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    pulls: int = 0
    missed: int = 0
    went_back: int = 0

    async def pull(self) -> None:
        self.pulls += 1
        for part in (await self._ask(self.cursors))["buckets"]:
            name, told = part["id"], {(part["id"], key): version for key, version, _row in part["puts"]}
            if part.get("reset") and name in self.cursors:
                held = {row: version for row, version in self.rows.items() if row[0] == name}
                self.missed += len(set(told.items()) ^ set(held.items()))
            for key, _version in part["gone"]:
                self.rows.pop((name, key), None)
            self.rows |= told
            if name in self.cursors and not part.get("reset"):
                self.went_back += part["to"] < self.cursors[name].seq
            self.cursors[name] = Cursor(part["epoch"], part["to"], part["sum"])

    async def compare(self) -> None:
        """After the last commit: what a new phone would be given and this one has not."""
        parts = (await self._ask({}))["buckets"]
        fresh = {(part["id"], key): version for part in parts for key, version, _row in part["puts"]}
        self.missed += sum(self.rows.get(row) != version for row, version in fresh.items())

    async def _ask(self, cursors: dict[str, Cursor]) -> Any:
        who = Who(self.person, "Ada", "en", shop.HOMES[self.person], shop.device_of(self.person), "session")
        async with self.database.reading() as connection:
            return await answer_pull(connection, who, Pull(SCHEMA, dict(cursors)), shop.NOW + 2000)


async def commit_in_order(writers: Sequence[Writer], order: Sequence[Writer], reader: Reader, watcher: Any) -> None:
    """Everybody goes as far as the commit or somebody's lock; then they commit in this order, as far as locks allow."""
    for writer in writers:
        await _settle(writers, watcher)
        while writer.at is not None and writer.at != COMMIT:
            await _step(writer, writers, reader, watcher)
    while not all(writer.is_over for writer in writers):
        await _step(next(writer for writer in order if writer.at is not None), writers, reader, watcher)


async def mix(writers: Sequence[Writer], chance: random.Random, reader: Reader, watcher: Any) -> None:
    """Somebody goes on, and then somebody, statement by statement."""
    await _settle(writers, watcher)
    while not all(writer.is_over for writer in writers):
        await _step(chance.choice([writer for writer in writers if writer.at is not None]), writers, reader, watcher)


async def _step(writer: Writer, writers: Sequence[Writer], reader: Reader, watcher: Any) -> None:
    commits = writer.at == COMMIT
    writer.go()
    await _settle(writers, watcher)
    if commits:
        await reader.pull()


async def _settle(writers: Sequence[Writer], watcher: Any) -> None:
    for writer in writers:
        await writer.settled(watcher)
