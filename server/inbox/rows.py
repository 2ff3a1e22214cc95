"""The rows of each bucket as phones get them, built set-wise from the tables in the snapshot of the pull."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.approvals.facts import load_words
from server.catalogue.tables import barcodes, items
from server.counts.open_sessions import joinable_rows, session_rows
from server.counts.plans import due_rows
from server.counts.sightings import recount_rows
from server.database import chunks
from server.inbox.tables import booked_first, outcomes
from server.ledger.tables import balances
from server.lots.blocked import blocked_rows
from server.lots.facts import lots_on_hand
from server.lots.tables import blocked_units
from server.people.facts import Person, load_people
from server.people.tables import people
from server.reviews.tables import reviews
from server.stores.facts import Chain, load_chain
from server.stores.zones import transitions
from server.transfers.facts import load_transfers_told
from server.unknown_codes.facts import open_rows

Rows = dict[str, Any]
Builder = Callable[[AsyncConnection, str, Sequence[str]], Awaitable[Rows]]


async def rows_of(connection: AsyncConnection, bucket: str, keys: Sequence[str]) -> Rows:
    """The rows of a bucket by key, for keys that its feed lists as live."""
    noun, _, what = bucket.partition(":")
    return await BUILDERS[noun](connection, what, keys)


async def _chain(connection: AsyncConnection, _what: str, keys: Sequence[str]) -> Rows:
    chain = await load_chain(connection)
    wanted = set(keys)
    rows: Rows = {f"store:{store}": store_row(chain, store) for store in chain.areas}
    rows |= {f"area:{area}": dict(row) for area, row in chain.area_rows.items()}
    rows["policy"] = chain.policies.row()
    return {key: row for key, row in rows.items() if key in wanted}


def store_row(chain: Chain, store: int) -> Rows:
    row = chain.stores[store]
    named = {name: row[name] for name in ("id", "code", "name_en", "name_zh", "latitude", "longitude")}
    return {
        **named,
        "area": row["area_id"],
        "zone": transitions(row["time_zone"]),
        "assortments": chain.assortments.get(store, []),
        "neighbours": [[other, distance_m] for other, distance_m in chain.neighbours.get(store, [])],
    }


async def _user(connection: AsyncConnection, what: str, keys: Sequence[str]) -> Rows:
    person = int(what)
    rows: Rows = {}
    if "me" in keys:
        rows["me"] = await me_row(connection, person)
    opened = [key.removeprefix("count:") for key in keys if key.startswith("count:")]
    rows |= {f"count:{one}": row for one, row in (await session_rows(connection, person, opened)).items()}
    ids = [key.removeprefix("outcome:") for key in keys if key.startswith("outcome:")]
    for some in chunks(ids):
        mine = outcomes.c.operation_id.in_(some) & (outcomes.c.person_id == person) & booked_first
        for row in await connection.execute(outcomes_with_settlement().where(mine)):
            rows[f"outcome:{row.operation_id}"] = outcome_row(row)
    return rows


async def me_row(connection: AsyncConnection, person: int) -> Rows:
    areas = (await load_chain(connection)).areas
    return person_row((await load_people(connection, [person]))[person], areas)


def person_row(me: Person, areas: Mapping[int, int]) -> Rows:
    """The row `me`; `areas` maps the open stores to their areas."""
    held = [
        {"level": role.level, "stores": sorted(role.stores(areas)), "from": role.valid_from, "to": role.valid_to}
        for role in me.roles
    ]
    named = {"id": me.id, "username": me.username, "name": me.name, "locale": me.locale, "store": me.store_id}
    return {**named, "roles": held}


def outcome_row(row: Any) -> Rows:
    """`row` as `outcomes_with_settlement` reads it. Only what somebody settled says so."""
    names = ("kind", "args", "status", "code", "params", "now", "review", "booked_at")
    told = {"id": row.operation_id, "at": row.effective_at, **{name: getattr(row, name) for name in names}}
    if row.settled_at is None:
        return told
    settled = {"accepted": bool(row.accepted), "by": row.settled_by_name, "at": row.settled_at}
    return {**told, "settled": {**settled, "note": row.settled_note} if row.settled_note else settled}


def outcomes_with_settlement() -> Select[Any]:
    """Outcomes, each with what was said of its review."""
    who = people.c.name.label("settled_by_name")
    said = (reviews.c.accepted, reviews.c.settled_at, reviews.c.note.label("settled_note"), who)
    joined = outcomes.outerjoin(reviews, reviews.c.operation_id == outcomes.c.operation_id)
    return select(outcomes, *said).select_from(joined.outerjoin(people, people.c.id == reviews.c.settled_by))


async def _catalogue(connection: AsyncConnection, _what: str, keys: Sequence[str]) -> Rows:
    return {str(item): row for item, row in (await item_rows(connection, [int(key) for key in keys])).items()}


async def item_rows(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Rows]:
    """Items as the catalogue buckets carry them, by id."""
    gtins: dict[int, list[str]] = {}
    found: dict[int, Rows] = {}
    for some in chunks(ids):
        coded = select(barcodes).where(barcodes.c.item_id.in_(some)).order_by(barcodes.c.gtin)
        for row in await connection.execute(coded):
            gtins.setdefault(row.item_id, []).append(row.gtin)
        for row in await connection.execute(select(items).where(items.c.id.in_(some))):
            found[row.id] = item_row(row, gtins.get(row.id, []))
    return found


def item_row(row: Any, gtins: list[str]) -> Rows:
    names = ("id", "sku", "name_en", "name_zh", "brand", "unit", "price_cents", "sort_zh")
    tracked = {"lot": row.tracks_lot, "expiry": row.tracks_expiry, "archived": row.archived_at is not None}
    # Few items were merged into another one; the rest say nothing of it.
    leads = {"into": row.merged_into} if row.merged_into else {}
    return {**{name: getattr(row, name) for name in names}, **tracked, "gtins": gtins, **leads}


async def _stock(connection: AsyncConnection, what: str, keys: Sequence[str]) -> Rows:
    figures = await stock_figures(connection, [int(what)], [int(key) for key in keys])
    return {str(item): row for (_store, item), row in figures.items()}


async def stock_figures(
    connection: AsyncConnection, stores: Sequence[int], ids: Sequence[int]
) -> dict[tuple[int, int], dict[str, int]]:
    """The four figures over all lots by (store, item), what is blocked as reserved; what was never moved is missing."""
    names = ("on_hand", "reserved", "in_transit_in", "in_transit_out")
    held = {"reserved": balances.c.reserved + blocked_units}
    sums = [func.sum(held.get(name, balances.c[name])).label(name) for name in names]
    found = {}
    locations = [store * 2 for store in stores]
    for some in chunks(ids):
        query = (
            select(balances.c.location_id, balances.c.item_id, *sums)
            .where(balances.c.location_id.in_(locations), balances.c.item_id.in_(some))
            .group_by(balances.c.location_id, balances.c.item_id)
        )
        for row in await connection.execute(query):
            # PostgreSQL sums to its decimal type; quantities are whole.
            found[row.location_id // 2, row.item_id] = {name: int(getattr(row, name)) for name in names}
    return found


async def _work(connection: AsyncConnection, _what: str, keys: Sequence[str]) -> Rows:
    ids = [key.removeprefix("transfer:") for key in keys]
    return {f"transfer:{one}": row for one, row in (await load_transfers_told(connection, ids)).items()}


async def _reviews(connection: AsyncConnection, _what: str, keys: Sequence[str]) -> Rows:
    return {f"review:{row['id']}": row for row in await review_rows(connection, keys)}


async def review_rows(connection: AsyncConnection, keys: Sequence[str]) -> list[Rows]:
    """What waits for somebody's word, for keys `review:<operation>`, in no order."""
    author = func.coalesce(outcomes.c.person_id, reviews.c.said_by)
    query = (
        select(outcomes, reviews, people.c.name.label("author"), author.label("by"))
        .join_from(reviews, outcomes, (outcomes.c.operation_id == reviews.c.operation_id) & booked_first)
        .outerjoin(people, people.c.id == author)
    )
    found = []
    for some in chunks([key.removeprefix("review:") for key in keys]):
        asked = query.where(reviews.c.operation_id.in_(some))
        words = await load_words(connection, some)
        found += [_review_row(row, words.get(row.operation_id, [])) for row in await connection.execute(asked)]
    return found


def _review_row(row: Any, words: list[Rows]) -> Rows:
    named = {name: getattr(row, name) for name in ("kind", "args", "status", "code", "params", "booked_at", "by")}
    return {
        "id": row.operation_id,
        "store": row.store_id or 0,
        "at": row.effective_at,
        **named,
        "name": row.author or "",
        "signed": row.person_id is not None,
        "units_then": row.units_then,
        "units_near": row.units_near,
        "level": row.level,
        "people": row.people,
        "words": words,
    }


async def _unknown_codes(connection: AsyncConnection, what: str, keys: Sequence[str]) -> Rows:
    rows = await open_rows(connection, int(what), [key.removeprefix("code:") for key in keys])
    return {f"code:{row['id']}": row for row in rows}


async def _counts(connection: AsyncConnection, what: str, keys: Sequence[str]) -> Rows:
    found: Rows = {}
    for noun, read in (("recount", recount_rows), ("open", joinable_rows)):
        asked = [key.removeprefix(f"{noun}:") for key in keys if key.startswith(f"{noun}:")]
        if asked:
            found |= {f"{noun}:{one}": row for one, row in (await read(connection, asked)).items()}
    if due := [int(key.removeprefix("due:")) for key in keys if key.startswith("due:")]:
        found |= {f"due:{row['item']}": row for row in await due_rows(connection, int(what), due)}
    return found


async def _lots(connection: AsyncConnection, what: str, keys: Sequence[str]) -> Rows:
    if what == "0":
        return {f"blocked:{row['id']}": row for row in await blocked_rows(connection)}
    found = await lots_on_hand(connection, int(what), [int(key) for key in keys])
    return {key: {"item": int(key), "lots": found.get(int(key), [])} for key in keys}


BUILDERS: Mapping[str, Builder] = {
    "chain": _chain,
    "user": _user,
    "catalogue": _catalogue,
    "stock": _stock,
    "work": _work,
    "reviews": _reviews,
    "unknown_codes": _unknown_codes,
    "counts": _counts,
    "lots": _lots,
}
