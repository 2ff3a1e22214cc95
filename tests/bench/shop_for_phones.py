"""What the benches of the phone share: a filled chain, the program serving it, and a phone's profile with all of it."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select

from server.people.tables import people
from server.settings import Settings
from tests.bench.hub import STOCKHAND, TOP, Databases, Hub, free_port, serving
from tests.bench.large_chain import Goods, goods_of

WHO = "ada"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Enough for a first sync on a quarter of a processor.
PATIENCE_S = 900

Plan = dict[str, Any]


class Missing(Exception):  # noqa: N818 - its text is the sentence that a skipped figure says
    """What a machine lacks for a measurement."""


@dataclass(slots=True)
class ShopForPhones:
    """Filled when it is first asked for. `profile` is that of a phone which has everything, to be copied."""

    fill: Callable[[Settings], None]
    item_count: int
    port: int = 0
    settings: Settings | None = None
    goods: list[Goods] = field(default_factory=list)
    person: int = 0

    def filled(self, databases: Databases) -> Settings:
        if self.settings is None:
            self.settings = databases.new("sqlite")
            self.port = free_port()
            self.fill(self.settings)
            hub = Hub(self.settings, self.port, [])
            self.goods = goods_of(hub, 500)
            [row] = hub.read(select(people.c.id).where(people.c.username == WHO))
            self.person = row.id
        return self.settings

    @contextmanager
    def open(self, databases: Databases, has_phone: bool = True) -> Iterator[Plan]:
        """The program runs; gives what every measurement needs to know, with a filled phone's profile if wanted."""
        if not any(map(shutil.which, BROWSERS)):
            raise Missing("no Chromium is here (on Debian and Ubuntu: apt install chromium)")
        settings = self.filled(databases)
        with serving(settings, self.port, STOCKHAND):
            plan: Plan = {"address": f"http://127.0.0.1:{self.port}", "username": WHO, "person": self.person}
            plan |= {"goods": [asdict(one) for one in self.goods], "runs": 1, "throttled": False}
            if has_phone:
                profile = settings.data / "phone"
                if not profile.exists():
                    measured("first_sync", {**plan, "profile": str(profile)})
                plan["profile"] = str(profile)
            yield plan


def measured(script: str, plan: Mapping[str, Any]) -> dict[str, Any]:
    """What a script of `phone/` found. Raises Missing when it cannot be measured here."""
    command = ["node", str(TOP / "tests/bench/phone" / f"{script}.js")]
    run = subprocess.run(command, cwd=TOP, input=json.dumps(plan).encode(), stdout=subprocess.PIPE, timeout=PATIENCE_S)
    assert run.returncode == 0, f"{script}.js failed"
    found: dict[str, Any] = json.loads(run.stdout)
    if "missing" in found:
        raise Missing(found["missing"])
    return found
