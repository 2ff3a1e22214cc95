"""What a phone is given: everything it may hold, nothing else, and what changed since it last asked."""

from typing import Any

import pytest
from sqlalchemy import update

from server.database import Database
from server.inbox import pull
from server.inbox.feed import Feed
from server.inbox.messages import Cursor, Pull
from server.inbox.pull import answer_pull
from server.inbox.tables import buckets
from server.people.sessions import Who
from server.people.tables import roles
from sync.checksum import row_sum, shown
from tests import shop

Answer = dict[str, Any]


class Reader:
    """A phone's replica, as plainly as it can be kept."""

    def __init__(self, database: Database, person: int) -> None:
        self.database, self.person = database, person
        self.who = Who(person, "", "en", shop.HOMES[person], shop.device_of(person), "")
        self.rows: dict[str, dict[str, tuple[int, Any]]] = {}
        self.cursors: dict[str, Cursor] = {}

    async def pull(self) -> Answer:
        async with self.database.reading() as connection:
            answer = await answer_pull(connection, self.who, Pull(1, self.cursors), shop.NOW)
        for part in answer["buckets"]:
            self._take(part)
        for name in answer["drop"]:
            del self.rows[name], self.cursors[name]
        return answer

    def _take(self, part: Answer) -> None:
        rows = {} if part.get("reset") else self.rows.get(part["id"], {})
        rows |= {key: (version, row) for key, version, row in part["puts"]}
        for key, _version in part["gone"]:
            rows.pop(key, None)
        self.rows[part["id"]] = rows
        before = self.cursors.get(part["id"])
        floor = part.get("floor", before.floor if before else 0)
        self.cursors[part["id"]] = Cursor(part["epoch"], part["to"], part["sum"], floor)

    def sum(self, bucket: str) -> str:
        a = b = 0
        for key, (version, _row) in self.rows[bucket].items():
            lanes = row_sum(key, version)
            a, b = a ^ lanes[0], b ^ lanes[1]
        return shown(a, b)


async def test_a_phone_without_room_is_told_of_its_own_store_and_lets_go_of_the_others(database: Database) -> None:
    await shop.open_shop(database)
    ada = Reader(database, shop.ADA)
    await ada.pull()
    async with database.reading() as connection:
        answer = await answer_pull(connection, ada.who, Pull(1, ada.cursors, lean=True), shop.NOW)
    assert answer["drop"] == ["stock:2", "stock:3"]
    assert not answer["more"]


async def test_a_first_pull_brings_what_the_person_may_hold_and_nothing_else(database: Database) -> None:
    await shop.open_shop(database)
    ada = Reader(database, shop.ADA)
    answer = await ada.pull()
    assert answer["person"] == shop.ADA
    assert answer["home"] == shop.GHENT
    assert set(ada.rows) == {"chain", "user:1", "catalogue:1", "stock:1", "stock:2", "stock:3", "work:1"}
    assert ada.rows["stock:2"][str(shop.TEA)][1]["on_hand"] == 40
    assert ada.rows["catalogue:1"][str(shop.TEA)][1]["gtins"] == [shop.GTINS[shop.TEA]]
    assert all(ada.sum(name) == cursor.sum for name, cursor in ada.cursors.items())


async def test_a_phone_that_has_everything_is_told_nothing(database: Database) -> None:
    await shop.open_shop(database)
    ada = Reader(database, shop.ADA)
    await ada.pull()
    assert (await ada.pull())["buckets"] == []


async def test_a_tombstone_takes_a_row_away_and_the_sum_agrees(database: Database) -> None:
    await shop.open_shop(database)
    ada = Reader(database, shop.ADA)
    await ada.pull()
    await touch(database, "catalogue:1", str(shop.LAMP), gone=True)
    answer = await ada.pull()
    assert [part["gone"] for part in answer["buckets"]] == [[[str(shop.LAMP), 2]]]
    assert str(shop.LAMP) not in ada.rows["catalogue:1"]
    assert ada.sum("catalogue:1") == ada.cursors["catalogue:1"].sum


async def test_a_role_that_ends_takes_its_buckets_from_the_phone(database: Database) -> None:
    await shop.open_shop(database)
    bo = Reader(database, shop.BO)
    await bo.pull()
    async with database.writing() as connection:
        await connection.execute(update(roles).where(roles.c.person_id == shop.BO).values(valid_to=shop.NOW))
    answer = await bo.pull()
    assert set(answer["drop"]) == {"catalogue:1", "stock:1", "stock:2", "stock:3", "work:2"}
    assert set(bo.rows) == {"chain", "user:2"}


async def test_an_area_manager_holds_the_work_of_every_store_of_the_area(database: Database) -> None:
    await shop.open_shop(database)
    dev, eve = Reader(database, shop.DEV), Reader(database, shop.EVE)
    await dev.pull()
    await eve.pull()
    assert {name for name in dev.rows if name.startswith("work")} == {"work:1", "work:2"}
    assert {name for name in eve.rows if name.startswith("work")} == {"work:1"}


async def test_a_cursor_that_does_not_fit_starts_anew(database: Database) -> None:
    await shop.open_shop(database)
    ada = Reader(database, shop.ADA)
    await ada.pull()
    good = ada.cursors["stock:1"]
    for wrong in (
        Cursor("another-epoch", good.seq, good.sum),
        Cursor(good.epoch, good.seq + 1, good.sum),
        Cursor(good.epoch, good.seq, "00000000-00000000"),
    ):
        ada.cursors["stock:1"] = wrong
        [part] = (await ada.pull())["buckets"]
        assert part["reset"] is True
        assert ada.cursors["stock:1"] == good


async def test_a_cursor_below_the_floor_starts_anew(database: Database) -> None:
    await shop.open_shop(database)
    ada = Reader(database, shop.ADA)
    await ada.pull()
    await touch(database, "stock:1", str(shop.TEA))
    async with database.writing() as connection:
        await connection.execute(update(buckets).where(buckets.c.name == "stock:1").values(floor=buckets.c.head))
    [part] = (await ada.pull())["buckets"]
    assert part["reset"] is True


async def test_who_begins_anew_page_by_page_comes_to_the_end_below_a_floor(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.open_shop(database)
    async with database.writing() as connection:
        await connection.execute(update(buckets).values(floor=buckets.c.head))
    monkeypatch.setattr(pull, "ROWS_AT_MOST", 2)
    ada = Reader(database, shop.ADA)
    answers = [await ada.pull()]
    while answers[-1]["more"]:
        answers.append(await ada.pull())
        assert len(answers) < 20
    begun = [part["id"] for answer in answers for part in answer["buckets"] if part.get("reset")]
    assert sorted(begun) == sorted(ada.rows)
    assert all(ada.sum(bucket) == cursor.sum for bucket, cursor in ada.cursors.items())


async def touch(database: Database, bucket: str, key: str, gone: bool = False) -> None:
    feed = Feed()
    async with database.writing() as connection:
        await feed.lock(connection, [bucket])
        feed.touch(bucket, key, gone)
        await feed.write(connection)
