from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import items
from server.database import upsert
from server.devices.tables import devices
from server.inbox.tables import booked_first, clients, outcomes
from server.people.tables import people
from server.statements import Asked, from_json
from server.transfers.tables import transfer_events, transfer_lines, transfers
from sync.papers import changed_at
from sync.projection import event_order, has_ended

Transfer = dict[str, Any]
COUNTED = ("approved", "dispatched", "received", "damaged", "lost", "returned")


async def load_transfers(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Transfer]:
    """Transfers as the documents of `sync/PROTOCOL.md`, by id; unknown ids are missing."""
    asked = set(ids)
    found: dict[str, Transfer] = {row.id: _header(row) for row in await _HEADERS.rows(connection, asked)}
    for row in await _LINES.rows(connection, found):
        found[row.transfer_id]["lines"].append(_line(row))
    for row in await _EVENTS.rows(connection, found):
        found[row.transfer_id]["events"].append(_event(row))
    for transfer in found.values():
        transfer["events"].sort(key=event_order)
    return found


async def load_transfers_told(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Transfer]:
    """The same, and of each event the name of the device it came from and when the hub learned of it."""
    found = await load_transfers(connection, ids)
    events = {event["operation"]: event for transfer in found.values() for event in transfer["events"]}
    for row in await _ARRIVALS.rows(connection, events):
        events[row.operation_id].update(device=row.name or "", booked_at=row.booked_at)
    return found


class Written:
    """Transfers as they came out of a group: what was new, what changed, what happened."""

    def __init__(self) -> None:
        self._headers: dict[str, dict[str, Any]] = {}
        self._lines: dict[tuple[str, int], dict[str, Any]] = {}
        self._events: list[dict[str, Any]] = []

    def add(self, after: Transfer, operation: str, now: int) -> None:
        event = next(event for event in after["events"] if event["operation"] == operation)
        self._headers[after["id"]] = {
            "id": after["id"],
            "from_store_id": after["from"],
            "to_store_id": after["to"],
            "decision": after["decision"],
            "state": after["state"],
            "requested_by": after["requested_by"],
            "requested_at": after["requested_at"],
            "note": after["note"],
            "ended_at": now if has_ended(after["state"]) else None,
            "changed_at": changed_at(after),
        }
        for line in after["lines"]:
            figures = {name: line[name] for name in ("line", "requested", *COUNTED)}
            self._lines[after["id"], line["line"]] = {**figures, "transfer_id": after["id"], "item_id": line["item"]}
        self._events.append(
            {
                "operation_id": operation,
                "transfer_id": after["id"],
                "kind": event["kind"],
                "effective_at": event["at"],
                "person_id": event["by"],
                "store_id": event["store"],
                "reason": event["reason"] or None,
                "parcel": event.get("parcel"),
                "held": event.get("held"),
            }
        )

    async def write(self, connection: AsyncConnection) -> None:
        if not self._headers:
            return
        header = upsert(connection, transfers, ("decision", "state", "ended_at", "changed_at"))
        await connection.execute(header, [self._headers[one] for one in sorted(self._headers)])
        lines = upsert(connection, transfer_lines, COUNTED)
        await connection.execute(lines, [self._lines[one] for one in sorted(self._lines)])
        await connection.execute(insert(transfer_events), self._events)


_HEADERS = Asked(select(transfers), transfers.c.id)
_LINES = Asked(
    select(transfer_lines, items.c.sku, items.c.name_en, items.c.name_zh, items.c.unit)
    .join(items, items.c.id == transfer_lines.c.item_id)
    .order_by(transfer_lines.c.transfer_id, transfer_lines.c.line),
    transfer_lines.c.transfer_id,
)
_EVENTS = Asked(
    select(transfer_events, people.c.name).join(people, people.c.id == transfer_events.c.person_id),
    transfer_events.c.transfer_id,
)
_ARRIVALS = Asked(
    select(outcomes.c.operation_id, outcomes.c.booked_at, devices.c.name)
    .join(clients, clients.c.id == outcomes.c.client_id)
    .outerjoin(devices, devices.c.id == clients.c.device_id)
    .where(booked_first),
    outcomes.c.operation_id,
)


def _header(row: Any) -> Transfer:
    return {
        "id": row.id,
        "from": row.from_store_id,
        "to": row.to_store_id,
        "decision": row.decision,
        "state": row.state,
        "requested_by": row.requested_by,
        "requested_at": row.requested_at,
        "note": row.note,
        "lines": [],
        "events": [],
    }


def _line(row: Any) -> dict[str, Any]:
    named = {"line": row.line, "item": row.item_id, "sku": row.sku, "name_en": row.name_en, "name_zh": row.name_zh}
    counted = {name: getattr(row, name) for name in COUNTED}
    return {**named, "unit": row.unit, "requested": row.requested, **counted}


def _event(row: Any) -> dict[str, Any]:
    return {
        "operation": row.operation_id,
        "kind": row.kind,
        "at": row.effective_at,
        "by": row.person_id,
        "name": row.name,
        "store": row.store_id,
        "reason": row.reason or "",
        **({"parcel": row.parcel} if row.parcel else {}),
        **({"held": from_json(row.held)} if row.held else {}),
    }
