"""What a line of each kind says, once it is understood. A value is None where the file has no column for it."""

from typing import Any, Generic, Literal, TypeVar, get_args

import msgspec

Kind = Literal["stores", "people", "items", "stock", "movements"]
Unit = Literal["each", "g", "ml"]
Params = dict[str, int | str]
KINDS: tuple[Kind, ...] = get_args(Kind)

# What a column can be, in the order of an export. `name` of items and stores goes to the language it is written in.
FIELDS: dict[Kind, tuple[str, ...]] = {
    "stores": ("code", "name", "name_en", "name_zh", "area", "latitude", "longitude", "time_zone"),
    "people": ("username", "name", "role", "store", "area", "locale", "from", "to"),
    "items": (
        *("sku", "barcodes", "name", "name_en", "name_zh", "brand", "unit", "price"),
        *("tracks_lot", "tracks_expiry", "assortments"),
    ),
    "stock": ("store", "item", "counted", "lot", "expires"),
    "movements": ("id", "store", "item", "quantity", "kind", "at", "lot", "expires"),
}


class Unreadable(Exception):  # noqa: N818 -- a foreseen end, no bug
    """The file as a whole cannot be read; `reason(code, params, locale)` is the sentence."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.params: Params = params


class Refused(Exception):  # noqa: N818 -- one line that cannot be taken
    """Raised by the rules of a line, caught where its reject is made."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.params: Params = params


class Reject(msgspec.Struct, array_like=True, gc=False):
    """A line that was not taken: its first line number as an editor counts, why, and its fields as they stood."""

    line: int
    code: str
    params: Params
    raw: list[str]


class ItemLine(msgspec.Struct, array_like=True, gc=False):
    """`gtins` have 14 digits, none twice. One of the names is not empty; "" is said to be empty, None is not said.

    `brand` and what follows may be None; `folded`, `sort_en` and `sort_zh` are made of what this line says alone.
    """

    line: int
    sku: str
    gtins: tuple[str, ...]
    name_en: str | None
    name_zh: str | None
    brand: str | None = None
    unit: Unit | None = None
    price_cents: int | None = None
    tracks_lot: bool | None = None
    tracks_expiry: bool | None = None
    assortments: tuple[str, ...] | None = None
    folded: str = ""
    sort_en: str = ""
    sort_zh: str = ""


class StoreLine(msgspec.Struct, array_like=True, gc=False):
    """`area` is a name in either language; degrees; `time_zone` is one of the IANA names."""

    line: int
    code: str
    name_en: str | None
    name_zh: str | None
    area: str | None
    latitude: float | None
    longitude: float | None
    time_zone: str | None


class PersonLine(msgspec.Struct, array_like=True, gc=False):
    """A person with one role; somebody with several roles stands on several lines. `level` is 1-5, `store` a code.

    `valid_from` and `valid_to` are ms; where `is_local` they are the store's own clock read as UTC.
    """

    line: int
    username: str
    name: str
    level: int | None
    store: str | None
    area: str | None
    locale: Literal["en", "zh"] | None
    valid_from: int | None
    valid_to: int | None
    is_local: bool


class StockLine(msgspec.Struct, array_like=True, gc=False):
    """What was counted, in the item's unit. `gtin` is there where `item` can be read as a barcode; a SKU goes first.

    `expires` is the last day of the lot, an ISO day or "".
    """

    line: int
    store: str
    item: str
    gtin: str | None
    counted: int
    lot: str
    expires: str = ""


class MovementLine(msgspec.Struct, array_like=True, gc=False):
    """`quantity` as the file writes it, never 0: what its sign means depends on `kind` and is for the ledger to say.

    `at` is ms; where `is_local` it is the store's own clock read as UTC. `id` is the other system's, lines of one id
    stand together.
    """

    line: int
    id: str
    store: str
    item: str
    gtin: str | None
    quantity: int
    kind: Literal["sale", "return", "delivery"]
    at: int
    is_local: bool
    lot: str
    expires: str = ""


Line = ItemLine | StoreLine | PersonLine | StockLine | MovementLine
LINES: dict[Kind, type[Line]] = {
    "stores": StoreLine,
    "people": PersonLine,
    "items": ItemLine,
    "stock": StockLine,
    "movements": MovementLine,
}
SomeLine = TypeVar("SomeLine")


class Batch(msgspec.Struct, Generic[SomeLine], array_like=True):
    """Some thousand lines on. `read_to` is the last line number read, `read_bytes` how far into the file that is."""

    lines: list[SomeLine]
    rejects: list[Reject]
    read_to: int
    read_bytes: int


_BATCHES: dict[Kind, Any] = {
    "stores": Batch[StoreLine],
    "people": Batch[PersonLine],
    "items": Batch[ItemLine],
    "stock": Batch[StockLine],
    "movements": Batch[MovementLine],
}


def batch_decoder(kind: Kind) -> "msgspec.msgpack.Decoder[Batch[Any]]":
    """Decodes a batch of that kind that another process encoded with `msgspec.msgpack.encode`."""
    return msgspec.msgpack.Decoder(_BATCHES[kind])
