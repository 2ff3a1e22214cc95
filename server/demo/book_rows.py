"""The opening stock and what was played, in the books as the door would have written them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from server.decisions import Entry, Facts
from server.demo.history import HOUR_MS, OPENED_HOURS_AGO, Played, Register
from server.demo.story import CLIENT_ID, Stocks, opening_operation_id
from server.ledger.facts import Balances, EntryRow, entry_rows
from server.ledger.tables import shelves
from server.transfers.facts import Written
from sync.operations import signing_text
from sync.projection import Transfer

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Books:
    """`client`, `outcomes` and `ledger` are rows; `documents` the transfers as phones know them."""

    client: Row
    outcomes: list[Row]
    ledger: list[EntryRow]
    balances: Balances
    transfers: Written
    documents: list[Transfer]


def demo_books(stocks: Stocks, played: Sequence[Played], facts: Facts, ids: Register, now_ms: int) -> Books:
    """The stock of `stocks` came first, then what was played; `facts` are those it was played with."""
    opened_at = now_ms - OPENED_HOURS_AGO * HOUR_MS
    balances, transfers, entries = Balances(), Written(), []
    for store, quantities in stocks.items():
        opening = _opening_entries(ids.stores[store], quantities, ids)
        balances.book(opening, [])
        entries += entry_rows(opening, opening_operation_id(store), None, opened_at, opened_at)
    for one in played:
        operation, decision = one.operation, one.decision
        balances.book(decision.entries, decision.figures)
        entries += entry_rows(decision.entries, operation.id, operation.by, operation.at, operation.at)
        if decision.transfer:
            transfers.add(decision.transfer, operation.id, operation.at)
    documents = list(facts.transfers.values())
    return Books(client_row(played, now_ms), outcome_rows(played), entries, balances, transfers, documents)


def client_row(played: Sequence[Played], now_ms: int) -> Row:
    return {
        "id": CLIENT_ID,
        "device_id": None,
        "last_n": len(played),
        "last_effective_at": played[-1].operation.at,
        "empty_at": played[-1].operation.at,
        "created_at": now_ms,
        "last_seen_at": now_ms,
        "health": None,
    }


def outcome_rows(played: Iterable[Played]) -> list[Row]:
    """Every operation as the hub would remember it, numbered in the order they happened."""
    return [_outcome_row(number, one) for number, one in enumerate(played, start=1)]


def _opening_entries(store: int, quantities: Mapping[str, int], ids: Register) -> list[Entry]:
    return [Entry(shelves(store), ids.items[sku], "", quantity, "opening") for sku, quantity in quantities.items()]


def _outcome_row(number: int, played: Played) -> Row:
    operation, decision = played.operation, played.decision
    signed = {"kind": operation.kind, "v": 1, "args": dict(operation.args), "at": operation.at}
    text = signing_text({"id": operation.id, "by": operation.by, **signed})
    return {
        **signed,
        "client_id": CLIENT_ID,
        "n": number,
        "operation_id": operation.id,
        "repeats": False,
        "effective_at": operation.at,
        "booked_at": operation.at,
        "person_id": operation.by,
        "content_hash": sha256(text.encode()).hexdigest(),
        "status": decision.status,
        "review": decision.review,
        "code": decision.code,
        "params": decision.params,
        "now": None,
        "heads": {},
        "traceback": None,
    }
