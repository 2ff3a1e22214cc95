from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import chunks
from server.decisions import Decision, LastDay
from server.inbox.feed import Feed
from server.ledger.facts import Balances
from server.ledger.tables import balances, lots, shelves
from server.lots.rules import BLOCKED
from server.statements import Asked, inserted
from sync.lots import dates_with

Row = dict[str, Any]
# Who books a lot where it never was, and who reads another last day of one, wait for each other here: a bucket of the
# whole chain, locked before those of the stores.
TURN = BLOCKED
_DAYS = ("expires_on", "expires_also")
_KNOWN = Asked(select(lots), lots.c.item_id, lots.c.code)
_HELD = Asked(select(balances.c.location_id, balances.c.item_id).distinct(), balances.c.item_id, balances.c.lot)
_KEPT = inserted(lots, ("item_id", "code", *_DAYS), _DAYS)


@dataclass(slots=True)
class Learned:
    """What a group of operations made known of lots: `rows` of their table, and the (store, item) whose phones hear."""

    rows: list[tuple[int, str, str, str | None]] = field(default_factory=list)
    heard: set[tuple[int, int]] = field(default_factory=set)

    def touch(self, feed: Feed) -> None:
        """Say so, once the buckets are locked."""
        for store, item in sorted(self.heard):
            feed.touch(f"lots:{store}", str(item))

    async def write(self, connection: AsyncConnection) -> None:
        await _KEPT.run(connection, self.rows)


def stores_of_lots(decision: Decision) -> set[tuple[int, int]]:
    """(store, item) of what moved by lot on a store's shelves."""
    return {(entry.location // 2, entry.item) for entry in decision.entries if entry.lot and entry.location % 2 == 0}


async def learn(connection: AsyncConnection, feed: Feed, decided: Iterable[Decision], booked: Balances) -> Learned:
    """What was read for the first time, and which stores it concerns. Locks the turn where there is anything."""
    read = sorted({one for decision in decided for one in decision.last_days})
    fresh = await _unknown(connection, read)
    if not fresh and not booked.has_new_lots():
        return Learned()
    await feed.lock(connection, {TURN})
    # Read once to know whether to wait, and again now that nobody else can change them.
    fresh = await _unknown(connection, read)
    learned = Learned([(item, lot, days["expires"], days["also"] or None) for (item, lot), days in fresh.items()])
    held = await _HELD.rows(connection, sorted(fresh))
    learned.heard = {(location // 2, item) for location, item in held if location == shelves(location // 2)}
    return learned


async def _unknown(connection: AsyncConnection, read: Sequence[LastDay]) -> dict[tuple[int, str], dict[str, str]]:
    """Lots of which something else is known once this was read, with what it is."""
    keys = sorted({(one.item, one.lot) for one in read})
    rows = {(row.item_id, row.code): row for row in await _KNOWN.rows(connection, keys)}
    before = {
        key: {"expires": (row.expires_on if row else None) or "", "also": (row.expires_also if row else None) or ""}
        for key in keys
        for row in [rows.get(key)]
    }
    after = dict(before)
    for item, lot, day in read:
        after[item, lot] = dates_with(**after[item, lot], day=day)
    return {key: days for key, days in after.items() if days != before[key]}


async def lots_on_hand(
    connection: AsyncConnection, store: int, ids: Sequence[int] | None = None
) -> dict[int, list[Row]]:
    """What a store's books have of each lot, by item; of the items given, or of all. What is used up is left out."""
    named = (balances.c.item_id, balances.c.lot, balances.c.on_hand, lots.c.expires_on, lots.c.expires_also)
    same = (lots.c.item_id == balances.c.item_id) & (lots.c.code == balances.c.lot)
    query = select(*named).outerjoin_from(balances, lots, same)
    query = query.where(balances.c.location_id == shelves(store), balances.c.lot != "", balances.c.on_hand != 0)
    asked = [query] if ids is None else [query.where(balances.c.item_id.in_(some)) for some in chunks(ids)]
    found: dict[int, list[Row]] = {}
    for one in asked:
        for row in await connection.execute(one):
            days = {"expires": row.expires_on or "", "also": row.expires_also or ""}
            found.setdefault(row.item_id, []).append({"lot": row.lot, **days, "units": row.on_hand})
    for listed in found.values():
        listed.sort(key=lambda one: str(one["lot"]))
    return found
