"""`python -m tests.bench [NAME ...]`: measures what is promised, prints a table and writes `build/bench.json`.

A NAME (or several in `ONLY`) is a figure's name or its beginning: `single_sqlite`, `oversell`.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.bench.catalogue_file import DOUBLED, INVALID, LINES
from tests.bench.figures import Bench, Figure, table
from tests.bench.first_syncs import FirstSync, StoreAlone
from tests.bench.goods import COUNT
from tests.bench.growth import HistoryGrowth, PapersGrowth, PapersOnPhone
from tests.bench.gs1 import Gs1Twins
from tests.bench.hub import TOP, Databases
from tests.bench.imports import Again, Catalogue, Memory, PhonesMeanwhile, Speed
from tests.bench.large_chain import fill, fill_with_everything
from tests.bench.movements import Movements
from tests.bench.oversell import Oversell
from tests.bench.phone_rooms import LargeAssortment, WorkerMemory
from tests.bench.phones_at_work import Waits
from tests.bench.phones_together import Reconnect, Streams
from tests.bench.photographs import DegradedCodes, Photographs
from tests.bench.scanning import Scanning
from tests.bench.shop_for_phones import ShopForPhones
from tests.bench.snapshots import CATALOGUE as GOODS
from tests.bench.snapshots import STOCK, Build, Shop, Size
from tests.bench.throughput import Throughput

CATALOGUE = Catalogue()
SHOP = Shop()
PHONES = ShopForPhones(partial(fill, item_count=COUNT, stocked=COUNT), COUNT)
LARGE = ShopForPhones(partial(fill_with_everything, stocked=COUNT), LINES - INVALID - DOUBLED)
SCANNED = {"held": "<= 16", "painted": "<= 34"}
# A figure's name begins with its bench's.
BENCHES: Mapping[str, Bench] = {
    "single_sqlite": Throughput("sqlite", batch=1, must=">= 2000"),
    "batched_sqlite": Throughput("sqlite", batch=50, must=">= 5000"),
    "single_postgresql": Throughput("postgresql", batch=1),
    "batched_postgresql": Throughput("postgresql", batch=50, must=">= 4000"),
    "movements_sqlite": Movements("sqlite"),
    "movements_postgresql": Movements("postgresql"),
    "oversell_sqlite": Oversell("sqlite"),
    "oversell_postgresql": Oversell("postgresql"),
    "history_growth_sqlite": HistoryGrowth("sqlite"),
    "history_growth_postgresql": HistoryGrowth("postgresql"),
    "papers_growth_sqlite": PapersGrowth("sqlite"),
    "papers_growth_postgresql": PapersGrowth("postgresql"),
    "papers_growth_phone": PapersOnPhone(),
    "items_import_sqlite": Speed("sqlite", ">= 25000", CATALOGUE),
    "items_import_postgresql": Speed("postgresql", ">= 15000", CATALOGUE),
    "import_memory": Memory(CATALOGUE),
    "import_again": Again(CATALOGUE),
    "phones_during_import": PhonesMeanwhile("sqlite", CATALOGUE),
    "snapshot_bytes_catalogue": Size(SHOP, GOODS, "<= 1100000"),
    "snapshot_bytes_stock": Size(SHOP, STOCK, "<= 60000"),
    "snapshot_build_sqlite": Build(SHOP, "sqlite"),
    "snapshot_build_postgresql": Build(SHOP, "postgresql"),
    "phone_first_sync": FirstSync(PHONES),
    "phone_store": StoreAlone(PHONES),
    "phone_cold_start": Waits(PHONES, "cold_start", {"": "<= 150"}, "<= 600", {"runs": 9}, 50),
    "phone_scan": Waits(PHONES, "scan", SCANNED, "", {"codes": 60}),
    "phone_search": Waits(PHONES, "search", {"": "<= 16"}, "<= 60", {"words": 15}),
    "phone_save": Waits(PHONES, "save", {"": "<= 30"}, "", {"forms": 40}),
    "phone_memory": WorkerMemory(PHONES),
    "phone_reconnect": Reconnect(PHONES),
    "phone_streams": Streams(PHONES),
    "phone_800k": LargeAssortment(LARGE),
    "scanning": Scanning(),
    "gs1_twins": Gs1Twins(),
    "photographs": Photographs(),
    "degraded_codes": DegradedCodes(),
}


def main() -> int:
    wanted = sys.argv[1:] or os.environ.get("ONLY", "").split() or [""]
    chosen = [name for name in BENCHES if any(name.startswith(only) or only.startswith(f"{name}_") for only in wanted)]
    if not chosen:
        print(f"No bench is called {' or '.join(wanted)}; there are: {', '.join(BENCHES)}.")
        return 2
    began = time.monotonic()
    figures = list(measured(chosen))
    print(table(figures))
    print(f"{time.monotonic() - began:.0f} seconds")
    out = TOP / "build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({figure.name: figure.record() for figure in figures}, indent=2) + "\n")
    return 0 if all(figure.ok for figure in figures) else 1


def measured(names: list[str]) -> Iterator[Figure]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stockhand-bench-")))
        databases = Databases(folder, stack)
        for name in names:
            print(f"{name} ...", file=sys.stderr, flush=True)
            yield from BENCHES[name](name, databases)


if __name__ == "__main__":
    sys.exit(main())
