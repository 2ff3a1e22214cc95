"""A phone's queue, brought as a file: booked through the door like a push, and the phone may still send it itself."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import now_ms
from server.database import Database
from server.devices.tables import device_keys
from server.inbox.accept import Door, DoorClosed
from server.inbox.messages import Malformed, Operation, read_push
from server.inbox.outboxes import Answer, Arrival
from server.inbox.tables import clients
from server.inbox.verdicts import signed_by
from server.refusals import NotPossible
from sync.operations import is_uuid

MOST_OPERATIONS, MOST_BYTES = 200, 200_000


class QueueFile(msgspec.Struct, frozen=True):
    """What `sw/queue_file.js` writes."""

    stockhand: str
    protocol: int
    client: str
    ops: list[msgspec.Raw]


@dataclass(slots=True)
class Delivered:
    """Operations by what became of them, and the codes of those without effect; `left` could not be read."""

    statuses: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    left: int = 0

    def add(self, answer: Answer) -> None:
        for result in (verdict.result() for verdict in answer.verdicts):
            self.statuses[result["status"]] += 1
            if result["status"] in ("refused", "review", "parked"):
                self.codes[result.get("code") or "unexpected"] += 1


async def deliver_file(database: Database, given: Mapping[str, Any]) -> dict[str, Any]:
    """The deed: `file` is a path on this machine."""
    try:
        body = await asyncio.to_thread(Path(given["file"]).read_bytes)
    except OSError as error:
        raise NotPossible(f"The file {given['file']} cannot be read: {error.strerror}.") from error
    queue = read_queue(body)
    door = Door(database, now_ms, database.heard)
    door.open()
    try:
        delivered = await deliver(database, door, queue)
    except DoorClosed as closed:
        raise NotPossible("The database cannot be written right now; nothing more was booked. Try again.") from closed
    finally:
        await door.close()
    return {"statuses": dict(delivered.statuses), "codes": dict(delivered.codes), "left": delivered.left}


def read_queue(body: bytes) -> QueueFile:
    """Raises `NotPossible`."""
    try:
        queue = msgspec.json.decode(body, type=QueueFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotPossible("This file is not the queue of a phone.") from error
    if queue.stockhand != "outbox" or queue.protocol != 1 or (queue.ops and not is_uuid(queue.client)):
        raise NotPossible("This file is not the queue of a phone, or of a newer version of it.")
    return queue


async def deliver(database: Database, door: Door, queue: QueueFile) -> Delivered:
    """Books what can be read. Harmless twice, and beside the phone itself: every operation is known by its id."""
    delivered = Delivered()
    ops = _readable(queue)
    delivered.left = len(queue.ops) - len(ops)
    if not ops:
        return delivered
    async with database.reading() as connection:
        device = await _device_of(connection, queue.client, ops)
    numbered_anew = False
    for some in _messages(ops):
        answer = Answer(conflict={}) if numbered_anew else await door.push(Arrival(queue.client, device, some))
        if answer.conflict is not None:
            # The hub counts otherwise: it was restored, or the phone was. Ids stay, so a count of its own is safe.
            numbered_anew = True
            answer = await _push_anew(database, door, queue.client, device, some)
        delivered.add(answer)
    return delivered


def _readable(queue: QueueFile) -> list[Operation]:
    """Operations up to the first that no hub can read: what stands behind it may lean on it."""
    found: list[Operation] = []
    for raw in queue.ops:
        body = msgspec.json.encode({"protocol": 1, "client": queue.client, "ops": [raw]})
        try:
            found += read_push(body).ops
        except Malformed:
            break
    return found


def _messages(ops: Sequence[Operation]) -> Iterator[list[Operation]]:
    """As a phone would send them."""
    some: list[Operation] = []
    size_bytes = 0
    for op in ops:
        size_bytes += len(msgspec.json.encode(op))
        if some and (len(some) == MOST_OPERATIONS or size_bytes > MOST_BYTES):
            yield some
            some, size_bytes = [], len(msgspec.json.encode(op))
        some.append(op)
    yield some


async def _push_anew(database: Database, door: Door, client: str, device: str, ops: Sequence[Operation]) -> Answer:
    beside = str(uuid5(NAMESPACE_URL, f"stockhand:delivered:{client}"))
    async with database.reading() as connection:
        last_n = await connection.scalar(select(clients.c.last_n).where(clients.c.id == beside)) or 0
    renumbered = [msgspec.structs.replace(op, n=last_n + place) for place, op in enumerate(ops, start=1)]
    answer = await door.push(Arrival(beside, device, renumbered))
    if answer.conflict is not None:
        raise NotPossible("Somebody else delivers this queue right now; try again in a moment.")
    return answer


async def _device_of(connection: AsyncConnection, client: str, ops: Sequence[Operation]) -> str:
    """The phone whose outbox it is: known by its client, or by whose key signed. Raises `NotPossible`."""
    known = await connection.scalar(select(clients.c.device_id).where(clients.c.id == client))
    if known is not None:
        return str(known)
    signers = sorted({op.by for op in ops})
    keys = (await connection.execute(select(device_keys).where(device_keys.c.person_id.in_(signers)))).all()
    for op in ops:
        text = op.signed_text()
        for key in keys:
            if key.person_id == op.by and signed_by(op.mac, text, key.secret):
                return str(key.device_id)
    raise NotPossible("No phone of this hub signed what is in this file.")
