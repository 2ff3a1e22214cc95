"""One night: phones at work, a hub that is killed again and again, and then the books beside what phones were told."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from server.clock import now_ms
from server.database import Database
from server.inbox.tables import outcomes
from server.ledger.doctor import examine
from server.ledger.tables import balances, ledger
from server.settings import Settings
from tests import shop
from tests.bench.phones import sign_in
from tests.kills.hub import MortalHub
from tests.kills.phone import Phone

PLACES = [("ada", "GHE"), ("cleo", "GHE"), ("bo", "ANT"), ("bo", "ANT"), ("dev", "GHE"), ("dev", "ANT")]


@dataclass(frozen=True)
class Night:
    """`unheard` were booked before a kill and answered only after it; `lost` and `doubled` must be 0."""

    kills: int
    acknowledged: int
    found: int
    unheard: int
    unanswered_messages: int
    lost: int
    doubled: int
    untrue: list[str]

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.unanswered_messages} messages unanswered, {self.acknowledged} operations"
            f" acknowledged, {self.found} found ({self.unheard} booked before a kill and answered after it),"
            f" {self.lost} lost, {self.doubled} doubled"
        )


async def live_through(settings: Settings, kills: int, seed: str) -> Night:
    chance = random.Random(seed)
    database = await Database.open(settings)
    await shop.open_shop(database)
    outboxes = await sign_in(database, PLACES)
    await database.close()
    hub = MortalHub(settings)
    await hub.start()
    phones = [Phone(outbox, hub.port, random.Random(f"{seed} {place}")) for place, outbox in enumerate(outboxes)]
    stop = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as at_work:
            for phone in phones:
                at_work.create_task(phone.work(stop))
            killed_at = [await _kill(hub, phones, chance) for _ in range(kills)]
            stop.set()
        # Everything once more: each answer is the one that was given before.
        for phone in phones:
            for start in range(0, len(phone.sent), 200):
                await phone.send(phone.sent[start : start + 200])
            await phone.close()
    finally:
        await hub.kill()
    database = await Database.open(settings)
    try:
        return await _examine(database, phones, killed_at)
    finally:
        await database.close()


async def _kill(hub: MortalHub, phones: Sequence[Phone], chance: random.Random) -> int:
    """In the midst of work: after some answers, and then a moment more."""
    due = _answers(phones) + chance.randint(1, 40)
    while _answers(phones) < due:
        hub.must_live()
        await asyncio.sleep(0.001)
    await asyncio.sleep(chance.uniform(0, 0.03))
    await hub.kill()
    killed_at = now_ms()
    await hub.start()
    return killed_at


def _answers(phones: Sequence[Phone]) -> int:
    return sum(phone.answers for phone in phones)


async def _examine(database: Database, phones: Sequence[Phone], killed_at: Sequence[int]) -> Night:
    told = {op: result for phone in phones for op, result in phone.told.items()}
    heard_at = {op: at for phone in phones for op, at in phone.heard_at.items()}
    async with database.reading() as connection:
        rows = (await connection.execute(select(outcomes))).all()
        entries = await connection.execute(select(ledger.c.operation_id).where(ledger.c.kind == "adjust"))
        moved = Counter(row.operation_id for row in entries)
        units = await connection.scalar(select(func.sum(balances.c.on_hand)))
    booked = Counter(row.operation_id for row in rows)
    applied = {op for op, result in told.items() if result["status"] == "applied"}
    sent = {op["id"]: op for phone in phones for op in phone.sent}
    due = sum(sum(row) for row in shop.OPENING.values()) + sum(sent[op]["args"]["delta"] for op in applied)
    untrue = [f"doctor, {finding.check}: {finding.what}" for finding in await examine(database)]
    untrue += [f"told {one}, then {other}" for phone in phones for one, other in phone.other]
    untrue += [f"{row.operation_id} is {row.status}" for row in rows if told[row.operation_id]["status"] != row.status]
    untrue += [f"{phone.outbox.client} waits" for phone in phones if phone.waiting]
    untrue += [] if units == due else [f"{units} units on hand, {due} by what was acknowledged"]
    return Night(
        kills=len(killed_at),
        acknowledged=len(told),
        found=len(told.keys() & booked.keys()),
        unheard=sum(any(row.booked_at <= at < heard_at[row.operation_id] for at in killed_at) for row in rows),
        unanswered_messages=sum(phone.unanswered for phone in phones),
        lost=len(told.keys() - booked.keys()) + len(applied - moved.keys()),
        doubled=sum(times > 1 for times in (*booked.values(), *moved.values())),
        untrue=untrue,
    )
