"""An approval that nobody acts on lets go of what it reserved, once, whichever hub says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from sqlalchemy import func, select

from server.database import Database
from server.inbox.accept import Door
from server.ledger.doctor import examine
from server.ledger.tables import balances
from server.policies.values import Policies
from server.transfers.expiry import expire
from server.transfers.facts import load_transfers
from sync.papers import DAY_MS
from tests import shop
from tests.phones import Phone


async def test_what_nobody_sent_in_time_is_free_again_and_two_hubs_say_so_once(door: Door, database: Database) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    ask = {"from": shop.ANTWERP, "to": shop.GHENT, "lines": [{"item": shop.TEA, "quantity": 4}]}
    lines = [{"line": 1, "quantity": 4}]
    idle, begun = await ada.do("transfer.request", **ask), await ada.do("transfer.request", **ask)
    for asked in (idle, begun):
        await bo.do("transfer.approve", transfer=asked["id"], from_state="requested", lines=lines)
    await bo.do("transfer.dispatch", transfer=begun["id"], lines=[{"line": 1, "quantity": 1}])
    runs_out = shop.NOW + Policies().reservation_days * DAY_MS
    async with open_doors(database, runs_out - 1) as [early]:
        assert await expire(database, early.push, runs_out - 1) == 0
    assert await reserved(database) == 4 + 3
    # At a moment of its own, or the two of them would see the same clock.
    async with open_doors(database, runs_out, runs_out + 1) as hubs:
        freed = await asyncio.gather(*(expire(database, hub.push, runs_out + place) for place, hub in enumerate(hubs)))
        assert sorted(freed) == [0, 1]
        assert await expire(database, hubs[0].push, runs_out) == 0
        assert await reserved(database) == 3
        late = await Phone(hubs[1], shop.BO).do("transfer.dispatch", transfer=idle["id"], lines=lines)
    assert (late["status"], late["review"], late["params"]) == ("applied", True, {"state": "cancelled"})
    async with database.reading() as connection:
        found = await load_transfers(connection, [idle["id"], begun["id"]])
    assert (found[idle["id"]]["state"], found[begun["id"]]["state"]) == ("exception", "dispatched")
    assert [event["kind"] for event in found[idle["id"]]["events"]].count("expire") == 1
    assert await examine(database) == []


async def test_a_reservation_runs_out_from_the_approval_that_stands(door: Door, database: Database) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    ask = {"from": shop.ANTWERP, "to": shop.GHENT, "lines": [{"item": shop.TEA, "quantity": 4}]}
    paper, lines = {"transfer": (await ada.do("transfer.request", **ask))["id"]}, [{"line": 1, "quantity": 4}]
    await bo.do("transfer.approve", **paper, from_state="requested", lines=lines)
    week = Policies().reservation_days * DAY_MS
    async with open_doors(database, shop.NOW + DAY_MS, shop.NOW + week, shop.NOW + week + DAY_MS) as [next_day, *later]:
        bo = Phone(next_day, shop.BO)
        approval = {"transfer": paper["transfer"], "from_state": "requested", "lines": lines}
        back = bo.operation("transfer.unapprove", {**paper, "from_state": "approved", "reason": "wait"})
        await bo.send(back, bo.operation("transfer.approve", approval, shop.NOW + DAY_MS))
        assert await expire(database, later[0].push, shop.NOW + week) == 0
        assert await expire(database, later[1].push, shop.NOW + week + DAY_MS) == 1
    assert await reserved(database) == 0


async def test_no_phone_says_before_its_time_or_for_others_that_a_reservation_ran_out(door: Door) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    ask = {"from": shop.ANTWERP, "to": shop.GHENT, "lines": [{"item": shop.TEA, "quantity": 4}]}
    asked = await ada.do("transfer.request", **ask)
    paper = {"transfer": asked["id"], "from_state": "approved"}
    assert (await bo.do("transfer.expire", **paper))["code"] == "state_changed"
    lines = [{"line": 1, "quantity": 4}]
    await bo.do("transfer.approve", transfer=asked["id"], from_state="requested", lines=lines)
    told = [await phone.do("transfer.expire", **paper) for phone in (ada, bo)]
    assert [(one["status"], one["code"]) for one in told] == [("refused", "not_allowed"), ("refused", "still_reserved")]


@asynccontextmanager
async def open_doors(database: Database, *clocks: int) -> AsyncIterator[list[Door]]:
    """Doors of hubs on one database, each at its own time."""
    doors = [Door(database, partial(int, at), lambda _heads: None) for at in clocks]
    for door in doors:
        door.open()
    yield doors
    for door in doors:
        await door.close()


async def reserved(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.sum(balances.c.reserved))) or 0)
