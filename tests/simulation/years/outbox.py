"""The outbox of a phone as `sw/outbox.js` and `sw/numbering.js` keep it, each function one of their transactions.

A model: the phones of `tests/simulation` run the shipped code, these run by the hundred thousand. Rows are never
changed in place, so that a copy of the dictionaries is a backup.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import json

BYTES_AT_MOST = 240_000
OPERATIONS_AT_MOST = 200
JOURNAL_MS = 30 * 86_400_000
_WIRE = ("n", "id", "kind", "v", "args", "at", "mono", "offset", "by", "mac")

Row = dict[str, Any]


class Outbox:
    def __init__(self) -> None:
        self.clients: dict[str, Row] = {}
        self.operations: dict[str, Row] = {}
        self.journal: dict[str, Row] = {}
        # Of the chain, when the journal was last known to be in the hub.
        self.epoch = ""

    def copy(self) -> "Outbox":
        twin = Outbox()
        twin.clients, twin.operations, twin.journal = dict(self.clients), dict(self.operations), dict(self.journal)
        twin.epoch = self.epoch
        return twin

    def ids(self) -> set[str]:
        return {*self.operations, *self.journal}

    def active(self, minted: str) -> Row:
        """The client that numbers are allotted from; made when there is none."""
        for client in self.clients.values():
            if client["active"]:
                return client
        client = {"id": minted, "next": 1, "settled": 0, "active": True}
        self.clients[minted] = client
        return client

    def place(self) -> Row | None:
        return next((client for client in self.clients.values() if client["active"]), None)

    def record(self, operation: Row, minted: str) -> bool:
        """False when its id is already here."""
        if operation["id"] in self.operations or operation["id"] in self.journal:
            return False
        client = self.active(minted)
        self.operations[operation["id"]] = {**operation, "client": client["id"], "n": client["next"]}
        self.clients[client["id"]] = {**client, "next": client["next"] + 1}
        return True

    def withdraw(self, operation: str, mac: str) -> bool:
        row = self.operations.get(operation)
        if row is None:
            return False
        self.operations[operation] = {**row, "withdrawn": mac}
        return True

    def settle(self, client: str, results: Iterable[Row], now: int) -> list[Row]:
        """Stores results and lets the rows go; a result for a row that was renumbered meanwhile is left."""
        stored = []
        for result in results:
            row = self.operations.get(result["id"])
            if row is None or row["client"] != client or row["n"] != result["n"]:
                continue
            del self.operations[row["id"]]
            self.journal[row["id"]] = {**row, "result": result, "settled_at": now, "unreached": True}
            stored.append(result)
        if stored:
            held = self.clients[client]
            self.clients[client] = {**held, "settled": max(held["settled"], *(one["n"] for one in stored))}
        return stored

    def batch(self, most: int) -> tuple[str, int, list[Row]]:
        """The next operations in order of n, with their client and how far it was settled then."""
        client = self.place() or {"id": "", "settled": 0}
        size = 0
        rows: list[Row] = []
        for row in sorted(self.operations.values(), key=by_place)[: min(most, OPERATIONS_AT_MOST)]:
            size += len(json.encode(wire(row))) + 1
            if rows and size > BYTES_AT_MOST:
                break
            rows.append(row)
        return client["id"], client["settled"], rows

    def fork(self, client: str, minted: str) -> None:
        """Another phone has used our numbers: begin a new count."""
        active = self.active(minted)
        if active["id"] == client:
            self._renumber(active, minted, sorted(self.operations.values(), key=by_place))

    def come_back(self, client: str, since: int, minted: str) -> int:
        """The hub knows nothing from `since` on though results of it are here; gives how many go out again."""
        active = self.active(minted)
        if active["id"] != client:
            return 0
        journal = list(self.journal.values())
        lost = sorted((row for row in journal if row["client"] == client and row["n"] >= since), key=by_place)
        earlier = sorted((row for row in journal if row["client"] != client), key=lambda row: (row["at"], row["n"]))
        lost, earlier = [_unsettled(row) for row in lost], [_unsettled(row) for row in earlier]
        for row in (*lost, *earlier):
            del self.journal[row["id"]]
        known = [*lost, *sorted(self.operations.values(), key=by_place)]
        if not earlier and all(row["n"] == since + index for index, row in enumerate(known)):
            self.operations.update((row["id"], row) for row in lost)
            self.clients[client] = {**active, "settled": since - 1}
        else:
            self._renumber(active, minted, [*earlier, *known])
        return len(lost) + len(earlier)

    def hub_restored(self, epoch: str, minted: str) -> int:
        """The chain is of another epoch: whatever is in the journal goes out again, once; gives how many that are.

        Numbers alone do not tell: where another copy of this profile was faster, the hub counts as far as we do.
        """
        before, self.epoch = self.epoch, epoch
        if before in ("", epoch):
            return 0
        active = self.active(minted)
        mine = [row["n"] for row in self.journal.values() if row["client"] == active["id"]]
        return self.come_back(active["id"], min(mine, default=active["settled"] + 1), minted)

    def _renumber(self, active: Row, minted: str, rows: list[Row]) -> None:
        self.clients[active["id"]] = {**active, "active": False}
        self.clients[minted] = {"id": minted, "next": len(rows) + 1, "settled": 0, "active": True}
        for index, row in enumerate(rows, start=1):
            self.operations[row["id"]] = {**row, "client": minted, "n": index}

    def mark_reached(self, ids: Iterable[str]) -> None:
        for one in ids:
            if one in self.journal:
                self.journal[one] = {name: value for name, value in self.journal[one].items() if name != "unreached"}

    def unreached(self) -> list[Row]:
        return [row for row in self.journal.values() if "unreached" in row]

    def prune(self, now: int) -> None:
        old = [row["id"] for row in self.journal.values() if row["settled_at"] < now - JOURNAL_MS]
        for one in old:
            if "unreached" not in self.journal[one]:
                del self.journal[one]


def wire(row: Row) -> Row:
    """An operation as the hub reads it."""
    if "withdrawn" in row:
        return voided(row, row["withdrawn"])
    told = {name: row[name] for name in _WIRE}
    return {**told, "dep": row["dep"]} if row.get("dep") else told


def voided(row: Row, mac: str) -> Row:
    """What takes the slot of an operation that shall not happen."""
    return {**{name: row[name] for name in _WIRE}, "kind": "void", "v": 1, "args": {}, "mac": mac}


def by_place(row: Row) -> int:
    n: int = row["n"]
    return n


def _unsettled(row: Row) -> Row:
    kept = {name: value for name, value in row.items() if name not in ("result", "settled_at", "unreached")}
    return {**kept, "again": True}
