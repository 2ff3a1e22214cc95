"""Phones and the hub: a queue that comes back to the network, and how soon one phone sees what another did."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from server.database import Database
from server.settings import Settings
from tests.bench.figures import Figure
from tests.bench.hub import Databases
from tests.bench.phones import AT_WORK, Outbox, sign_in
from tests.bench.shop_for_phones import Missing, ShopForPhones, measured

QUEUED = 500
STREAMS = 500
CHANGES, PACE_MS = 150, 300
AUTHOR = ("nora", "GNT")


@dataclass(frozen=True, slots=True)
class Reconnect:
    """From the network's return until none of 500 operations waits on the phone."""

    shop: ShopForPhones

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        try:
            with self.shop.open(databases) as plan:
                ms = measured("reconnect", {**plan, "runs": 3, "operations": QUEUED})["ms"]
        except Missing as missing:
            yield Figure.skipped(name, "s", "<= 2", str(missing))
            return
        yield Figure(name, "s", [one / 1000 for one in ms], "<= 2", True, f"{QUEUED} adjustments by the phone's forms")


@dataclass(frozen=True, slots=True)
class Streams:
    """From a push on its way until another phone's page shows the new figure, while 500 phones listen."""

    shop: ShopForPhones

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        try:
            author, *others = asyncio.run(_signed_in(self.shop.filled(databases)))
            with self.shop.open(databases) as plan:
                item = self.shop.goods[0].id
                args = {"store": author.store, "item": item, "delta": 1, "reason": "found"}
                changes = author.caller([[author.operation("stock.adjust", args)] for _ in range(CHANGES)])
                told = {"cookie": author.cookie, "changes": changes.bodies, "pace_ms": PACE_MS, "item": item}
                # The phone that looks is the last of the five hundred.
                told["listeners"] = [phone.cookie for phone in others]
                ms = sorted(measured("streams", {**plan, **told})["ms"])
        except Missing as missing:
            yield Figure.skipped(name, "s", "<= 1", str(missing))
            return
        versus = f"slowest hundredth of {len(ms)} changes; half are seen within {ms[len(ms) // 2]:.0f} ms"
        yield Figure(name, "s", [ms[len(ms) * 99 // 100] / 1000], "<= 1", True, versus)


async def _signed_in(settings: Settings) -> list[Outbox]:
    database = await Database.open(settings)
    try:
        return await sign_in(database, [AUTHOR, *islice(cycle(AT_WORK), STREAMS - 1)])
    finally:
        await database.close()
