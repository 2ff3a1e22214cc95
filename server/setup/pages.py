from itertools import zip_longest
from typing import TypedDict

from server.page_frame import Locale, Problem
from server.setup.steps import SetupStep
from sync.forms import Fields


class OwnerPage(TypedDict):
    """`/setup` of a hub without an administrator. Everything typed is kept when refused, but the password."""

    locale: Locale
    steps: list[SetupStep]
    code: str
    name: str
    username: str
    problem: Problem | None


class ZoneGroup(TypedDict):
    region: str
    zones: list[str]


class StoreStepPage(TypedDict):
    """`/setup/store`. `stores` are the names of those that exist; the other fields are the form as typed."""

    locale: Locale
    steps: list[SetupStep]
    operation_id: str
    stores: list[str]
    name_en: str
    name_zh: str
    code: str
    area: str
    zone: str
    zones: list[ZoneGroup]
    latitude: str
    longitude: str
    problem: Problem | None


class Colleague(TypedDict):
    """Somebody who works here; `store` is a store's or an area's name. `came` says that a phone of theirs is in."""

    id: int
    name: str
    username: str
    level: int
    store: str
    came: bool


class NamedStore(TypedDict):
    id: int
    name: str
    chosen: bool


class PeopleStepPage(TypedDict):
    """`/setup/people`."""

    locale: Locale
    steps: list[SetupStep]
    operation_id: str
    people: list[Colleague]
    stores: list[NamedStore]
    name: str
    username: str
    level: str
    speaks: Locale
    problem: Problem | None


class TypedItem(TypedDict):
    """A line of the form as typed. `wrong` marks the one that `problem` is about."""

    name: str
    barcode: str
    price: str
    wrong: bool


class ItemsStepPage(TypedDict):
    """`/setup/items`. `total` is how many items there are."""

    locale: Locale
    steps: list[SetupStep]
    operation_id: str
    total: int
    assortment: str
    lines: list[TypedItem]
    problem: Problem | None


class StockStepPage(TypedDict):
    """`/setup/stock`. `counted` says that the ledger holds something already."""

    locale: Locale
    steps: list[SetupStep]
    counted: bool
    items: int
    problem: Problem | None


class PhoneStepPage(TypedDict):
    """`/setup/phone`: whom to invite; each name leads to their invitation."""

    locale: Locale
    steps: list[SetupStep]
    people: list[Colleague]
    problem: Problem | None


class DonePage(TypedDict):
    """`/setup/done`: what the shop has now and what is left."""

    locale: Locale
    steps: list[SetupStep]
    left: int


def lines_of(typed: Fields, least: int, wrong: int) -> list[TypedItem]:
    """The form's lines as typed, at least so many; `wrong` is the place of the refused one, -1 for none."""
    names, barcodes, prices = (typed.get(field, []) for field in ("name", "barcode", "price"))
    size = max(least, len(names))
    filled = zip_longest(names[:size], barcodes[:size], prices[:size], range(size), fillvalue="")
    return [
        TypedItem(name=name, barcode=barcode, price=price, wrong=place == wrong)
        for name, barcode, price, place in filled
    ]
