"""Whoever is told that something is booked may forget it: so nobody is told before it is on the disk."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.util import await_only

from server.database import Database
from server.inbox.accept import Door, DoorClosed
from tests import shop
from tests.phones import Phone, on_hand

DAMAGED = {"store": shop.GHENT, "item": shop.TEA, "delta": -1, "reason": "damaged"}


async def test_nobody_is_told_before_the_commit(door: Door, database: Database) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    told: list[bool] = []

    def wait(_connection: Any) -> None:
        await_only(asyncio.sleep(0.05))
        told.extend(push.done() for push in pushes)

    engine = database._writer.sync_engine
    event.listen(engine, "commit", wait)
    asked = [ada.send(ada.operation("stock.adjust", DAMAGED)), bo.send(bo.operation("person.prefer", {"locale": "en"}))]
    pushes = [asyncio.create_task(push) for push in asked]
    answers = await asyncio.gather(*pushes)
    event.remove(engine, "commit", wait)
    assert told
    assert not any(told)
    assert [answer.verdicts[0].status for answer in answers] == ["applied", "applied"]


async def test_a_commit_that_fails_is_no_answer(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", DAMAGED)

    def fail(_connection: Any) -> None:
        raise OSError("the disk is full")

    engine = database._writer.sync_engine
    event.listen(engine, "commit", fail)
    with pytest.raises(DoorClosed):
        await ada.send(op)
    event.remove(engine, "commit", fail)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5
    answer = await ada.send(op)
    assert answer.verdicts[0].status == "applied"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4
