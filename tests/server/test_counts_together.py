"""Several people at one count, on both databases: their shelves add up, and whoever began it ends it for all."""

from typing import Any
from uuid import uuid4

from msgspec.structs import replace

from server.database import Database
from server.inbox.accept import Door
from server.ledger.doctor import examine
from sync.operations import newest
from tests import shop
from tests.phones import Phone, on_hand, signed
from tests.server.test_pull import Reader

MINUTE = 60_000
SHELVES = ["A-1", "B-2"]


async def sends(phone: Phone, kind: str, minutes_ago: int, **args: Any) -> tuple[str, dict[str, Any]]:
    """The operation's id and what became of it."""
    op = phone.operation(kind, args, shop.NOW - minutes_ago * MINUTE, newest(kind))
    return op.id, (await phone.send(op)).verdicts[0].result()


async def begins(phone: Phone, minutes_ago: int = 60, **more: Any) -> str:
    args = {"store": shop.GHENT, "scope": SHELVES, "blind": True, "sealed": False, **more}
    session, result = await sends(phone, "count.open", minutes_ago, **args)
    assert result["status"] == "applied"
    return session


async def counts(phone: Phone, session: str, shelf: str, counted: int, minutes_ago: int) -> None:
    where = {"store": shop.GHENT, "item": shop.TEA, "session": session, "shelf": shelf, "scope": SHELVES}
    _id, result = await sends(phone, "stock.count", minutes_ago, counted=counted, **where)
    assert result["status"] == "applied", result


async def told(database: Database, person: int, bucket: str, prefix: str) -> dict[str, Any]:
    reader = Reader(database, person)
    await reader.pull()
    rows = reader.rows.get(bucket, {}).items()
    return {key: row for key, (_version, row) in rows if row is not None and key.startswith(prefix)}


async def test_what_two_people_saw_on_their_shelves_is_one_count(door: Door, database: Database) -> None:
    ada, cleo = Phone(door, shop.ADA), Phone(door, shop.CLEO)
    session = await begins(ada)
    row = (await told(database, shop.CLEO, "counts:1", "open:"))[f"open:{session}"]
    assert (row["by"], row["name"], row["scope"], row["blind"]) == (shop.ADA, "Ada", SHELVES, True)
    # Whoever joins does not choose to see.
    joined = await begins(cleo, 50, joins=session, blind=False, scope="store")
    own = (await told(database, shop.CLEO, f"user:{shop.CLEO}", "count:"))[f"count:{joined}"]
    assert (own["blind"], own["scope"], own["joins"], own["closed"]) == (True, SHELVES, session, False)
    # The book says 5. Until the other shelf is known to hold some, the first one is all there is.
    await counts(ada, session, "A-1", 3, 40)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 3
    await counts(cleo, session, "B-2", 3, 30)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 6
    assert await examine(database) == []


async def test_whoever_began_a_count_ends_it_for_all_and_who_joined_ends_a_part(door: Door, database: Database) -> None:
    ada, cleo, dev = Phone(door, shop.ADA), Phone(door, shop.CLEO), Phone(door, shop.DEV)
    session = await begins(ada)
    first, second = await begins(cleo, 50, joins=session), await begins(dev, 50, joins=session)
    await sends(cleo, "count.close", 40, session=first)
    assert f"open:{session}" in await told(database, shop.CLEO, "counts:1", "open:")
    assert await told(database, shop.CLEO, f"user:{shop.CLEO}", "count:") == {}
    # Nobody ends what somebody else began.
    await sends(dev, "count.close", 30, session=session)
    assert list(await told(database, shop.DEV, f"user:{shop.DEV}", "count:")) == [f"count:{second}"]
    await sends(ada, "count.close", 20, session=session)
    assert await told(database, shop.DEV, f"user:{shop.DEV}", "count:") == {}
    assert await told(database, shop.CLEO, "counts:1", "open:") == {}
    # What was seen meanwhile without a network counts all the same, and a late one is over as it begins.
    await counts(dev, session, "B-2", 4, 25)
    late = await begins(cleo, 22, joins=session)
    assert (await told(database, shop.CLEO, f"user:{shop.CLEO}", "count:"))[f"count:{late}"]["closed"] is True
    assert await examine(database) == []


async def test_a_count_that_is_none_to_join_is_refused(door: Door, database: Database) -> None:
    ada, cleo = Phone(door, shop.ADA), Phone(door, shop.CLEO)
    session = await begins(ada)
    joined = await begins(cleo, 50, joins=session)
    for joins in (str(uuid4()), joined):
        args = {"store": shop.GHENT, "scope": SHELVES, "blind": True, "sealed": False, "joins": joins}
        _id, result = await sends(cleo, "count.open", 40, **args)
        assert (result["status"], result["code"]) == ("refused", "count_unknown")
    assert await examine(database) == []


async def test_an_end_that_is_told_before_its_beginning_leaves_nothing_to_join(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    session = str(uuid4())
    await sends(ada, "count.close", 60, session=session)
    args = {"store": shop.GHENT, "scope": SHELVES, "blind": True, "sealed": False}
    opened = replace(ada.operation("count.open", args, shop.NOW, newest("count.open")), id=session)
    assert (await ada.send(signed(opened, shop.secret_of(shop.ADA)))).verdicts[0].result()["status"] == "applied"
    assert await told(database, shop.CLEO, "counts:1", "open:") == {}
    assert await examine(database) == []
