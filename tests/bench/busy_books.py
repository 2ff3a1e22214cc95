"""A chain whose books hold years of transfers and counts, as its doors leave them; as much as ever is under way."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from server.clock import now_ms
from server.counts.tables import anchors, count_ends, count_sessions
from server.database import Database
from server.demo.load import load_demo
from server.devices.tables import devices
from server.inbox.feed import Feed
from server.inbox.tables import clients, outcomes
from server.ledger.tables import balances, ledger, shelves
from server.migrations.upgrade import upgrade
from server.people.tables import people
from server.reviews.tables import reviews
from server.settings import Settings
from server.stores.tables import stores
from server.transfers.tables import transfer_events, transfer_lines, transfers
from tests.bench.phones import AT_WORK

DAY_MS = 86_400_000
YEARS_MS = 2 * 365 * DAY_MS
CLOSED_MS = 30 * DAY_MS
UNDER_WAY = 60
COUNTED_A_SESSION = 20
ROWS_AT_ONCE = 2_000
STEPS = ("request", "approve", "dispatch", "receive")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shop:
    stores: list[int]
    items: list[int]
    # By store, somebody who works there.
    staff: dict[int, int]
    client: str
    now: int


async def fill(settings: Settings, transfer_count: int, session_count: int) -> None:
    """The demonstration; `transfer_count` transfers that came to their end, and `session_count` sessions of counting
    with 20 counts each, evenly over two years; one count in ten had waited for somebody's word. And 60 transfers under
    way.
    """
    await upgrade(settings)
    database = await Database.open(settings)
    try:
        async with database.writing() as connection:
            await load_demo(connection, now_ms())
            shop = await _shop(connection)
            await _write(connection, _transfers(shop, transfer_count, Random(1)))
            await _write(connection, _counts(shop, session_count, Random(2)))
            await _tell(connection, shop)
    finally:
        await database.close()
    await settled(settings)


async def settled(settings: Settings) -> None:
    """As the database's own housekeeping leaves its tables within a minute."""
    engine = create_async_engine(settings.database, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in ("VACUUM", "ANALYZE"):
            await connection.exec_driver_sql(statement)
    await engine.dispose()


async def _shop(connection: AsyncConnection) -> Shop:
    codes = dict((await connection.execute(select(stores.c.code, stores.c.id))).tuples().all())
    names = dict((await connection.execute(select(people.c.username, people.c.id))).tuples().all())
    staff = {codes[code]: names[username] for username, code in AT_WORK}
    held = select(balances.c.item_id).distinct().order_by(balances.c.item_id)
    goods = list(await connection.scalars(held))
    now, client = now_ms(), _id(Random(0))
    device = await connection.scalar(select(devices.c.id).limit(1))
    told: Row = {"id": client, "device_id": device, "last_n": 0, "last_effective_at": now}
    await connection.execute(insert(clients), [{**told, "empty_at": now, "created_at": now, "last_seen_at": now}])
    return Shop(sorted(staff), goods, staff, client, now)


async def _write(connection: AsyncConnection, rows: Iterator[tuple[Table, Row]]) -> None:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        tables: dict[Table, list[Row]] = {}
        for table, row in some:
            tables.setdefault(table, []).append(row)
        for table in sorted(tables, key=_parents_first):
            await connection.execute(insert(table), tables[table])


def _parents_first(table: Table) -> int:
    return (transfers, count_sessions).index(table) if table in {transfers, count_sessions} else 2


def _transfers(shop: Shop, count: int, dice: Random) -> Iterator[tuple[Table, Row]]:
    for number in range(count + UNDER_WAY):
        source, target = dice.sample(shop.stores, 2)
        ended = number < count
        began = shop.now - dice.randrange(4 * DAY_MS, YEARS_MS) if ended else shop.now - dice.randrange(DAY_MS)
        last = began + dice.randrange(DAY_MS, 4 * DAY_MS)
        one, by = _id(dice), shop.staff[target]
        state: Row = {"decision": "approved", "state": "received", "ended_at": last}
        if not ended:
            state = {"decision": "requested", "state": "requested", "ended_at": None}
        places = {"from_store_id": source, "to_store_id": target}
        yield (
            transfers,
            {
                "id": one,
                **places,
                **state,
                "requested_by": by,
                "requested_at": began,
                "note": "",
                "changed_at": last if ended else began,
            },
        )
        for line, item in enumerate(dice.sample(shop.items, 2), 1):
            asked = dice.randint(1, 12)
            moved = asked if ended else 0
            told: Row = {"requested": asked, "approved": moved or None, "dispatched": moved, "received": moved}
            yield transfer_lines, {"transfer_id": one, "line": line, "item_id": item, **told, "damaged": 0, "lost": 0}
        for place, kind in enumerate(STEPS if ended else STEPS[:1]):
            at = began + (last - began) * place // (len(STEPS) - 1)
            store = source if kind in STEPS[1:3] else target
            step: Row = {"kind": kind, "effective_at": at, "person_id": shop.staff[store], "store_id": store}
            yield transfer_events, {"operation_id": _id(dice) if place else one, "transfer_id": one, **step}


def _counts(shop: Shop, count: int, dice: Random) -> Iterator[tuple[Table, Row]]:
    n = 0
    for _ in range(count):
        store = dice.choice(shop.stores)
        person, session = shop.staff[store], _id(dice)
        opened = shop.now - dice.randrange(2 * DAY_MS, YEARS_MS)
        owner = {"person_id": person, "client_id": shop.client, "opened_at": opened}
        place = {"id": session, "store_id": store, "scope": "store", "blind": True, "sealed": False}
        yield count_sessions, {**place, **owner}
        yield count_ends, {"session_id": session, "person_id": person, "closed_at": opened + 3_600_000}
        for item in dice.sample(shop.items, COUNTED_A_SESSION):
            n += 1
            yield from _count(shop, session, store, item, n, opened + n % 3_000_000, dice)


def _count(
    shop: Shop, session: str, store: int, item: int, n: int, at: int, dice: Random
) -> Iterator[tuple[Table, Row]]:
    operation, counted, person = _id(dice), dice.randint(0, 40), shop.staff[store]
    waited = n % 10 == 0
    args = {"store": store, "item": item, "counted": counted, "session": session, "shelf": "A-1"}
    place = {"client_id": shop.client, "n": n, "operation_id": operation, "effective_at": at}
    told = {"repeats": False, "kind": "stock.count", "v": 2, "args": args, "at": at, "booked_at": at}
    became: Row = {"status": "review" if waited else "applied", "review": False, "params": {}, "heads": {}}
    yield outcomes, {**place, **told, **became, "person_id": person, "content_hash": operation}
    stood = {"location_id": shelves(store), "item_id": item}
    yield anchors, {**place, **stood, "lot": None, "counted": counted, "until": at}
    entry = {**stood, "lot": "", "delta": dice.choice((-2, -1, 1, 2)), "kind": "count", "operation_id": operation}
    yield ledger, {**entry, "line": 1, "effective_at": at, "booked_at": at, "person_id": person}
    if waited:
        by = next(one for one in shop.staff.values() if one != person)
        settled_by = {"accepted": True, "settled_at": at + DAY_MS, "settled_by": by, "settlement_id": _id(dice)}
        yield reviews, {"operation_id": operation, "store_id": store, "said_by": person, "units_then": 9, **settled_by}


async def _tell(connection: AsyncConnection, shop: Shop) -> None:
    """What phones hold: the work under way, and what ended within the last thirty days."""
    kept = transfers.c.ended_at.is_(None) | (transfers.c.ended_at > shop.now - CLOSED_MS)
    rows = await connection.execute(
        select(transfers.c.id, transfers.c.from_store_id, transfers.c.to_store_id).where(kept)
    )
    feed = Feed()
    await feed.lock(connection, [f"work:{store}" for store in shop.stores])
    for one, source, target in rows:
        for store in (source, target):
            feed.touch(f"work:{store}", f"transfer:{one}", fresh=False)
    await feed.write(connection)


def _id(dice: Random) -> str:
    return str(UUID(int=dice.getrandbits(128), version=4))
