from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, TypedDict, cast

from server.catalogue.search import search_items
from server.inbox.own_work import recent_adjustments
from server.inbox.rows import item_rows
from server.lots.pages import BlockedLot, BlockForm, LotRow, blocked_here, lots_of, warned
from server.page_frame import Frame, Problem, RecentOperation
from server.visits import Visit, frame, may_act
from sync.forms import one
from sync.gs1 import what_is
from sync.gs1_told import Told, told_of
from sync.roles import adjust_limit
from sync.shelf import elsewhere, item_card, item_row, printed_gtin, search_asked


class StoreStock(TypedDict):
    """One other store's stock of an item. `share` is 0-100 of the best of the list, for the small bar.

    `gives` is whether it can spare one beyond its safety stock (`all`), has none but that (`low`) or nothing (`none`);
    `donor` marks the store proposed as lender: the nearest that can spare one.
    """

    store_id: int
    store_name: str
    available: int
    on_hand: int
    distance_m: int
    share: int
    gives: Literal["all", "part", "low", "none"]
    donor: bool


class ItemCard(TypedDict):
    """An item with the stock of the reader's store, waiting operations of this phone included.

    `name` is in the reader's language, `other_name` in the other one ("" where it is the same or missing).
    `tracks_lot` is whether its lots are asked for, `ranged` whether the store carries it. `blind` is whether the reader
    counts it and is told no figure: all are 0.
    available = on hand − reserved. `waiting` counts operations not answered.
    """

    id: int
    sku: str
    name: str
    other_name: str
    brand: str
    unit: Literal["each", "g", "ml"]
    price_cents: int
    gtins: list[str]
    tracks_lot: bool
    archived: bool
    ranged: bool
    blind: bool
    available: int
    on_hand: int
    reserved: int
    in_transit_in: int
    in_transit_out: int
    waiting: int


class ItemRow(TypedDict):
    id: int
    sku: str
    name: str
    brand: str
    unit: Literal["each", "g", "ml"]
    available: int
    blind: bool
    waiting: int
    archived: bool


class ItemListPage(TypedDict):
    """`/items?q=…&page=…`: every word of `q` stands in the folded names, brand or SKU; or `q` is a barcode or SKU.

    With `&where=everywhere` the hub alone looks it up, in what the whole chain sells.

    Fifty rows a page, sorted by name in the reader's language; archived items are left out, and what the
    reader's store does not carry. `total` is one more than 10,000 where there are more, and pages end there too.
    `next_page` is 0 at the end.
    """

    frame: Frame
    q: str
    total: int
    page: int
    next_page: int
    everywhere: bool
    rows: list[ItemRow]


class AdjustForm(TypedDict):
    """The dial on the item page. `quantity` is what was typed, word for word; `problem` says why it was refused.

    `lots` is whether its lot is asked for, and `expires` the last day that stands on it.

    `direction` is "out" or "in"; reasons of each direction are buttons that send the form. `limit` is how many this
    person may adjust at once without somebody's acceptance. `lot` is that of the scanned code, or as it was typed.
    """

    operation_id: str
    quantity: str
    lot: str
    lots: bool
    expires: str
    direction: Literal["out", "in"]
    may: bool
    limit: int
    problem: Problem | None


class CountForm(TypedDict):
    """What eyes saw of the item in the whole store. `counted` is what was typed, word for word."""

    operation_id: str
    counted: str
    problem: Problem | None


class ItemPage(TypedDict):
    """`/items/<id>`, and with `?code=…` what a scanned code of the item tells; `told` is None without.

    `recent` are this person's own operations on the item here, newest first, at most five.
    `blocked` are lots of it that nobody may sell; of a scanned lot `stop` is its block and `first` what goes before it.
    `coming` stores are not in `elsewhere` yet: their stock is on its way to the phone. The hub has them all.
    """

    frame: Frame
    card: ItemCard
    told: Told | None
    elsewhere: list[StoreStock]
    coming: int
    may_request: bool
    form: AdjustForm
    count: CountForm
    lots: list[LotRow]
    blocked: list[BlockedLot]
    block: BlockForm
    stop: BlockedLot | None
    first: LotRow | None
    recent: list[RecentOperation]


Missing = Literal["item", "lookup", "hub", "blind", "transfer", "page"]


class MissingPage(TypedDict):
    """404 inside the app. `what` is "lookup" where a phone without a network was to ask the hub, "hub" where it was to
    show a page that the hub alone can fill, and "blind" where that page has figures and its reader counts blindly.
    """

    frame: Frame
    what: Missing


async def item_list_page(visit: Visit) -> ItemListPage:
    q = search_asked(one(visit.fields, "q"))
    everywhere = one(visit.fields, "where") == "everywhere"
    ids, total, window = await search_items(replace(visit, everywhere=everywhere), q, one(visit.fields, "page"))
    rows = await item_rows(visit.connection, ids)
    stock = await visit.stock([visit.store], ids)
    return ItemListPage(
        frame=await frame(visit, "stock"),
        q=q,
        total=total,
        page=window["page"],
        next_page=window["next_page"],
        everywhere=everywhere,
        rows=[
            cast(ItemRow, item_row(rows[item], stock.of(visit.store, item), visit.locale, 0, visit.blind))
            for item in ids
        ],
    )


async def item_page(visit: Visit, item: int) -> ItemPage | None:
    """None for an item that does not exist; one that the reader's store does not carry is shown as such."""
    seen = await look_at(visit, item)
    if seen is None:
        return None
    card, others = seen
    form = visit.form or {}
    counts, blocks = "counted" in form, "block" in form
    told = told_of_item(visit, card)
    scanned_lot, scanned_count = (told["lot"], told["count"]) if told else ("", 0)
    stop, first = await warned(visit, item, told)
    lot = one(form, "lot") if visit.form else scanned_lot
    return ItemPage(
        frame=await frame(visit, "stock"),
        card=card,
        told=told,
        elsewhere=others,
        coming=0,
        may_request=may_act(visit),
        form=AdjustForm(
            operation_id=visit.mint(),
            quantity=one(form, "quantity") if visit.form else str(scanned_count or ""),
            lot=lot,
            lots=bool(lot) or card["tracks_lot"],
            expires=one(form, "expires") if visit.form else _day_on(told),
            direction="in" if one(form, "direction") == "in" else "out",
            may=may_act(visit),
            limit=adjust_limit(visit.chain.policies.row(), visit.reader["levels"].get(visit.store, 0)),
            problem=None if counts or blocks else visit.problem,
        ),
        count=CountForm(
            operation_id=visit.mint(), counted=one(form, "counted"), problem=visit.problem if counts else None
        ),
        lots=await lots_of(visit, item),
        blocked=await blocked_here(visit, item),
        block=_block_form(visit, told),
        stop=stop,
        first=first,
        recent=await recent_adjustments(visit, item),
    )


def _block_form(visit: Visit, told: Told | None) -> BlockForm:
    typed = visit.form if visit.form and "block" in visit.form else {}
    return BlockForm(
        operation_id=visit.mint(),
        lot=one(typed, "lot") if typed else (told["lot"] if told else ""),
        reason=one(typed, "reason"),
        may=visit.reader["level"] >= 3,
        problem=visit.problem if typed else None,
    )


def _day_on(told: Told | None) -> str:
    """The last day that stands on goods of a scanned lot; "" where there is none."""
    return (told["expiry"] or told["best_before"]) if told and told["lot"] else ""


def told_here(visit: Visit, code: str) -> Told | None:
    """Of today no more is asked than the century of a date on a label."""
    return told_of(code, datetime.fromtimestamp(visit.now / 1000, UTC).date().isoformat())


def told_of_item(visit: Visit, card: ItemCard) -> Told | None:
    """What the code in the address tells, where it is one of this item's."""
    code = one(visit.fields, "code")
    gtin = what_is(code).get("gtin")
    return told_here(visit, code) if gtin and printed_gtin(gtin) in card["gtins"] else None


async def missing_page(visit: Visit, what: Missing) -> MissingPage:
    tab = {"transfer": "transfers", "page": "scan"}.get(what, "stock")
    return MissingPage(frame=await frame(visit, tab), what=what)


async def look_at(visit: Visit, item: int) -> tuple[ItemCard, list[StoreStock]] | None:
    """An item with its stock in the reader's store, and in the stores around it."""
    rows = await item_rows(visit.connection, [item])
    if item not in rows:
        return None
    stock = await visit.stock([visit.store, *(store for store, _distance_m in visit.neighbours())], [item])
    ranged = bool(await visit.ranged_items([item]))
    card = item_card(rows[item], stock.of(visit.store, item), visit.locale, 0, ranged, visit.blind)
    return cast(ItemCard, card), cast(
        list[StoreStock], elsewhere(stock.offers(visit, item), visit.locale, visit.safety)
    )
