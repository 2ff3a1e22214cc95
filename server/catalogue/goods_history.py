"""What happened to an item, and to those that turned out to be the same."""

from collections.abc import Sequence
from typing import Any, TypedDict

from sqlalchemy import select

from server.admin.listing import ListingView
from server.admin.pages import AdminFrame, admin_frame
from server.catalogue.goods_listing import history_listing, history_of
from server.catalogue.minding import whole_items
from server.catalogue.tables import items
from server.visits import Visit
from sync.shelf import name_in


class HistoryRow(TypedDict):
    """One entry of the ledger. `place` is "store" or "transit"; `sku` is that of the item it was booked for."""

    at: int
    kind: str
    reason: str
    place: str
    store: str
    delta: int
    lot: str
    by: str
    sku: str
    transfer_id: str


class OldItem(TypedDict):
    id: int
    name: str
    sku: str


class HistoryPage(TypedDict):
    """`/admin/items/<id>/history`: everything that was booked, of the items merged into it too."""

    admin: AdminFrame
    id: int
    title: str
    unit: str
    doubled: bool
    listing: ListingView
    rows: list[HistoryRow]


async def history_page(visit: Visit, item: int) -> HistoryPage | None:
    admin = await admin_frame(visit, "items")
    row = (await whole_items(visit.connection, [item])).get(item)
    if admin is None or row is None:
        return None
    query = history_of(await same_items(visit, item))
    rows, listing = await history_listing(item).page(visit.connection, query, visit.fields)
    told = await history_rows(visit, rows)
    return HistoryPage(
        admin=admin,
        id=item,
        title=name_in(visit.locale, row),
        unit=row["unit"],
        doubled=any(one["sku"] != row["sku"] for one in told),
        listing=listing,
        rows=told,
    )


async def same_items(visit: Visit, item: int) -> list[int]:
    """The item and those that were merged into it."""
    return [item, *(one["id"] for one in await old_items(visit, items.c.merged_into == item))]


async def old_items(visit: Visit, condition: Any) -> list[OldItem]:
    query = select(items.c.id, items.c.name_en, items.c.name_zh, items.c.sku).where(condition).order_by(items.c.id)
    rows = await visit.connection.execute(query)
    return [OldItem(id=row.id, name=name_in(visit.locale, row._asdict()), sku=row.sku) for row in rows]


async def history_rows(visit: Visit, rows: Sequence[Any]) -> list[HistoryRow]:
    ids = {row.item_id for row in rows}
    query = select(items.c.id, items.c.sku).where(items.c.id.in_(ids))
    skus = {row.id: row.sku for row in await visit.connection.execute(query)}
    return [
        HistoryRow(
            at=row.effective_at,
            kind=row.kind,
            reason=row.reason or "",
            place=row.place,
            store=name_in(visit.locale, visit.chain.stores[row.store_id]),
            delta=row.delta,
            lot=row.lot,
            by=row.by or "",
            sku=skus[row.item_id],
            transfer_id=row.transfer_id or "",
        )
        for row in rows
    ]
