"""What stands in lines of counts and movements, found in the books: stores by code, goods by SKU or barcode."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import barcodes, items
from server.counts.facts import load_openings
from server.counts.past import Opening
from server.imports.reading import MovementLine, StockLine
from server.inbox.tables import FILE_CLIENTS
from server.people.facts import load_people
from server.people.roles import administers, level_at
from server.statements import Asked
from server.stores.facts import Chain, load_chain

Line = StockLine | MovementLine
_BY_SKU = Asked(select(items.c.sku, items.c.id, items.c.merged_into), items.c.sku)
_BY_GTIN = Asked(select(barcodes.c.gtin, barcodes.c.item_id), barcodes.c.gtin)


@dataclass(frozen=True, slots=True)
class Places:
    """`stores` are the open ones by code, `theirs` those whose books the person may write; `zones` are IANA names."""

    stores: Mapping[str, int]
    zones: Mapping[int, str]
    theirs: frozenset[int]


@dataclass(frozen=True, slots=True)
class Goods:
    """Items by SKU and by barcode."""

    skus: Mapping[str, int]
    gtins: Mapping[str, int]

    def item(self, line: Line) -> int | None:
        """A SKU goes before a barcode: it is the shop's own word."""
        found = self.skus.get(line.item)
        return found if found is not None or line.gtin is None else self.gtins.get(line.gtin)


async def load_places(connection: AsyncConnection, lines: Sequence[Line], by: int, as_of: int, now: int) -> Places:
    chain = await load_chain(connection)
    stores = {str(chain.stores[store]["code"]): store for store in chain.areas}
    told = {store for line in lines if (store := stores.get(line.store)) is not None}
    theirs = await _theirs(connection, chain, told, by, now)
    if as_of and (others := told - theirs):
        theirs |= await _opened_by(connection, others, by, as_of, now)
    zones = {store: str(chain.stores[store]["time_zone"]) for store in chain.areas}
    return Places(stores, zones, frozenset(theirs))


async def load_goods(connection: AsyncConnection, lines: Sequence[Line]) -> Goods:
    named = await _BY_SKU.rows(connection, sorted({line.item for line in lines}))
    skus = {sku: merged_into or item for sku, item, merged_into in named}
    gtins = {line.gtin for line in lines if line.gtin is not None and line.item not in skus}
    return Goods(skus, {gtin: item for gtin, item in await _BY_GTIN.rows(connection, sorted(gtins))})  # noqa: C416


async def _theirs(connection: AsyncConnection, chain: Chain, stores: Iterable[int], by: int, now: int) -> set[int]:
    person = (await load_people(connection, [by])).get(by)
    roles = person.roles if person else []
    return {store for store in stores if level_at(roles, store, chain.areas[store], now) >= 3}


async def _opened_by(connection: AsyncConnection, stores: Iterable[int], by: int, as_of: int, now: int) -> set[int]:
    """An administrator may open books that are empty but for what the same counts brought."""
    person = (await load_people(connection, [by])).get(by)
    if person is None or not administers(person.roles, now):
        return set()
    mine = Opening(FILE_CLIENTS["stock"], as_of)
    return {store for store, opened in (await load_openings(connection, stores)).items() if opened in (None, mine)}
