"""After thirty days phones forget what is over; the books do not."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from server.inbox import housekeeping
from server.inbox.accept import Door
from server.inbox.feed import Row
from server.inbox.housekeeping import Housekeeper, let_go, let_lost_go
from server.inbox.messages import Pull
from server.inbox.pull import answer_pull
from server.inbox.tables import buckets, feed, feed_marks
from server.ledger.doctor import examine
from server.transfers.facts import load_transfers
from sync.papers import CLOSED_DAYS, DAY_MS
from tests import shop
from tests.phones import Phone
from tests.server.test_pull import Reader, touch

LATER = shop.NOW + 1000 + CLOSED_DAYS * DAY_MS


async def test_what_ended_thirty_days_ago_leaves_the_phones_and_stays_in_the_books(
    door: Door, database: Database
) -> None:
    ada = Phone(door, shop.ADA)
    ask = {"from": shop.ANTWERP, "to": shop.GHENT, "lines": [{"item": shop.TEA, "quantity": 1}]}
    over, open_still = await ada.do("transfer.request", **ask), await ada.do("transfer.request", **ask)
    await ada.do("transfer.cancel", transfer=over["id"], from_state="requested")
    phone = Reader(database, shop.ADA)
    await phone.pull()
    assert await let_go(database, LATER - 1) == 0
    # Once from each store of the transfer, and the outcomes of the three operations.
    assert await let_go(database, LATER) == 2 + 3
    assert await let_go(database, LATER) == 0
    await phone.pull()
    assert set(phone.rows["work:1"]) == {f"transfer:{open_still['id']}"}
    assert set(phone.rows["user:1"]) == {"me"}
    assert all(phone.sum(name) == cursor.sum for name, cursor in phone.cursors.items())
    async with database.reading() as connection:
        assert over["id"] in await load_transfers(connection, [over["id"]])


async def test_phones_hear_of_it_at_once(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    await ada.do("person.prefer", locale="en")
    told: dict[str, int] = {}
    database.heard = told.update
    await let_go(database, LATER)
    assert set(told) == {"user:1"}


async def test_the_chain_chooses_how_long_work_that_ended_stays(door: Door, database: Database) -> None:
    ada, eve, phone = Phone(door, shop.ADA), Phone(door, shop.EVE), Reader(database, shop.ADA)
    ask = {"from": shop.ANTWERP, "to": shop.GHENT, "lines": [{"item": shop.TEA, "quantity": 1}]}
    over = await ada.do("transfer.request", **ask)
    await ada.do("transfer.cancel", transfer=over["id"], from_state="requested")
    await eve.do("policy.save", name="closed_days", value="2", was="30")
    ended = shop.NOW + 1000
    assert await let_go(database, ended + 2 * DAY_MS - 1) == 0
    assert await let_go(database, ended + 2 * DAY_MS) == 2
    await phone.pull()
    assert phone.rows["work:1"] == {}
    # Whoever chooses longer has it back.
    await eve.do("policy.save", name="closed_days", value="3", was="2")
    assert await let_go(database, ended + 2 * DAY_MS) == 2
    await phone.pull()
    assert set(phone.rows["work:1"]) == {f"transfer:{over['id']}"}


async def test_who_is_told_meanwhile_is_not_told_again(
    door: Door, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Phone(door, shop.ADA).do("person.prefer", locale="en")
    plain = database.writing
    others: list[int] = []

    @asynccontextmanager
    async def after_another() -> AsyncIterator[AsyncConnection]:
        monkeypatch.setattr(database, "writing", plain)
        others.append(await let_go(database, LATER))
        async with plain() as connection:
            yield connection

    monkeypatch.setattr(database, "writing", after_another)
    assert (await let_go(database, LATER), others) == (0, [1])
    async with database.reading() as connection:
        versions = select(feed.c.version).where(feed.c.key.startswith("outcome:"))
        assert list(await connection.scalars(versions)) == [2]


async def test_where_nothing_is_over_nobody_waits_to_write(
    door: Door, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Phone(door, shop.ADA).do("person.prefer", locale="en")
    await let_go(database, shop.NOW)
    plain, turns = database.writing, 0

    def counted() -> AbstractAsyncContextManager[AsyncConnection]:
        nonlocal turns
        turns += 1
        return plain()

    monkeypatch.setattr(database, "writing", counted)
    assert await let_go(database, shop.NOW) == 0
    # Heads are marked, and that is all.
    assert turns == 1


async def test_a_row_that_cannot_be_built_has_nothing_else_looked_through(
    door: Door, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    async def looks_through(_database: Database, _now: int) -> int:
        looked.append("all")
        return 0

    async def lets_lost_go(_database: Database, rows: Sequence[Row]) -> int:
        looked.extend(key for _bucket, key in rows)
        return len(rows)

    monkeypatch.setattr(housekeeping, "let_go", looks_through)
    monkeypatch.setattr(housekeeping, "let_lost_go", lets_lost_go)
    keeper = Housekeeper(database, lambda: shop.NOW, door)

    async def until(count: int) -> list[str]:
        async with asyncio.timeout(5):
            while len(looked) < count:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        return looked

    keeper.open()
    assert await until(1) == ["all"]
    keeper.lost([("stock:1", "999")])
    assert await until(2) == ["all", "999"]
    keeper.wake()
    assert await until(3) == ["all", "999", "all"]
    await keeper.close()
    monkeypatch.setattr(housekeeping, "PAUSE_S", 0.1)
    keeper = Housekeeper(database, lambda: shop.NOW, door)
    keeper.open()
    await until(5)
    await keeper.close()
    assert set(looked[3:]) == {"all"}


async def tombstones(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(feed).where(feed.c.gone)) or 0)


async def test_old_tombstones_go_and_who_was_away_for_longer_begins_anew(door: Door, database: Database) -> None:
    away, here = Reader(database, shop.ADA), Reader(database, shop.ADA)
    await away.pull()
    await touch(database, "catalogue:1", str(shop.LAMP), gone=True)
    await let_go(database, shop.NOW)
    await here.pull()
    assert await let_go(database, shop.NOW + 89 * DAY_MS) == 0
    await touch(database, "catalogue:1", str(shop.SOAP), gone=True)
    # The younger one stays.
    assert (await let_go(database, shop.NOW + 90 * DAY_MS), await tombstones(database)) == (1, 1)
    assert (await let_go(database, shop.NOW + 91 * DAY_MS), await tombstones(database)) == (0, 1)
    for phone, resets in ((here, False), (away, True)):
        [part] = (await phone.pull())["buckets"]
        assert (part["id"], "reset" in part) == ("catalogue:1", resets)
        assert phone.sum("catalogue:1") == phone.cursors["catalogue:1"].sum
        assert not {str(shop.LAMP), str(shop.SOAP)} & set(phone.rows["catalogue:1"])
    # Back on the shelves it has a higher version than ever, and the sums agree.
    await touch(database, "catalogue:1", str(shop.LAMP))
    await touch(database, "catalogue:1", str(shop.SOAP))
    for phone in (here, away):
        await phone.pull()
        assert phone.rows["catalogue:1"][str(shop.LAMP)][0] > 2
        assert phone.sum("catalogue:1") == phone.cursors["catalogue:1"].sum


async def test_the_doctor_misses_nothing_where_old_outcomes_have_left_no_trace(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    await ada.do("person.prefer", locale="en")
    assert await let_go(database, LATER) == 1
    await let_go(database, LATER + DAY_MS)
    assert (await let_go(database, LATER + 91 * DAY_MS), await tombstones(database)) == (1, 0)
    assert await examine(database) == []


async def test_how_old_one_buckets_tombstones_are_says_nothing_of_another(database: Database) -> None:
    await shop.open_shop(database)
    await touch(database, "catalogue:1", str(shop.LAMP), gone=True)
    await let_go(database, shop.NOW)
    await touch(database, "work:9", "transfer:late", gone=True)
    assert (await let_go(database, shop.NOW + 90 * DAY_MS), await tombstones(database)) == (1, 1)


async def test_marks_are_made_once_a_day_and_go_when_they_were_used(database: Database) -> None:
    await shop.open_shop(database)

    async def marks() -> int:
        async with database.reading() as connection:
            query = select(func.count()).select_from(feed_marks).join(buckets).where(buckets.c.name == "catalogue:1")
            return int(await connection.scalar(query) or 0)

    for day in (0, 0.5, 1, 2):
        await touch(database, "catalogue:1", str(shop.LAMP), gone=True)
        await let_go(database, shop.NOW + int(day * DAY_MS))
    assert await marks() == 3
    assert await let_go(database, shop.NOW + 92 * DAY_MS) == 1
    assert await marks() == 1


async def test_a_row_that_cannot_be_built_keeps_nothing_else_from_anybody(door: Door, database: Database) -> None:
    await touch(database, "stock:1", "999")
    ada, found = Reader(database, shop.ADA), list[Row]()
    async with database.reading() as connection:
        await answer_pull(connection, ada.who, Pull(1, {}), shop.NOW, lost=found.extend)
    assert found == [("stock:1", "999")]
    await ada.pull()
    assert str(shop.TEA) in ada.rows["stock:1"]
    keeper = Housekeeper(database, lambda: shop.NOW, door)
    keeper.open()
    keeper.lost(found)
    while await tombstones(database) == 0:
        await asyncio.sleep(0.01)
    await keeper.close()
    await ada.pull()
    assert ada.sum("stock:1") == ada.cursors["stock:1"].sum
    # What can be built after all stays.
    assert await let_lost_go(database, [("stock:1", str(shop.TEA))]) == 0
