from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import store_assortments
from server.policies.facts import load_policies
from server.policies.values import Policies
from server.stores.tables import areas, neighbours, stores


@dataclass(frozen=True, slots=True)
class Chain:
    """The stores as a whole and what holds for all of them: small, wanted by everything, read in five queries.

    `areas` maps stores that are open to their area; `neighbours` lists (store, distance in metres), nearest first;
    `assortments` are ids, ascending.
    """

    stores: Mapping[int, Mapping[str, Any]]
    area_rows: Mapping[int, Mapping[str, Any]]
    areas: Mapping[int, int]
    neighbours: Mapping[int, list[tuple[int, int]]]
    assortments: Mapping[int, list[int]]
    policies: Policies = field(default_factory=Policies)

    def lenders(self, store: int) -> list[tuple[int, int]]:
        """Open neighbours whose stock the store's phones hold, with their distance in metres, nearest first."""
        whose = self.policies.neighbour_stock
        near = self.neighbours.get(store, []) if whose != "none" else []
        area = self.areas.get(store)
        near = [(one, distance_m) for one, distance_m in near if one in self.areas]
        return [pair for pair in near if whose == "all" or self.areas[pair[0]] == area]

    def bucket_names_of_catalogue(self, store: int) -> list[str]:
        return [f"catalogue:{assortment}" for assortment in self.assortments.get(store, [])]


async def load_chain(connection: AsyncConnection) -> Chain:
    rows = {row.id: row._asdict() for row in await connection.execute(select(stores).order_by(stores.c.id))}
    area_rows = {row.id: row._asdict() for row in await connection.execute(select(areas).order_by(areas.c.id))}
    near: dict[int, list[tuple[int, int]]] = {}
    ordered = select(neighbours).order_by(neighbours.c.distance_m, neighbours.c.neighbour_id)
    for row in await connection.execute(ordered):
        near.setdefault(row.store_id, []).append((row.neighbour_id, row.distance_m))
    ranged: dict[int, list[int]] = {}
    for row in await connection.execute(select(store_assortments).order_by(store_assortments.c.assortment_id)):
        ranged.setdefault(row.store_id, []).append(row.assortment_id)
    open_stores = {store: row["area_id"] for store, row in rows.items() if row["archived_at"] is None}
    return Chain(rows, area_rows, open_stores, near, ranged, await load_policies(connection))
