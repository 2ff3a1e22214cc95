"""What must be known before stores, areas, neighbours and assortments are changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import assortments
from server.decisions import Happened
from server.inbox.fresh_ids import next_id
from server.ledger.tables import balances, road, shelves
from server.people.roles import Role
from server.people.tables import roles
from server.stores.facts import Chain, load_chain
from server.stores.tables import areas, stores
from server.stores.zones import known_zones
from server.transfers.tables import transfers

# Kinds by whose effect a role covers other stores than before.
MOVING = ("store.save", "store.archive", "store.restore")
MADE = {"store.save": ("store", stores), "area.save": ("area", areas), "assortment.save": ("assortment", assortments)}


@dataclass(frozen=True, slots=True)
class StoresMinded:
    """`assortments` are names by id, `roles` (person, role) of all whose stores may become others, `fresh` the id of
    the row that is to be made. `has_goods` and `has_transfers` speak of the store that is to be archived.
    """

    chain: Chain
    assortments: Mapping[int, str]
    zones: frozenset[str]
    roles: list[tuple[int, Role]]
    fresh: int = 0
    has_goods: bool = False
    has_transfers: bool = False
    buckets: set[str] = field(default_factory=set)


async def load_stores_minded(connection: AsyncConnection, op: Happened) -> StoresMinded:
    fresh = 0
    if op.kind in MADE:
        name, table = MADE[op.kind]
        fresh = 0 if op.args.get(name) else await next_id(connection, table)
    held = await _roles(connection, op) if op.kind in MOVING else []
    store = op.args["store"] if op.kind == "store.archive" else 0
    named = await connection.execute(select(assortments.c.id, assortments.c.name))
    return StoresMinded(
        chain=await load_chain(connection),
        assortments={row.id: row.name for row in named},
        zones=known_zones(),
        roles=held,
        fresh=fresh,
        has_goods=bool(store) and await _has_goods(connection, store),
        has_transfers=bool(store) and await _has_transfers(connection, store),
        buckets={f"user:{person}" for person, _role in held} | _own_buckets(op.kind, fresh),
    )


def _own_buckets(kind: str, fresh: int) -> set[str]:
    """Those that a new store or assortment begins with, so that phones find them empty and not missing."""
    if fresh and kind == "store.save":
        return {f"stock:{fresh}", f"work:{fresh}"}
    return {f"catalogue:{fresh}"} if fresh and kind == "assortment.save" else set()


async def _roles(connection: AsyncConnection, op: Happened) -> list[tuple[int, Role]]:
    """Roles for areas and the chain, and those of the store itself."""
    query = select(roles).where(or_(roles.c.store_id.is_(None), roles.c.store_id == op.args.get("store")))
    return [(row.person_id, role_of(row)) for row in await connection.execute(query.order_by(roles.c.id))]


def role_of(row: Any) -> Role:
    return Role(row.level, row.store_id, row.area_id, row.valid_from, row.valid_to)


async def _has_goods(connection: AsyncConnection, store: int) -> bool:
    moved = or_(*(balances.c[name] != 0 for name in ("on_hand", "reserved", "in_transit_in", "in_transit_out")))
    here = balances.c.location_id.in_([shelves(store), road(store)])
    return await connection.scalar(select(balances.c.item_id).where(here, moved).limit(1)) is not None


async def _has_transfers(connection: AsyncConnection, store: int) -> bool:
    ends = or_(transfers.c.from_store_id == store, transfers.c.to_store_id == store)
    open_ones = select(transfers.c.id).where(ends, transfers.c.ended_at.is_(None)).limit(1)
    return await connection.scalar(open_ones) is not None
