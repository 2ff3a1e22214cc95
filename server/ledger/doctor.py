"""Proves the books: every kept sum is computed anew from what it sums, every feed against its bucket."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import case, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortment_items
from server.database import Database
from server.inbox.tables import buckets, clients, feed, outcomes
from server.ledger.tables import balances, ledger
from server.transfers.tables import transfer_lines, transfers
from sync.checksum import row_sum
from sync.projection import state_of

NAMES = ("on_hand", "reserved", "in_transit_in", "in_transit_out")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be; `what` is a sentence for an operator."""

    check: str
    what: str


async def examine(database: Database) -> list[Finding]:
    """Everything that is untrue, in one snapshot; empty when the books are true."""
    async with database.reading() as connection:
        checks = (_on_hand, _promises, _states, _feeds, _catalogues, _outboxes)
        return [finding for check in checks async for finding in check(connection)]


async def _on_hand(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """On hand of every place and lot is the sum of its ledger entries."""
    booked = select(ledger.c.location_id, ledger.c.item_id, ledger.c.lot, ledger.c.delta.label("units"))
    kept = select(balances.c.location_id, balances.c.item_id, balances.c.lot, (-balances.c.on_hand).label("units"))
    both = union_all(booked, kept).subquery()
    key = (both.c.location_id, both.c.item_id, both.c.lot)
    query = select(*key, func.sum(both.c.units).label("gap")).group_by(*key).having(func.sum(both.c.units) != 0)
    for row in await connection.execute(query):
        place = f"Item {row.item_id} at location {row.location_id} {row.lot}".rstrip()
        yield Finding("on_hand", f"{place}: the ledger says {int(row.gap)} more than the balance.")


async def _promises(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Reserved and in transit of every store are what its transfers say."""
    line, header = transfer_lines.c, transfers.c
    road = line.dispatched - line.received - line.damaged - line.lost
    left = func.coalesce(line.approved, 0) - line.dispatched
    promised = case(((header.decision == "approved") & (left > 0), left), else_=0)
    nothing = literal(0)
    joined = transfer_lines.join(transfers)
    sources = select(
        header.from_store_id.label("store"), line.item_id, promised.label("r"), nothing.label("i"), road.label("o")
    )
    targets = select(
        header.to_store_id.label("store"), line.item_id, nothing.label("r"), road.label("i"), nothing.label("o")
    )
    kept = select(
        # Whole-number division, so that a store and the road to it give the same store.
        balances.c.location_id.op("/")(2).label("store"),
        balances.c.item_id,
        (-balances.c.reserved).label("r"),
        (-balances.c.in_transit_in).label("i"),
        (-balances.c.in_transit_out).label("o"),
    )
    rows = union_all(sources.select_from(joined), targets.select_from(joined), kept).subquery()
    sums = [func.sum(rows.c[name]) for name in ("r", "i", "o")]
    query = select(rows.c.store, rows.c.item_id, *sums).group_by(rows.c.store, rows.c.item_id)
    query = query.having((sums[0] != 0) | (sums[1] != 0) | (sums[2] != 0))
    for store, item, *gaps in await connection.execute(query):
        for name, gap in zip(NAMES[1:], gaps, strict=True):
            if gap:
                yield Finding(
                    name, f"Item {item} at store {store}: transfers say {int(gap)} more {name} than the balance."
                )


async def _states(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """The state of every transfer is what its decision and its lines amount to."""
    lines: dict[str, list[dict[str, int]]] = {}
    names = ("approved", "dispatched", "received", "damaged", "lost")
    for row in await connection.execute(select(transfer_lines)):
        lines.setdefault(row.transfer_id, []).append({name: getattr(row, name) for name in names})
    for row in await connection.execute(select(transfers.c.id, transfers.c.decision, transfers.c.state)):
        true = state_of(row.decision, lines.get(row.id, []))
        if row.state != true:
            yield Finding("transfer_state", f"Transfer {row.id} is kept as {row.state} and amounts to {true}.")


async def _feeds(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """No feed row is beyond its bucket's head, and every checksum is that of its live rows."""
    sums: dict[int, tuple[int, int]] = {}
    highest: dict[int, int] = {}
    for row in await connection.execute(select(feed)):
        a, b = (0, 0) if row.gone else row_sum(row.key, row.version)
        old = sums.get(row.bucket_id, (0, 0))
        sums[row.bucket_id] = (old[0] ^ a, old[1] ^ b)
        highest[row.bucket_id] = max(highest.get(row.bucket_id, 0), row.seq)
    for row in await connection.execute(select(buckets)):
        if sums.get(row.id, (0, 0)) != (row.sum_a, row.sum_b):
            yield Finding("bucket_sum", f"Bucket {row.name}: the checksum is not that of its rows.")
        if highest.get(row.id, 0) > row.head:
            yield Finding("bucket_head", f"Bucket {row.name}: a row is numbered beyond its head.")


async def _catalogues(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Every ranged item is in its assortment's bucket, every balance and transfer in those of its stores."""
    listed = select(buckets.c.name, func.count()).join(feed, feed.c.bucket_id == buckets.c.id).where(~feed.c.gone)
    rows = await connection.execute(listed.group_by(buckets.c.name))
    live = {row[0]: int(row[1]) for row in rows}
    ranged = select(assortment_items.c.assortment_id, func.count()).group_by(assortment_items.c.assortment_id)
    for assortment, number in await connection.execute(ranged):
        if live.get(f"catalogue:{assortment}", 0) != number:
            yield Finding("catalogue", f"Assortment {assortment} has {number} items and its bucket another number.")


async def _outboxes(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """The results of every outbox are 1..last_n without a gap."""
    counted = select(outcomes.c.client_id, func.count().label("number"), func.max(outcomes.c.n).label("highest"))
    settled = {row.client_id: row for row in await connection.execute(counted.group_by(outcomes.c.client_id))}
    for row in await connection.execute(select(clients.c.id, clients.c.last_n)):
        has = settled.get(row.id)
        if (has.number, has.highest) != (row.last_n, row.last_n) if has else row.last_n:
            yield Finding("outbox", f"Outbox {row.id} is settled up to {row.last_n}, but its results have a gap.")
