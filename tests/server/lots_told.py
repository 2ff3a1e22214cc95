"""Goods booked by lot in the small shop, and what its people read of them."""

from typing import Any

from server.lots.pages import ExpiryPage, expiry_page
from sync.formats import DAY_MS, local_day
from tests import shop
from tests.server.pages import Hub
from tests.shop import TEA


def in_days(days: int) -> str:
    return local_day(shop.NOW + days * DAY_MS, [[0, 0]])


async def found(hub: Hub, person: int, store: int, units: int, lot: str, expires: str | None, item: int = TEA) -> str:
    told = {"store": store, "item": item, "delta": units, "reason": "found", "lot": lot}
    return await hub.does(person, "stock.adjust", **told, **({"expires": expires} if expires else {}))


async def worklist(hub: Hub, person: int) -> ExpiryPage:
    async with hub.visit(person, "/expiry") as visit:
        return await expiry_page(visit)


def listed(page: ExpiryPage) -> list[tuple[str, str, int]]:
    return [(group["state"], row["lot"], row["units"]) for group in page["groups"] for row in group["rows"]]


async def card(hub: Hub, person: int, item: int = TEA, code: str = "") -> Any:
    (on_hub,) = await hub.records(person, [("itemPage", f"/items/{item}?code={code}")])
    assert await hub.phone_records(person, [("itemPage", f"/items/{item}?code={code}")]) == [on_hub]
    return on_hub
