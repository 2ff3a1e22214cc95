"""Whether pages stay as fast when ten times as much stands in the books."""

import asyncio
import http.client
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import insert, select, update

from server.clock import now_ms
from server.counts.tables import count_sessions
from server.database import Database
from server.demo.load import load_demo
from server.ledger.tables import balances, ledger
from server.migrations.upgrade import upgrade
from server.people.tables import people
from server.settings import Settings
from server.transfers.tables import transfers
from sync.spoken import spoken
from tests.bench.busy_books import fill, settled
from tests.bench.figures import Figure
from tests.bench.hub import STOCKHAND, Databases, Kind, free_port, serving
from tests.bench.phones import Outbox, sign_in
from tests.bench.phones_at_work import p95
from tests.bench.shop_for_phones import Missing, measured

FEW, MANY, RUNS, ASKED = 5_000, 50_000, 5, 120
SESSIONS = FEW // 10, MANY // 10
MANAGER, SHOP = "nora", "GNT"
YEAR_MS = 365 * 86_400_000
# One movement in so many is a count, which somebody looks for.
RARE = 200


@dataclass(frozen=True, slots=True)
class Item:
    id: int
    # Where pages begin: (effective_at, id) of movements all over the book.
    keys: list[str]


@dataclass(frozen=True, slots=True)
class HistoryGrowth:
    kind: Kind

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        settings = databases.new(self.kind)
        phone, few, many = asyncio.run(_filled(settings))
        runs, seen = [], []
        with serving(settings, free_port(), STOCKHAND) as port:
            _p95s(port, phone, few, many, 0)
            for run in range(1, RUNS + 1):
                small, large = _p95s(port, phone, few, many, run)
                runs.append(large / small)
                seen.append((small, large))
        small, large = (statistics.median(times) for times in zip(*seen, strict=True))
        yield Figure(name, "times", runs, "<= 1.3", versus=f"p95 {large:.1f} ms of {MANY}, {small:.1f} ms of {FEW}")


def _p95s(port: int, phone: Outbox, few: Item, many: Item, run: int) -> tuple[float, float]:
    """Milliseconds until the page is there, of both items by turns: the newest page, one of counts, one deep in it."""
    took: dict[int, list[float]] = {few.id: [], many.id: []}
    dice = Random(run)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for number in range(ASKED):
            for item in (few, many):
                query = ("", "?kind=count", f"?after={dice.choice(item.keys)}")[number % 3]
                took[item.id].append(_asked(connection, f"/items/{item.id}/history{query}", phone.cookie))
    small, large = (statistics.quantiles(times, n=20)[-1] for times in took.values())
    return small, large


async def _filled(settings: Settings) -> tuple[Outbox, Item, Item]:
    """The demonstration, and two of its goods in Ghent with years of movements."""
    await upgrade(settings)
    database = await Database.open(settings)
    try:
        async with database.writing() as connection:
            await load_demo(connection, now_ms())
        [phone] = await sign_in(database, [("ada", "GNT")])
        location = phone.store * 2
        async with database.writing() as connection:
            held = select(balances.c.item_id).where(balances.c.location_id == location, balances.c.lot == "")
            first, second = (await connection.scalars(held.order_by(balances.c.item_id).limit(2))).all()
            dice = Random(6)
            for item, number in ((first, FEW), (second, MANY)):
                rows = [_movement(location, item, phone.person, place, dice) for place in range(number)]
                await connection.execute(insert(ledger), rows)
                moved = sum(row["delta"] for row in rows)
                kept = balances.c.location_id == location, balances.c.item_id == item, balances.c.lot == ""
                await connection.execute(update(balances).where(*kept).values(on_hand=balances.c.on_hand + moved))
        few, many = [await _item(database, location, item) for item in (first, second)]
        await settled(settings)
        return phone, few, many
    finally:
        await database.close()


def _movement(location: int, item: int, person: int, place: int, dice: Random) -> dict[str, Any]:
    at = now_ms() - dice.randrange(2 * YEAR_MS)
    kind = "count" if place % RARE == 0 else dice.choice(("sale", "sale", "sale", "delivery"))
    delta = dice.randint(1, 9) if kind == "delivery" else -dice.randint(1, 3)
    told = {"operation_id": f"{item}-{place}", "line": 1, "effective_at": at, "booked_at": at, "person_id": person}
    return {"location_id": location, "item_id": item, "lot": "", "delta": delta, "kind": kind, **told}


async def _item(database: Database, location: int, item: int) -> Item:
    here = ledger.c.location_id == location, ledger.c.item_id == item
    async with database.reading() as connection:
        rows = (await connection.execute(select(ledger.c.effective_at, ledger.c.id).where(*here))).all()
    return Item(item, [f"{at}-{number}" for at, number in rows])


@dataclass(frozen=True, slots=True)
class PapersGrowth:
    """Pages of transfers, of what waits for a manager and of counts: two hubs, one with ten times as many, by turns."""

    kind: Kind

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        shops = [databases.new(self.kind) for _ in (FEW, MANY)]
        for settings, papers, sessions in zip(shops, (FEW, MANY), SESSIONS, strict=True):
            asyncio.run(fill(settings, papers, sessions))
        pages = [asyncio.run(_pages(settings)) for settings in shops]
        took: dict[str, list[tuple[float, float]]] = {}
        with ExitStack() as stack:
            ports = [stack.enter_context(serving(settings, free_port(), STOCKHAND)) for settings in shops]
            for run in range(RUNS + 1):
                for what in pages[0].what:
                    pair = _by_turns(ports, pages, what, Random(run))
                    # The first run makes ready what every later one finds ready.
                    took.setdefault(what, []).extend([pair] if run else [])
        for what, pairs in took.items():
            small, large = (statistics.median(times) for times in zip(*pairs, strict=True))
            versus = f"p95 {large:.1f} ms of {MANY} transfers and {SESSIONS[1]} counts, {small:.1f} ms of a tenth"
            yield Figure(f"{name}_{what}", "times", [large / small for small, large in pairs], "<= 1.3", versus=versus)


@dataclass(frozen=True, slots=True)
class Pages:
    """Addresses by what they show."""

    cookie: str
    what: dict[str, list[str]]


async def _pages(settings: Settings) -> Pages:
    database = await Database.open(settings)
    try:
        [phone] = await sign_in(database, [(MANAGER, SHOP)])
        async with database.reading() as connection:
            ours = transfers.c.to_store_id == phone.store
            papers = list(await connection.scalars(select(transfers.c.id).where(ours).limit(500)))
            query = select(count_sessions.c.id).where(count_sessions.c.store_id == phone.store)
            newest = list(await connection.scalars(query.order_by(count_sessions.c.opened_at.desc()).limit(2)))
    finally:
        await database.close()
    numbered = [f"/transfers?q={spoken(one)}" for one in papers]
    return Pages(
        phone.cookie,
        {
            "list": ["/transfers"],
            "numbers": numbered,
            "papers": [f"/transfers/{one}" for one in papers],
            "inbox": ["/inbox"],
            "reviews": ["/reviews"],
            "counts": ["/counts"],
            "results": ["/counts/results"],
            "result": [f"/counts/results/{one}" for one in newest],
        },
    )


@dataclass(frozen=True, slots=True)
class PapersOnPhone:
    """The phone's own pages of the same two chains: it holds what is under way and what ended within thirty days."""

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        shops = [databases.new("sqlite") for _ in (FEW, MANY)]
        for settings, papers, sessions in zip(shops, (FEW, MANY), SESSIONS, strict=True):
            asyncio.run(fill(settings, papers, sessions))
        try:
            with ExitStack() as stack:
                ports = [stack.enter_context(serving(settings, free_port(), STOCKHAND)) for settings in shops]
                plan = {"addresses": [f"http://127.0.0.1:{port}" for port in ports], "asked": ASKED // 2}
                who = {"username": MANAGER, "person": asyncio.run(_person(shops[0]))}
                runs = [measured("papers", {**plan, **who, "throttled": False}) for _ in range(RUNS)]
        except Missing as missing:
            yield Figure.skipped(name, "times", "<= 1.3", str(missing))
            return
        for what in runs[0]["ms"]:
            pairs = [tuple(p95(times) for times in run["ms"][what]) for run in runs]
            small, large = (statistics.median(times) for times in zip(*pairs, strict=True))
            few, many = runs[0]["held"]
            versus = f"p95 {large:.1f} ms of {many} papers on the phone, {small:.1f} ms of {few}"
            yield Figure(f"{name}_{what}", "times", [large / small for small, large in pairs], "<= 1.3", versus=versus)


async def _person(settings: Settings) -> int:
    database = await Database.open(settings)
    try:
        async with database.reading() as connection:
            person: int = (await connection.scalars(select(people.c.id).where(people.c.username == MANAGER))).one()
            return person
    finally:
        await database.close()


def _by_turns(ports: list[int], shops: list[Pages], what: str, dice: Random) -> tuple[float, float]:
    took: list[list[float]] = [[], []]
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", port))) for port in ports]
        for _ in range(ASKED // 2):
            for times, line, shop in zip(took, lines, shops, strict=True):
                times.append(_asked(line, dice.choice(shop.what[what]), shop.cookie))
    small, large = (statistics.quantiles(times, n=20)[-1] for times in took)
    return small, large


def _asked(line: http.client.HTTPConnection, path: str, cookie: str) -> float:
    """Milliseconds until the page is there."""
    began = time.perf_counter()
    line.request("GET", path, headers={"cookie": cookie})
    answer = line.getresponse()
    page = answer.read()
    assert answer.status == 200, (path, page[:300])
    return (time.perf_counter() - began) * 1000
