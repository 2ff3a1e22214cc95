"""What nobody's phone sends and somebody's program will: refused in its frame, and never in the way of others."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from msgspec import json
from msgspec.structs import replace
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from server.database import Database
from server.inbox.accept import Door, DoorClosed
from server.inbox.feed import Feed
from server.inbox.group import Group
from server.inbox.messages import Malformed, Operation, read_pull, read_push
from server.inbox.outboxes import Arrival
from server.stores.tables import stores
from server.transfers import facts as transfer_facts
from tests import shop
from tests.phones import Phone, on_hand

Broken = Callable[..., Any]


def push_of(**op: Any) -> bytes:
    sent = {"n": 1, "id": str(uuid4()), "kind": "void", "v": 1, "args": {}, "at": 0, "mono": 0, "offset": 0, "by": 1}
    return json.encode({"protocol": 1, "client": str(uuid4()), "ops": [{**sent, "mac": None, **op}]})


def adjust(delta: int = -1) -> dict[str, Any]:
    return {"store": shop.GHENT, "item": shop.TEA, "delta": delta, "reason": "damaged"}


@pytest.mark.parametrize("op", [{"kind": "a\0b"}, {"dep": "x\0"}, {"dep": ""}, {"dep": "X" * 36}, {"args": {"a\0": 1}}])
def test_what_no_database_keeps_is_malformed_and_named(op: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as told:
        read_push(push_of(**op))
    assert told.value.answer == {"code": "malformed", "at": 0}


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"protocol":1,"ops":['])
def test_a_message_all_of_opening_brackets_is_malformed(opening: bytes) -> None:
    for read in (read_push, read_pull):
        with pytest.raises(Malformed):
            read(opening * (200_000 // len(opening)))


def test_an_operation_too_deep_to_read_is_malformed() -> None:
    body = push_of().replace(b'"args":{}', b'"args":{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}")
    with pytest.raises(Malformed):
        read_push(body)


def test_a_pull_names_its_outbox_by_a_uuid() -> None:
    with pytest.raises(Malformed):
        read_pull(b'{"schema":1,"cursors":{},"client":"a\\u0000"}')
    assert read_pull(b'{"schema":1,"cursors":{},"client":null}').client is None


async def test_a_lot_too_long_for_the_books_is_refused_on_every_database(door: Door) -> None:
    ada = Phone(door, shop.ADA)
    result = await ada.do("stock.adjust", **adjust(), lot="L" * 21)
    assert (result["status"], result["code"], result["params"]) == ("refused", "text_too_long", {"limit": 20})
    assert (await ada.do("stock.adjust", **adjust(), lot="é" * 20))["status"] == "applied"


async def test_an_operation_that_breaks_the_loading_of_facts_is_parked_and_the_others_go_on(
    door: Door, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = transfer_facts.load_transfers
    poison = str(uuid4())

    async def broken(connection: Any, ids: Any) -> Any:
        if poison in set(ids):
            raise KeyError("a bug of ours")
        return await load(connection, ids)

    monkeypatch.setattr("server.inbox.group.load_transfers", broken)
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    cancel = ("transfer.cancel", {"transfer": poison, "from_state": "requested"})
    ops = [ada.operation(*one) for one in (("stock.adjust", adjust()), cancel, ("stock.adjust", adjust()))]
    answers = await asyncio.gather(ada.send(*ops), bo.send(bo.operation("person.prefer", {"locale": "en"})), ada.send())
    statuses = [[verdict.result()["status"] for verdict in answer.verdicts] for answer in answers]
    assert statuses == [["applied", "parked", "applied"], ["applied"], []]
    # A phone that heard a lower number than it had would think that the hub came back from a backup.
    assert answers[2].last_n == 3
    assert await on_hand(database, shop.GHENT, shop.TEA) == 3


async def test_a_database_in_trouble_parks_nothing(
    door: Door, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StoppedError(Exception):
        sqlstate = "57P01"

    book, failures = Group.book, [OperationalError("", {}, StoppedError()), ConnectionResetError(), TimeoutError()]

    async def interrupted(self: Group, *given: Any) -> Any:
        if failures:
            raise failures.pop()
        return await book(self, *given)

    monkeypatch.setattr(Group, "book", interrupted)
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    for _ in range(3):
        with pytest.raises(DoorClosed):
            await ada.send(op)
    assert (await ada.send(op)).verdicts[0].result()["status"] == "applied"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4


async def test_goods_still_arrive_from_a_store_that_closed(door: Door, database: Database) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    line = {"item": shop.TEA, "quantity": 4}
    asked = ada.operation("transfer.request", {"from": shop.ANTWERP, "to": shop.GHENT, "lines": [line]})
    await ada.send(asked)
    sent = [{"line": 1, "quantity": 4}]
    await bo.do("transfer.approve", transfer=asked.id, from_state="requested", lines=sent)
    async with database.writing() as connection:
        await connection.execute(update(stores).where(stores.c.id == shop.ANTWERP).values(archived_at=shop.NOW))
        told = Feed()
        await told.lock(connection, ["chain"])
        told.touch("chain", f"store:{shop.ANTWERP}", gone=True)
        await told.write(connection)
    assert (await bo.do("transfer.dispatch", transfer=asked.id, lines=sent))["status"] == "applied"
    come = [{"line": 1, "received": 4, "damaged": 0}]
    assert (await ada.do("transfer.receive", transfer=asked.id, lines=come))["status"] == "applied"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 9


async def test_another_device_at_the_same_moment_does_not_spoil_a_signature(door: Door) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    await ada.do("stock.adjust", **adjust())
    bo.client = ada.client
    stolen = replace(bo.operation("stock.adjust", adjust()), n=2)
    answers = await asyncio.gather(ada.send(ada.operation("stock.adjust", adjust())), bo.send(stolen))
    assert answers[0].verdicts[0].result()["status"] == "applied"
    assert answers[1].conflict == {"code": "forked", "last_n": 2}


async def test_a_door_that_closed_takes_nothing_more(database: Database) -> None:
    await shop.open_shop(database)
    door = Door(database, lambda: shop.NOW, lambda heads: None)
    door.open()
    ada = Phone(door, shop.ADA)
    under_way = asyncio.create_task(ada.send(ada.operation("stock.adjust", adjust())))
    await asyncio.sleep(0)
    await door.close()
    assert (await under_way).verdicts[0].result()["status"] == "applied"
    with pytest.raises(DoorClosed):
        await door.push(
            Arrival(ada.client, shop.device_of(shop.ADA), [Operation(2, str(uuid4()), "void", 1, {}, 0, 0, 0, 1, None)])
        )


async def test_a_file_taken_away_under_the_server_is_written_no_more(door: Door, database: Database) -> None:
    if not database.on_sqlite:
        pytest.skip("PostgreSQL looks after its files itself")
    file = database._file
    assert file is not None
    aside = file.with_suffix(".aside")
    file.rename(aside)
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    with pytest.raises(DoorClosed):
        await ada.send(op)
    aside.rename(file)
    assert (await ada.send(op)).verdicts[0].result()["status"] == "applied"
