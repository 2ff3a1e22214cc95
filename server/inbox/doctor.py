"""Proves what phones are told: every row in its bucket, every bucket's sum, every outbox without a gap."""

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, except_, func, literal, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortment_items
from server.counts.open_sessions import joinable, not_ended
from server.counts.sightings import wanted
from server.counts.tables import count_dues, count_sessions
from server.findings import Finding
from server.inbox.tables import booked_first, buckets, by_hand, clients, feed, feed_marks, outcomes
from server.inbox.verdicts import AT_A_DESK
from server.ledger.tables import balances, locations
from server.lots.tables import blocked_lots
from server.people.tables import people
from server.reviews.tables import reviews, still_open
from server.stores.tables import areas, stores
from server.transfers.tables import transfers
from server.unknown_codes.tables import is_open, unknown_codes
from sync.checksum import row_sum

# Names of buckets, and keys in them.
Rows = Select[str, str]


async def feeds(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """The highest number of a bucket is its head, and every checksum is that of its live rows."""
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
        # Tombstones up to the floor may be gone, and with them the newest row.
        newest = max(highest.get(row.id, 0), row.floor)
        if newest != row.head:
            yield Finding("bucket_head", f"Bucket {row.name}: its head is not the number of its newest row.")


async def contents(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """What phones must have is in its bucket, and everything in a bucket is there to be sent."""
    named = select(buckets.c.name, feed.c.key).join_from(feed, buckets)
    for query, what in (
        (except_(_all_of(_must_be_live()), named.where(~feed.c.gone)), "is missing"),
        (except_(_told_of().where(outcomes.c.booked_at > _forgotten_until()), named), "was never told of"),
        (except_(named.where(~feed.c.gone), _all_of(_may_be_live())), "is listed and does not exist"),
    ):
        for bucket, key in await connection.execute(query):
            yield Finding("bucket_rows", f"Bucket {bucket}: {key} {what}.")


def _all_of(queries: list[Rows]) -> Rows:
    # One select again, for SQLite takes no compound inside another.
    every = union(*queries).subquery()
    return select(*every.c)


def _must_be_live() -> list[Rows]:
    open_stores = stores.c.archived_at.is_(None)
    under_way = transfers.c.ended_at.is_(None)
    counting = _session_rows().where(not_ended)
    stores_and_counts = [_store_rows().where(open_stores), counting]
    return [*_always_live(), *stores_and_counts, *(one.where(under_way) for one in _transfer_rows())]


def _may_be_live() -> list[Rows]:
    # Who chooses a policy before the first store is there is told of it all the same.
    policy = select(literal("chain"), literal("policy"))
    stores_and_counts = [_store_rows().where(stores.c.archived_at.is_(None)), _session_rows()]
    return [*_always_live(), policy, *stores_and_counts, *_transfer_rows(), _told_of()]


def _always_live() -> list[Rows]:
    on_shelves = balances.c.location_id == locations.c.id, locations.c.kind == "store"
    return [
        select(literal("chain"), literal("policy")).where(select(stores.c.id).exists()),
        select(literal("chain"), _named("area:", areas.c.id)),
        select(_named("user:", people.c.id), literal("me")),
        select(_named("catalogue:", assortment_items.c.assortment_id), _text(assortment_items.c.item_id)),
        select(
            _named("reviews:", func.coalesce(reviews.c.store_id, 0)), _named("review:", reviews.c.operation_id)
        ).where(still_open),
        select(_named("counts:", reviews.c.store_id), _named("recount:", reviews.c.operation_id))
        .join(outcomes, outcomes.c.operation_id == reviews.c.operation_id)
        .where(wanted),
        select(_named("counts:", count_sessions.c.store_id), _named("open:", count_sessions.c.id)).where(joinable),
        select(_named("counts:", count_dues.c.store_id), _named("due:", count_dues.c.item_id)),
        select(_named("unknown_codes:", unknown_codes.c.store_id), _named("code:", unknown_codes.c.id)).where(is_open),
        select(_named("lots:", locations.c.store_id), _text(balances.c.item_id)).where(
            *on_shelves, balances.c.lot != ""
        ),
        select(literal("lots:0"), _named("blocked:", blocked_lots.c.operation_id)),
        select(_named("stock:", locations.c.store_id), _text(balances.c.item_id)).where(*on_shelves),
    ]


def _store_rows() -> Rows:
    return select(literal("chain"), _named("store:", stores.c.id))


def _session_rows() -> Rows:
    return select(_named("user:", count_sessions.c.person_id), _named("count:", count_sessions.c.id))


def _transfer_rows() -> list[Rows]:
    key = _named("transfer:", transfers.c.id)
    return [select(_named("work:", end), key) for end in (transfers.c.from_store_id, transfers.c.to_store_id)]


def _told_of() -> Rows:
    """Outcomes of people's own operations; they may have been let go since."""
    theirs = outcomes.c.person_id.is_not(None) & booked_first & by_hand & (outcomes.c.status != "void")
    theirs &= outcomes.c.kind.not_in(AT_A_DESK)
    return select(_named("user:", outcomes.c.person_id), _named("outcome:", outcomes.c.operation_id)).where(theirs)


def _forgotten_until() -> ColumnElement[int]:
    """Until when tombstones of the person's own bucket are gone: what was let go before that left no trace there."""
    here = (buckets.c.name == _named("user:", outcomes.c.person_id)) & (feed_marks.c.head <= buckets.c.floor)
    marked = select(func.max(feed_marks.c.at)).join_from(feed_marks, buckets).where(here).correlate(outcomes)
    return func.coalesce(marked.scalar_subquery(), -1)


def _named(prefix: str, column: ColumnElement[Any]) -> ColumnElement[str]:
    return literal(prefix, String) + _text(column)


def _text(column: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(column, String)


async def outboxes(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """The results of every outbox are 1..last_n without a gap."""
    counted = select(outcomes.c.client_id, func.count().label("number"), func.max(outcomes.c.n).label("highest"))
    settled = {row.client_id: row for row in await connection.execute(counted.group_by(outcomes.c.client_id))}
    for row in await connection.execute(select(clients.c.id, clients.c.last_n)):
        has = settled.get(row.id)
        if (has.number, has.highest) != (row.last_n, row.last_n) if has else row.last_n:
            yield Finding("outbox", f"Outbox {row.id} is settled up to {row.last_n}, but its results have a gap.")


async def repeats(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """What is kept as a repeat repeats an operation that is kept too."""
    firsts: dict[str, int] = defaultdict(int)
    # A void that nobody signed says nothing of the operation whose id it carries.
    ids = select(outcomes.c.operation_id).where(outcomes.c.repeats, outcomes.c.status != "void")
    query = select(outcomes.c.operation_id, outcomes.c.repeats).where(outcomes.c.operation_id.in_(ids))
    for row in await connection.execute(query):
        firsts[row.operation_id] += not row.repeats
    for operation, count in firsts.items():
        if count != 1:
            yield Finding("repeat", f"Operation {operation} is kept as a repeat of nothing.")


CHECKS = (feeds, contents, outboxes, repeats)
