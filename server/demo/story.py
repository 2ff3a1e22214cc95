"""What happened before today: a handful of transfers in several states, told as the operations that made them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid5

from server.demo.catalogue import DemoItem

_DEMO = UUID("6f1c3a52-3d0e-5b1c-9a55-9d2f0c7b1e40")
# The outbox that these operations are said to come from.
CLIENT_ID = str(uuid5(_DEMO, "client"))

StepKind = Literal["request", "approve", "reject", "cancel", "dispatch", "receive", "close"]
Stocks = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Step:
    """`quantities` are one a line, as are `damaged`; a step of words alone has none and may have a reason."""

    kind: StepKind
    by: str
    hours_ago: float
    quantities: tuple[int, ...] = ()
    damaged: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Tale:
    """A transfer from store to store; the first step is the request. Which goods is decided by what is missing."""

    giver: str
    taker: str
    steps: tuple[Step, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ToldTale:
    """A tale with its goods: one SKU a line. The first operation's id is the transfer's."""

    tale: Tale
    skus: tuple[str, ...]
    operation_ids: tuple[str, ...]


TALES = (
    Tale("ANT", "GNT", (Step("request", "ada", 2, (4, 6)),), "For the table at the door"),
    Tale("GNT", "ANT", (Step("request", "wei", 5, (3,)),)),
    Tale("ANT", "LVN", (Step("request", "lotte", 26, (5, 2, 4)),)),
    Tale("ANT", "GNT", (Step("request", "nora", 30, (8, 3)), Step("approve", "bo", 22, (6, 3)))),
    Tale(
        "ANT",
        "GNT",
        (
            Step("request", "ada", 50, (6, 4, 3)),
            Step("approve", "bo", 47, (6, 4, 3)),
            Step("dispatch", "wei", 3, (6, 4, 3)),
        ),
    ),
    Tale(
        "RTM",
        "ANT",
        (
            Step("request", "bo", 70, (10, 4)),
            Step("approve", "daan", 60, (8, 4)),
            Step("dispatch", "daan", 20, (8, 4)),
        ),
    ),
    Tale(
        "GNT",
        "LVN",
        (
            Step("request", "lotte", 100, (6, 5)),
            Step("approve", "nora", 96, (6, 5)),
            Step("dispatch", "ada", 75, (6, 5)),
            Step("receive", "lotte", 27, (5, 3), (1, 0)),
        ),
    ),
    Tale(
        "UTR",
        "RTM",
        (
            Step("request", "daan", 200, (7,)),
            Step("approve", "lin", 190, (7,)),
            Step("dispatch", "lin", 170, (7,)),
            Step("receive", "daan", 140, (7,), (0,)),
        ),
    ),
    Tale(
        "ANT",
        "GNT",
        (
            Step("request", "ada", 150, (9, 4)),
            Step("approve", "bo", 148, (9, 4)),
            Step("dispatch", "wei", 145, (9, 4)),
            Step("receive", "ada", 121, (8, 4), (0, 0)),
            Step("close", "nora", 97, reason="One never arrived, the driver looked twice"),
        ),
    ),
    Tale(
        "LVN",
        "ANT",
        (Step("request", "bo", 90, (6,)), Step("reject", "lotte", 88, reason="Needed here for the weekend")),
    ),
    Tale(
        "GNT",
        "ANT",
        (Step("request", "wei", 120, (3,)), Step("cancel", "wei", 119, reason="Found some in the back room")),
    ),
)


def told_tales(items: list[DemoItem], stocks: Stocks) -> list[ToldTale]:
    """Each tale with goods its taker lacks and its giver has plenty of; no item appears twice."""
    spoken_for: set[str] = set()
    told = []
    for number, tale in enumerate(TALES):
        skus: list[str] = []
        missing = missing_goods(items, stocks, tale.giver, tale.taker)
        for quantity in tale.steps[0].quantities:
            skus.append(
                next(
                    sku
                    for sku, plenty in missing
                    if plenty >= 2 * quantity and sku not in spoken_for and sku not in skus
                )
            )
        spoken_for.update(skus)
        ids = tuple(str(uuid5(_DEMO, f"transfer {number} step {step}")) for step in range(len(tale.steps)))
        told.append(ToldTale(tale, tuple(skus), ids))
    return told


def opening_operation_id(store: str) -> str:
    """The operation under which a store's opening entries stand."""
    return str(uuid5(_DEMO, f"opening {store}"))


def missing_goods(items: list[DemoItem], stocks: Stocks, giver: str, taker: str) -> list[tuple[str, int]]:
    """(SKU, pieces at the giver) of what ran out at the taker and stands at the giver; what sells best comes first."""
    here, there = stocks[taker], stocks[giver]
    return [
        (item.sku, there[item.sku])
        for item in sorted(items, key=lambda item: (-item.popularity, item.sku))
        if item.unit == "each" and item.in_corner and not here.get(item.sku) and there.get(item.sku)
    ]


def things_to_try(items: list[DemoItem], stocks: Stocks) -> tuple[str, str, str]:
    """Three sentences for somebody who has just started the demo and has two phones."""
    by_sku = {item.sku: item for item in items}
    told = told_tales(items, stocks)
    spoken_for = {sku for one in told for sku in one.skus}
    wanted = by_sku[
        next(
            sku
            for sku, plenty in missing_goods(items, stocks, "ANT", "GNT")
            # The page proposes whoever has most; here that is to be Antwerp.
            if plenty >= 6 and plenty > stocks["LVN"].get(sku, 0) and sku not in spoken_for
        )
    ]
    on_the_road = next(one for one in told if one.tale.taker == "GNT" and one.tale.steps[-1].kind == "dispatch")
    parcel = by_sku[on_the_road.skus[0]].name_en
    broken = next(item for item in items if item.sku not in spoken_for and stocks["GNT"].get(item.sku, 0) > 10)
    return (
        f"As ada in Ghent, scan {wanted.barcodes[0]} ({wanted.name_en}): Ghent has none, Antwerp has "
        f"{stocks['ANT'][wanted.sku]}. Ask Antwerp for 3, then approve it as bo on a second phone.",
        f"As ada, receive the transfer from Antwerp that is on the road ({parcel} and more): "
        "enter one piece less than announced and see it become short.",
        f"Switch the phone to flight mode, scan {broken.barcodes[0]} ({broken.name_en}), take 2 out as damaged, "
        "and switch the network on again: the change sends itself.",
    )
