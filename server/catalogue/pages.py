from typing import Literal, TypedDict

from server.page_frame import Frame, Problem, WaitingOperation


class StoreStock(TypedDict):
    """One other store's stock of an item. `share` is 0-100 of the best of the list, for the small bar.

    `donor` marks the store proposed as lender: most available, nearest among equals, and none with nothing to give.
    """

    store_id: int
    store_name: str
    available: int
    on_hand: int
    distance_m: int
    share: int
    donor: bool


class ItemCard(TypedDict):
    """An item with the stock of the reader's store, waiting operations of this phone included.

    `name` is in the reader's language, `other_name` in the other one ("" where it is the same or missing).
    `ranged` is whether the store carries it. available = on hand − reserved. `waiting` counts operations not answered.
    """

    id: int
    sku: str
    name: str
    other_name: str
    brand: str
    unit: Literal["each", "g", "ml"]
    price_cents: int
    gtins: list[str]
    archived: bool
    ranged: bool
    available: int
    on_hand: int
    reserved: int
    in_transit_in: int
    in_transit_out: int
    waiting: int


class HomePage(TypedDict):
    """`/` and `/?code=…`: the scan page; `outcome` is "" until something was scanned.

    `elsewhere` holds the three best other stores of the found item.
    """

    frame: Frame
    code: str
    outcome: Literal["", "found", "unknown"]
    card: ItemCard | None
    elsewhere: list[StoreStock]


class ItemRow(TypedDict):
    id: int
    sku: str
    name: str
    brand: str
    unit: Literal["each", "g", "ml"]
    available: int
    waiting: int
    archived: bool


class ItemListPage(TypedDict):
    """`/items?q=…&page=…`: every word of `q` stands in the folded names, brand or SKU; or `q` is a barcode or SKU.

    Fifty rows a page, sorted by name in the reader's language; archived items are left out. `next_page` is 0 at the end.
    """

    frame: Frame
    q: str
    total: int
    page: int
    next_page: int
    rows: list[ItemRow]


class AdjustForm(TypedDict):
    """The dial on the item page. `quantity` is what was typed, word for word; `problem` says why it was refused.

    `direction` is "out" or "in"; reasons of each direction are buttons that send the form. `limit` is how many this
    person may adjust at once without somebody's acceptance.
    """

    operation_id: str
    quantity: str
    direction: Literal["out", "in"]
    may: bool
    limit: int
    problem: Problem | None


class ItemPage(TypedDict):
    """`/items/<id>`. `recent` are this person's own operations on the item here, newest first, at most five."""

    frame: Frame
    card: ItemCard
    elsewhere: list[StoreStock]
    may_request: bool
    form: AdjustForm
    recent: list[WaitingOperation]


class MissingPage(TypedDict):
    """404 inside the app: `what` is "item", "transfer" or "page"."""

    frame: Frame
    what: Literal["item", "transfer", "page"]
