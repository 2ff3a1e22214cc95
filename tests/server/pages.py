"""A shop whose pages a test reads: work through the door, records from the hub, and the same from a phone's rows."""

import json
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import parse_qsl

from server.catalogue.pages import item_list_page, item_page, missing_page
from server.checkup.pages import checkup_page
from server.counts.pages import count_list_page, count_show_page
from server.database import Database
from server.inbox.accept import Door
from server.inbox.messages import Pull
from server.inbox.pages import inbox_page, outbox_page
from server.inbox.pull import answer_pull
from server.labels.pages import label_page
from server.lots.pages import expiry_page
from server.people.pages import me_page
from server.people.sessions import Who
from server.reviews.pages import review_list_page
from server.scanning.pages import home_page
from server.stores.facts import load_chain
from server.transfers.pages import transfer_list_page, transfer_new_page, transfer_show_page
from server.unknown_codes.pages import unknown_code_list_page, unknown_code_match_page
from server.visits import Visit, begin_visit
from sync.shelf import id_in
from tests import shop
from tests.house import TOP

Record = dict[str, Any]
# (record, address)
Ask = tuple[str, str]


def who(person: int) -> Who:
    return Who(person, "", "en", shop.HOMES[person], shop.device_of(person), f"session {person}")


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = shop.NOW

    def __call__(self) -> int:
        return self.now


class Hub:
    """The shop with its door open."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, Clock()
        self.door = Door(database, self.clock, lambda heads: None)
        self._made = 0

    async def does(self, person: int, kind: str, /, **args: Any) -> str:
        """One operation a second; answers with its id, whatever became of it."""
        self._made += 1
        self.clock.now += 1000
        operation = f"00000000-0000-4000-8000-{self._made:012}"
        await self.door.submit(who(person), operation, kind, args)
        return operation

    async def result_of(self, person: int, kind: str, **args: Any) -> dict[str, Any]:
        self._made += 1
        return await self.door.submit(who(person), f"00000000-0000-4000-8000-{self._made:012}", kind, args)

    @asynccontextmanager
    async def visit(self, person: int, address: str = "/") -> AsyncIterator[Visit]:
        fields: dict[str, list[str]] = {}
        for name, text in parse_qsl(address.partition("?")[2], keep_blank_values=True):
            fields.setdefault(name, []).append(text)
        async with self.database.reading() as connection:
            chain = await load_chain(connection)
            yield await begin_visit(connection, chain, person, self.clock.now, lambda: "minted", fields)

    async def records(self, person: int, asks: list[Ask]) -> list[Record | None]:
        """The hub's records."""
        filled = []
        for name, address in asks:
            async with self.visit(person, address) as visit:
                filled.append(cast(Record | None, await fill(visit, name, address)))
        return filled

    async def phone_records(self, person: int, asks: list[Ask]) -> list[Record | None]:
        """The same from the rows that a first pull brings to the person's phone."""
        async with self.database.reading() as connection:
            answer = await answer_pull(connection, who(person), Pull(1, {}), self.clock.now)
        assert not answer["more"]
        buckets = {part["id"]: {key: row for key, _, row in part["puts"]} for part in answer["buckets"]}
        asked = {"person": person, "now": self.clock.now, "buckets": buckets, "waiting": [], "asks": asks}
        return phone(asked)


def phone(asked: Mapping[str, Any]) -> list[Record | None]:
    command = ["node", str(TOP / "tests/server/phone_pages.js")]
    run = subprocess.run(command, input=json.dumps(asked), check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    records: list[Record | None] = json.loads(run.stdout)
    return records


async def fill(visit: Visit, name: str, address: str) -> Any:
    last = address.partition("?")[0].rpartition("/")[2]
    if name == "itemPage":
        return await item_page(visit, id_in(last))
    if name == "labelPage":
        return await label_page(visit, "https://shop.test")
    if name == "transferShowPage":
        return await transfer_show_page(visit, last)
    if name == "countShowPage":
        return await count_show_page(visit, last)
    if name == "missingPage":
        noun = address.partition("?")[0].split("/")[1]
        if last == "history":
            return await missing_page(visit, "blind" if visit.blind else "hub")
        if "where=everywhere" in address:
            return await missing_page(visit, "lookup")
        return await missing_page(visit, "item" if noun == "items" else "transfer" if noun == "transfers" else "page")
    return await PLAIN[name](visit)


PLAIN: Mapping[str, Any] = {
    "homePage": home_page,
    "checkupPage": checkup_page,
    "itemListPage": item_list_page,
    "transferListPage": transfer_list_page,
    "transferNewPage": transfer_new_page,
    "countListPage": count_list_page,
    "inboxPage": inbox_page,
    "outboxPage": outbox_page,
    "reviewListPage": review_list_page,
    "expiryPage": expiry_page,
    "unknownCodeListPage": unknown_code_list_page,
    "unknownCodeMatchPage": unknown_code_match_page,
    "mePage": me_page,
}


@asynccontextmanager
async def open_hub(database: Database) -> AsyncIterator[Hub]:
    await shop.open_shop(database)
    hub = Hub(database)
    hub.door.open()
    try:
        yield hub
    finally:
        await hub.door.close()
