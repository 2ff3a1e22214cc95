from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.approvals.facts import load_words
from server.approvals.words import Word
from server.counts.sightings import load_sightings
from server.decisions import Happened, Settlement
from server.inbox.tables import booked_first, outcomes
from server.inbox.verdicts import Verdict, is_told, needs_of
from server.ledger.tables import balances, ledger
from server.people.tables import people
from server.reviews.rules import Reviewed
from server.reviews.tables import reviews
from server.statements import Asked, Many, inserted
from server.transfers.tables import transfers
from sync.operations import LARGEST, may_be_accepted, upcast

_PLACE = (ledger.c.item_id, ledger.c.location_id)
_SINCE = Asked(
    select(*_PLACE, ledger.c.lot, ledger.c.delta, ledger.c.effective_at, ledger.c.operation_id),
    *_PLACE,
    within=ledger.c.effective_at,
)
_HELD = Asked(
    select(balances.c.item_id, balances.c.location_id, balances.c.lot, balances.c.on_hand),
    balances.c.item_id,
    balances.c.location_id,
)
_WRITTEN = inserted(reviews, ("operation_id", "store_id", "said_by", "units_then", "units_near", "level", "people"))
_SETTLED = ("accepted", "settled_at", "settled_by", "settlement_id", "note")
_SETTLE = Many(
    lambda _: (
        update(reviews)
        .where(reviews.c.operation_id == bindparam("key"))
        .values({name: bindparam(f"new_{name}") for name in _SETTLED})
    ),
    [*(f"new_{name}" for name in _SETTLED), "key"],
)
# (item, location)
Place = tuple[int, int]


async def load_review(connection: AsyncConnection, op: Happened) -> Reviewed | None:
    """What an operation wants to settle, locked until it is: two who settle it at once come one after the other."""
    about = op.args["operation"]
    waiting = select(reviews).where(reviews.c.operation_id == about).with_for_update()
    review = (await connection.execute(waiting)).one_or_none()
    if review is None:
        return None
    told = select(outcomes).where(outcomes.c.operation_id == about, booked_first)
    row = (await connection.execute(told)).one()
    names = await _names(connection, row.person_id, review.settled_by)
    # Who vouches for what nobody signed answers for it.
    by = row.person_id or op.by
    place = (row.client_id, row.n, None, False, True)
    args = upcast(row.kind, row.v, row.args)
    happened = Happened(about, row.kind, args, row.effective_at, by, names.get(by, op.name), *place)
    reviewed = Reviewed(
        happened,
        row.status,
        review.store_id or 0,
        frozenset({row.person_id, review.said_by} - {None}),
        may_be_accepted(row.kind, row.person_id is not None),
        f"user:{row.person_id}" if row.person_id and is_told(row.kind, row.client_id) else None,
        row.code,
        word=Word(review.level, review.people),
        words=[int(one["person"]) for one in (await load_words(connection, [about])).get(about, [])],
    )
    reviewed.buckets = {reviewed.told_to} if reviewed.told_to else set()
    if row.kind == "transfer.approve":
        reviewed.authors |= await _who_asked(connection, args["transfer"])
    if again := op.args.get("count"):
        seen = await load_sightings(connection, outcomes.c.operation_id.in_((about, again)) & booked_first)
        by_id = {one.id: one for one in seen}
        reviewed.seen, reviewed.seen_again = by_id.get(about), by_id.get(again)
    if review.settled_at is not None:
        winner = names.get(review.settled_by, "")
        reviewed.settled = {"accepted": bool(review.accepted), "by": winner, "at": review.settled_at}
    elif reviewed.acceptable and row.status == "review" and op.args["accept"]:
        reviewed.takes_effect, reviewed.needs = True, needs_of(happened)
    return reviewed


async def _who_asked(connection: AsyncConnection, transfer: str) -> frozenset[int]:
    """Who asked for the goods does not grant them either."""
    asked = select(transfers.c.requested_by).where(transfers.c.id == transfer)
    return frozenset(await connection.scalars(asked))


async def _names(connection: AsyncConnection, *ids: int | None) -> dict[int, str]:
    rows = await connection.execute(select(people.c.id, people.c.name).where(people.c.id.in_([i for i in ids if i])))
    return {row.id: row.name for row in rows}


async def write_reviews(connection: AsyncConnection, waiting: Sequence[tuple[Verdict, int]]) -> None:
    """A row for each outcome that somebody must look at, with its store; the ledger of this group is written."""
    if not waiting:
        return
    units = await _units_then(connection, [verdict for verdict, _store in waiting])
    rows = [
        (verdict.op.id, store or None, verdict.op.by, units.get(verdict.op.id), verdict.near, *verdict.word)
        for verdict, store in waiting
    ]
    await _WRITTEN.run(connection, rows)


async def write_settlements(connection: AsyncConnection, settled: Sequence[Settlement]) -> None:
    rows = [(one.accepted, one.at, one.by, one.settled_in, one.note, one.operation) for one in settled]
    await _SETTLE.run(connection, rows)


async def _units_then(connection: AsyncConnection, verdicts: Sequence[Verdict]) -> dict[str, int]:
    """On hand just before each operation that is about one item, by its id."""
    about = {verdict.op.id: (verdict, place) for verdict in verdicts if (place := _one_place(verdict.op))}
    units: dict[Place, dict[str, int]] = {place: {} for _verdict, place in about.values()}
    for item, location, lot, on_hand in await _HELD.rows(connection, sorted(units)):
        units[item, location][lot] = on_hand
    since: dict[Place, int] = {}
    for verdict, place in about.values():
        since[place] = min(verdict.at, since.get(place, LARGEST))
    later: dict[Place, list[Sequence[Any]]] = {}
    for item, location, *entry in await _SINCE.rows(connection, [(*one, at, LARGEST) for one, at in since.items()]):
        later.setdefault((item, location), []).append(entry)
    found = {}
    for operation, (verdict, place) in about.items():
        wanted = verdict.op.args.get("lot") if verdict.op.kind == "stock.count" else None
        now = sum(held for lot, held in units[place].items() if wanted in (None, lot))
        moved = [
            delta
            for lot, delta, at, by in later.get(place, ())
            if wanted in (None, lot) and (at > verdict.at or by == operation)
        ]
        found[operation] = now - sum(moved)
    return found


def _one_place(op: Any) -> Place | None:
    args: Mapping[str, Any] = op.args
    if op.kind in ("stock.adjust", "stock.count"):
        return args["item"], args["store"] * 2
    if op.kind == "stock.move" and len(args["lines"]) == 1:
        return args["lines"][0]["item"], args["store"] * 2
    return None
