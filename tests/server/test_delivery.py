"""A queue that comes as a file: booked like a push, harmless twice, and beside the phone that sends the same later."""

import json
from pathlib import Path
from typing import Any

import pytest

from server.control import have_done, listening, sole_writer
from server.database import Database
from server.inbox.accept import Door
from server.inbox.delivery import deliver, deliver_file, read_queue
from server.inbox.messages import Operation
from server.ledger.doctor import examine
from server.refusals import NotPossible
from server.settings import Settings
from tests import shop
from tests.phones import Phone, on_hand


def queue_of(phone: Phone, ops: list[Operation]) -> bytes:
    names = ("n", "id", "kind", "v", "args", "at", "mono", "offset", "by", "mac")
    rows = [{name: getattr(op, name) for name in names} for op in ops]
    return json.dumps({"stockhand": "outbox", "protocol": 1, "client": phone.client, "ops": rows}).encode()


def adjust(delta: int = -1) -> dict[str, Any]:
    return {"store": shop.GHENT, "item": shop.TEA, "delta": delta, "reason": "damaged"}


async def test_a_delivered_queue_is_booked_and_the_phone_is_told_the_same_later(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    ops = [ada.operation("stock.adjust", adjust(-1)), ada.operation("stock.adjust", adjust(-2))]
    file = queue_of(ada, ops)
    delivered = await deliver(database, door, read_queue(file))
    assert delivered.statuses == {"applied": 2}
    assert await on_hand(database, shop.GHENT, shop.TEA) == 2
    again = await deliver(database, door, read_queue(file))
    assert again.statuses == {"applied": 2}
    answer = await ada.send(*ops)
    assert [verdict.result()["status"] for verdict in answer.verdicts] == ["applied", "applied"]
    assert answer.last_n == 2
    assert await on_hand(database, shop.GHENT, shop.TEA) == 2


async def test_a_queue_whose_first_half_had_arrived_is_completed(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    ops = [ada.operation("stock.adjust", adjust()) for _ in range(4)]
    await ada.send(*ops[:2])
    delivered = await deliver(database, door, read_queue(queue_of(ada, ops)))
    assert delivered.statuses == {"applied": 4}
    assert await on_hand(database, shop.GHENT, shop.TEA) == 1


async def test_a_phone_that_the_hub_counts_otherwise_is_booked_by_its_ids(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    await ada.send(ada.operation("stock.adjust", adjust()))
    # Restored from a backup, the phone used number 1 again.
    ada.n = 0
    ops = [ada.operation("stock.adjust", adjust()), ada.operation("stock.adjust", adjust(-21))]
    delivered = await deliver(database, door, read_queue(queue_of(ada, ops)))
    assert (delivered.statuses, delivered.codes) == ({"applied": 1, "review": 1}, {"above_limit": 1})
    again = await deliver(database, door, read_queue(queue_of(ada, ops)))
    assert again.statuses == {"already": 2}
    ada.client, ada.n = Phone(door, shop.ADA).client, 0
    renumbered = [Operation(n, op.id, op.kind, 1, op.args, op.at, 0.0, 0, op.by, op.mac) for n, op in enumerate(ops, 1)]
    answer = await ada.send(*renumbered)
    assert [verdict.result()["status"] for verdict in answer.verdicts] == ["already", "already"]
    assert await on_hand(database, shop.GHENT, shop.TEA) == 3


async def test_what_cannot_be_read_waits_with_all_that_stands_behind_it(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    ops = [ada.operation("stock.adjust", adjust()) for _ in range(3)]
    file = json.loads(queue_of(ada, ops))
    file["ops"][1]["at"] = "yesterday"
    delivered = await deliver(database, door, read_queue(json.dumps(file).encode()))
    assert (delivered.statuses, delivered.left) == ({"applied": 1}, 2)


async def test_a_queue_that_nobody_here_signed_is_not_booked(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    forged = Operation(1, op.id, op.kind, 1, adjust(-3), op.at, 0.0, 0, op.by, op.mac)
    with pytest.raises(NotPossible, match="No phone of this hub"):
        await deliver(database, door, read_queue(queue_of(ada, [forged])))


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"stockhand":"outbox","protocol":2,"client":"","ops":[]}', b"\xff"]
)
def test_another_file_is_told_from_a_queue(text: bytes) -> None:
    with pytest.raises(NotPossible):
        read_queue(text)


async def test_a_command_delivers_beside_a_running_server_and_without_one(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    await shop.open_shop(database)
    quiet = Door(database, lambda: shop.NOW, lambda heads: None)
    ada = Phone(quiet, shop.ADA)
    file = tmp_path / "stockhand-queue.json"
    file.write_bytes(queue_of(ada, [ada.operation("stock.adjust", adjust())]))
    deeds = {"inbox deliver": deliver_file}
    with sole_writer(settings):
        async with listening(settings, database, deeds):
            told = await have_done(settings, deeds, "inbox deliver", {"file": str(file)})
    assert told == {"statuses": {"applied": 1}, "codes": {}, "left": 0}
    assert await have_done(settings, deeds, "inbox deliver", {"file": str(file)}) == told
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4
    assert await examine(database) == []
