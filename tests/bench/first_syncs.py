"""How a phone gets everything, how long and with how many bytes; and what others need for the same goods."""

import json
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from server.catalogue.tables import barcodes, items
from server.ledger.tables import balances
from tests.bench.figures import Figure
from tests.bench.hub import TOP, Databases, Hub
from tests.bench.shop_for_phones import Missing, Plan, ShopForPhones, measured

RUNS = 3
# PouchDB takes a minute for all of them: it is given the rest as if it were no slower towards the end.
REPLICATED = 20_000
PEERS = TOP / "tests/bench/node_modules/express-pouchdb"


@dataclass(frozen=True, slots=True)
class FirstSync:
    """From the moment the worker is told who is here until the phone itself finds an item by a word and by a code.

    The hub has served a phone before: snapshots are made once for all phones.
    """

    shop: ShopForPhones

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        try:
            with self.shop.open(databases) as plan:
                fresh = {**plan, "profile": "", "runs": RUNS}
                found = measured("first_sync", fresh)
                yield from _bytes(name, found["bytes"])
                yield Figure(f"{name}_s", "s", [ms / 1000 for ms in found["ms"]], "<= 1.0", True)
                yield self._throttled(name, fresh)
                yield self._pouchdb(name, plan, databases, found["whole_ms"])
        except Missing as missing:
            yield Figure.skipped(name, "s", "<= 1.0", str(missing))

    def _throttled(self, name: str, fresh: Plan) -> Figure:
        called, must = f"{name}_throttled", "<= 4"
        try:
            found = measured("first_sync", {**fresh, "throttled": True})
        except Missing as missing:
            return Figure.skipped(called, "s", must, str(missing))
        told = "a quarter of a processor for all of the browser"
        return Figure(called, "s", [ms / 1000 for ms in found["ms"]], must, True, told)

    def _pouchdb(self, name: str, plan: Plan, databases: Databases, ours_ms: list[float]) -> Figure:
        called, must = f"{name}_pouchdb", ">= 25"
        try:
            [ms] = peers(self.shop, plan, databases, ["pouchdb"], 1)["pouchdb"]
        except Missing as missing:
            return Figure.skipped(called, "times as fast", must, str(missing))
        whole_ms = ms * self.shop.item_count / REPLICATED
        told = f"ours {statistics.median(ours_ms) / 1000:.1f} s until the last store's stock, PouchDB"
        told += f" {whole_ms / 1000:.0f} s: {ms / 1000:.1f} s for {REPLICATED:,} items, the rest in proportion"
        return Figure(called, "times as fast", [whole_ms / one for one in ours_ms], must, versus=told)


def _bytes(name: str, runs: list[Mapping[str, int]]) -> Iterator[Figure]:
    """Of each bucket's snapshot; a phone that takes none has it all in its pulls, which then count as catalogue."""
    goods, shops, others = [], [], []
    for paths in runs:
        buckets: dict[str, int] = defaultdict(int)
        for path, count in paths.items():
            buckets[path.split("/")[3] if path.startswith("/sync/snapshots/") else ""] += count
        rest = buckets.pop("")
        catalogue = sum(count for bucket, count in buckets.items() if bucket.startswith("catalogue:"))
        goods.append((catalogue or rest) / 1e6)
        shops.append(max((count for bucket, count in buckets.items() if bucket.startswith("stock:")), default=0) / 1e3)
        others.append(rest / 1e3)
    told = (
        f"on the wire with heads, names of one language; {statistics.median(others):.0f} kB for questions and the rest"
    )
    yield Figure(f"{name}_catalogue", "MB", goods, "<= 1.1", versus=told)
    yield Figure(f"{name}_stock", "kB a store", shops, "<= 60", versus="the largest of six stores")


@dataclass(frozen=True, slots=True)
class StoreAlone:
    """What the phone does with what the hub answers, beside one row an item in IndexedDB."""

    shop: ShopForPhones

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        musts = {"idb": ">= 10", "dexie": ">= 10"}
        try:
            with self.shop.open(databases, has_phone=False) as plan:
                # Only after a first phone there are snapshots for the one that is listened to.
                measured("first_sync", {**plan, "profile": ""})
                ours_ms = statistics.median(measured("store_alone", {**plan, "runs": RUNS})["ms"])
                found = peers(self.shop, plan, databases, list(musts), RUNS)
        except Missing as missing:
            yield from (Figure.skipped(f"{name}_{one}", "times as fast", musts[one], str(missing)) for one in musts)
            return
        for one, must in musts.items():
            told = f"{one} {statistics.median(found[one]) / 1000:.1f} s, ours {ours_ms / 1000:.2f} s with its indexes"
            yield Figure(f"{name}_{one}", "times as fast", [ms / ours_ms for ms in found[one]], must, versus=told)


def peers(shop: ShopForPhones, plan: Plan, databases: Databases, names: list[str], runs: int) -> dict[str, list[float]]:
    """Milliseconds of each run by name."""
    if not PEERS.is_dir():
        raise Missing("the packages it is compared with are not installed (make bench)")
    file = databases.folder / "rows.json"
    if not file.exists():
        file.write_text(json.dumps(rows_an_item(Hub(shop.filled(databases), 0, [])), ensure_ascii=False))
    given = {**plan, "peers": names, "runs": runs, "rows": str(file), "replicated": REPLICATED}
    found: dict[str, list[float]] = measured("peers", {**given, "profile": ""})
    return found


def rows_an_item(hub: Hub) -> list[dict[str, Any]]:
    """Every item with its barcodes and its stock by store: how others would keep it."""
    codes: dict[int, list[str]] = defaultdict(list)
    for row in hub.read(select(barcodes.c.item_id, barcodes.c.gtin)):
        codes[row.item_id].append(row.gtin)
    stock: dict[int, dict[int, int]] = defaultdict(dict)
    for row in hub.read(select(balances.c.item_id, balances.c.location_id, balances.c.on_hand)):
        stock[row.item_id][row.location_id // 2] = row.on_hand
    names = ("id", "sku", "name_en", "name_zh", "brand", "unit", "price_cents")
    told = [{name: getattr(row, name) for name in names} for row in hub.read(select(items))]
    return [{**row, "gtins": codes[row["id"]], "stock": stock[row["id"]]} for row in told]
