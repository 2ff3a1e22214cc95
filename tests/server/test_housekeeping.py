"""After thirty days phones forget what is over; the books do not."""

from server.database import Database
from server.inbox.accept import Door
from server.inbox.housekeeping import let_go
from server.transfers.facts import load_transfers
from sync.papers import ENDED_KEPT_MS
from tests import shop
from tests.phones import Phone
from tests.server.test_pull import Reader

LATER = shop.NOW + 1000 + ENDED_KEPT_MS


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
