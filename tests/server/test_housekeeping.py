"""After thirty days phones forget what is over; the books do not."""

import asyncio

from sqlalchemy import func, select

from server.database import Database
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
    keeper = Housekeeper(database, lambda: shop.NOW)
    keeper.open()
    keeper.lost(found)
    while await tombstones(database) == 0:
        await asyncio.sleep(0.01)
    await keeper.close()
    await ada.pull()
    assert ada.sum("stock:1") == ada.cursors["stock:1"].sum
    # What can be built after all stays.
    assert await let_lost_go(database, [("stock:1", str(shop.TEA))]) == 0
