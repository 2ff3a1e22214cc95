"""One reading of a page: who reads, of which chain, at which moment, with what in the address or the form."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortment_items, items
from server.counts.open_sessions import counts_blindly
from server.inbox.rows import item_rows, person_row, stock_figures
from server.page_frame import Frame, Locale, Problem
from server.people.facts import load_people
from server.reviews.tables import reviews, still_open
from server.stores.facts import Chain
from server.stores.zones import transitions
from server.transfers.tables import transfer_lines, transfers
from sync.forms import Fields
from sync.projection import steps
from sync.roles import Reader, reader_of
from sync.shelf import NOTHING, name_in

Rows = dict[int, dict[str, Any]]
Figures = dict[tuple[int, int], dict[str, int]]


@dataclass(frozen=True, slots=True)
class Visit:
    """`fields` are those of the address, `form` those of a form that was refused for `problem`. `everywhere` asks for
    goods of the whole chain instead of those that the reader's store carries.

    Everything is read through `connection`, one snapshot. `mint` makes the id of the operation a form will become.
    """

    connection: AsyncConnection
    chain: Chain
    reader: Reader
    username: str
    now: int
    mint: Callable[[], str]
    fields: Fields = field(default_factory=dict)
    form: Fields | None = None
    problem: Problem | None = None
    everywhere: bool = False
    # The reader counts their store and must not be led by its figures.
    blind: bool = False

    @property
    def locale(self) -> Locale:
        return cast(Locale, self.reader["locale"])

    @property
    def store(self) -> int:
        return int(self.reader["store"])

    @property
    def safety(self) -> dict[str, int]:
        """The stock that a lender keeps for itself; see `sync/lending.py`."""
        chosen = self.chain.policies
        return {"units": chosen.safety_units, "percent": chosen.safety_percent}

    def store_names(self) -> dict[int, str]:
        """Names of the open stores by id, in the reader's language."""
        return {store: name_in(self.locale, self.chain.stores[store]) for store in self.chain.areas}

    def neighbours(self) -> list[tuple[int, int]]:
        """Open neighbours of the reader's store whose stock is theirs to see, and how far they are in metres."""
        return self.chain.lenders(self.store)

    def ranged(self) -> ColumnElement[bool]:
        """The condition that the reader's store carries an item, asked of each by itself."""
        if self.everywhere:
            return true()
        return self.carried().where(assortment_items.c.item_id == items.c.id).correlate(items).exists()

    def carried(self) -> Select[int]:
        """Ids of the items that the reader's store carries, some of them twice."""
        if self.everywhere:
            return select(items.c.id)
        assortments = self.chain.assortments.get(self.store, [])
        return select(assortment_items.c.item_id).where(assortment_items.c.assortment_id.in_(assortments))

    async def ranged_items(self, ids: Iterable[int]) -> Rows:
        """Those of the items that the reader's store carries, as catalogue rows."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        query = select(items.c.id).where(items.c.id.in_(wanted), self.ranged())
        return await item_rows(self.connection, list((await self.connection.scalars(query)).all()))

    async def stock(self, stores: Sequence[int], ids: Sequence[int]) -> "Stock":
        figures = await stock_figures(self.connection, stores, ids) if stores and ids else {}
        return Stock(figures)


@dataclass(frozen=True, slots=True)
class Stock:
    """Stock figures by (store, item)."""

    figures: Figures

    def of(self, store: int, item: int) -> dict[str, int]:
        """The four figures; all zero for what was never moved."""
        return self.figures.get((store, item), NOTHING)

    def offers(self, visit: Visit, item: int) -> list[dict[str, Any]]:
        """What the reader's neighbours hold of an item."""
        return [
            {
                "store": store,
                "name_en": visit.chain.stores[store]["name_en"],
                "name_zh": visit.chain.stores[store]["name_zh"],
                "distance_m": distance_m,
                **self.of(store, item),
            }
            for store, distance_m in visit.neighbours()
        ]


async def begin_visit(
    connection: AsyncConnection, chain: Chain, person_id: int, now: int, mint: Callable[[], str], fields: Fields
) -> Visit:
    """A visit of somebody signed in, before anything of the page is read."""
    me = (await load_people(connection, [person_id]))[person_id]
    reader = reader_of(person_row(me, chain.areas), now)
    blind = await counts_blindly(connection, person_id, reader["store"], now)
    return Visit(connection, chain, reader, me.username, now, mint, fields, blind=blind)


async def frame(visit: Visit, tab: str) -> Frame:
    """What stands around the page; `tab` is the lit one of the bottom bar."""
    reader, store = visit.reader, visit.chain.stores.get(visit.store)
    return cast(
        Frame,
        {
            "locale": reader["locale"],
            "tab": tab,
            "person_id": reader["person"],
            "person_name": reader["name"],
            "store_id": visit.store,
            "store_name": name_in(visit.locale, store) if store else "",
            "level": reader["level"],
            # Somebody without a store still reads times: in UTC, as the hub writes them.
            "zone": transitions(store["time_zone"]) if store else [[0, 0]],
            "inbox_count": await _inbox_count(visit) + await reviews_for(visit),
        },
    )


def may_act(visit: Visit) -> bool:
    """Whether the reader has stock powers in their own store."""
    return visit.store in visit.reader["levels"]


async def reviews_for(visit: Visit) -> int:
    """How many reviews wait for the reader's word."""
    managed = [store for store, level in visit.reader["levels"].items() if level >= 3]
    minds_the_chain = visit.reader["level"] == 5
    if not managed and not minds_the_chain:
        return 0
    mine = or_(reviews.c.store_id.in_(managed), reviews.c.store_id.is_(None) if minds_the_chain else false())
    others = reviews.c.said_by != visit.reader["person"]
    query = select(func.count()).select_from(reviews).where(still_open, mine, others)
    return await visit.connection.scalar(query) or 0


async def _inbox_count(visit: Visit) -> int:
    """How many open transfers wait for the reader; read without their names and timelines, for every page asks."""
    acting = sorted(set(visit.reader["levels"]) & set(visit.reader["work"]))
    if not acting:
        return 0
    header = (transfers.c.id, transfers.c.from_store_id, transfers.c.to_store_id, transfers.c.decision)
    counted = ("approved", "dispatched", "received", "damaged", "lost", "returned")
    query = (
        select(*header, transfers.c.state, transfers.c.requested_by, *[transfer_lines.c[name] for name in counted])
        .join(transfer_lines, transfer_lines.c.transfer_id == transfers.c.id)
        .where(transfers.c.ended_at.is_(None))
        .where(or_(transfers.c.from_store_id.in_(acting), transfers.c.to_store_id.in_(acting)))
    )
    papers: dict[str, dict[str, Any]] = {}
    for row in await visit.connection.execute(query):
        named = {"from": row.from_store_id, "to": row.to_store_id, "requested_by": row.requested_by, "events": []}
        paper = papers.setdefault(row.id, {**named, "decision": row.decision, "state": row.state, "lines": []})
        paper["lines"].append({name: getattr(row, name) for name in counted})
    levels, person = visit.reader["levels"], visit.reader["person"]
    return sum(1 for paper in papers.values() if steps(paper, levels, person)["step"])
