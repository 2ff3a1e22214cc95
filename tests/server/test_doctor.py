"""The doctor finds every lie: a check that cannot fail proves nothing."""

from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from server.findings import Finding
from server.inbox.accept import Door
from server.ledger.doctor import examine, findings
from tests import shop
from tests.phones import Phone

# What is done to the books by hand, and the check that must name it. `{…}` are ids of the story below.
LIES = {
    "a balance": ("UPDATE balances SET on_hand = on_hand + 1 WHERE location_id = 2 AND item_id = 1", "on_hand"),
    "a balance taken away": ("DELETE FROM balances WHERE location_id = 4 AND item_id = 1", "on_hand"),
    "a balance of nothing": (
        "INSERT INTO balances (location_id, item_id, lot, on_hand, reserved, in_transit_in, in_transit_out) "
        "VALUES (6, 4, '', 0, 0, 0, 0)",
        "bucket_rows",
    ),
    "goods on the road": ("UPDATE balances SET on_hand = on_hand + 1 WHERE location_id = 3", "on the road"),
    "a promise": ("UPDATE balances SET reserved = reserved + 1 WHERE location_id = 4 AND item_id = 1", "reserved"),
    "on the way here": ("UPDATE balances SET in_transit_in = 9 WHERE location_id = 2 AND item_id = 1", "in_transit_in"),
    "on the way there": ("UPDATE balances SET in_transit_out = 9 WHERE location_id = 4", "in_transit_out"),
    "an entry taken away": ("DELETE FROM ledger WHERE kind = 'adjust'", "adjustment"),
    "an entry of goods on the road taken away": ("DELETE FROM ledger WHERE kind = 'loss'", "transfer_goods"),
    "an entry rewritten": ("UPDATE ledger SET delta = delta - 1 WHERE kind = 'adjust'", "adjustment"),
    "an entry given to somebody else": ("UPDATE ledger SET person_id = 2 WHERE kind = 'adjust'", "origin"),
    "an entry of no operation": (
        "INSERT INTO ledger (location_id, item_id, lot, delta, kind, operation_id, line, effective_at, booked_at) "
        "VALUES (2, 1, '', 5, 'sale', 'nobody', 1, 0, 0)",
        "origin",
    ),
    "an entry of no transfer": ("UPDATE ledger SET transfer_id = NULL WHERE kind = 'receive'", "origin"),
    "two entries that swap": (
        "UPDATE ledger SET location_id = 7 - location_id WHERE kind = 'dispatch' AND location_id IN (3, 4)",
        "transfer_goods",
    ),
    "the ledger's guard": ("", "guard"),
    "a transfer's state": ("UPDATE transfers SET state = 'received' WHERE id = '{short}'", "transfer_state"),
    "a transfer's decision": (
        "UPDATE transfers SET decision = 'cancelled', state = 'cancelled', ended_at = 1 WHERE id = '{asked}'",
        "transfer_decision",
    ),
    "a transfer's last change": ("UPDATE transfers SET changed_at = 1 WHERE id = '{asked}'", "transfer_changed"),
    "a transfer's end": ("UPDATE transfers SET ended_at = 1 WHERE id = '{asked}'", "transfer_ended"),
    "what was asked for": ("UPDATE transfer_lines SET requested = 99 WHERE transfer_id = '{asked}'", "transfer_line"),
    "what was approved": ("UPDATE transfer_lines SET approved = 5 WHERE transfer_id = '{short}'", "transfer_line"),
    "what was sent": ("UPDATE transfer_lines SET dispatched = 5 WHERE transfer_id = '{short}'", "transfer_line"),
    "what came": ("UPDATE transfer_lines SET received = 1 WHERE transfer_id = '{short}'", "transfer_line"),
    "what broke": ("UPDATE transfer_lines SET damaged = 0 WHERE transfer_id = '{short}'", "transfer_goods"),
    "what was lost": ("UPDATE transfer_lines SET lost = 0 WHERE transfer_id = '{closed}'", "transfer_goods"),
    "a line taken away": ("DELETE FROM transfer_lines WHERE transfer_id = '{asked}'", "transfer_line"),
    "a line nobody asked for": (
        "INSERT INTO transfer_lines (transfer_id, line, item_id, requested, dispatched, received, damaged, lost) "
        "VALUES ('{asked}', 2, 2, 1, 0, 0, 0, 0)",
        "transfer_line",
    ),
    "an event taken away": ("DELETE FROM transfer_events WHERE kind = 'dispatch'", "timeline"),
    "an event of somebody else": ("UPDATE transfer_events SET person_id = 5 WHERE kind = 'approve'", "timeline"),
    "a sum": ("UPDATE buckets SET sum_a = sum_a + 1 WHERE name = 'stock:1'", "bucket_sum"),
    "the other sum": ("UPDATE buckets SET sum_b = sum_b + 1 WHERE name = 'chain'", "bucket_sum"),
    "a head too high": ("UPDATE buckets SET head = head + 1 WHERE name = 'work:1'", "bucket_head"),
    "a head too low": ("UPDATE buckets SET head = head - 1 WHERE name = 'work:1'", "bucket_head"),
    "a floor above the head": ("UPDATE buckets SET floor = head + 1 WHERE name = 'work:1'", "bucket_head"),
    "a version": ("UPDATE feed SET version = version + 1 WHERE key = 'policy'", "bucket_sum"),
    "a row taken from its bucket": ("DELETE FROM feed WHERE key = 'transfer:{asked}'", "bucket_rows"),
    "a row said to be gone": (
        "UPDATE feed SET gone = true WHERE key = '1' AND bucket_id = (SELECT id FROM buckets WHERE name = 'stock:2')",
        "bucket_rows",
    ),
    "an item in no bucket": ("INSERT INTO assortment_items (assortment_id, item_id) VALUES (2, 3)", "bucket_rows"),
    "an item that the store lost": ("DELETE FROM assortment_items WHERE item_id = 4", "bucket_rows"),
    "a store that closed in silence": ("UPDATE stores SET archived_at = 1 WHERE id = 3", "bucket_rows"),
    "a person without a row": ("DELETE FROM feed WHERE key = 'me'", "bucket_rows"),
    "an outcome its owner never hears of": ("DELETE FROM feed WHERE key LIKE 'outcome:%'", "bucket_rows"),
    "an outcome taken away": ("DELETE FROM outcomes WHERE n = 1 AND kind = 'stock.adjust'", "outbox"),
    "the last outcome of an outbox": ("DELETE FROM outcomes WHERE kind = 'transfer.close'", "outbox"),
    "what was counted": ("UPDATE anchors SET counted = counted + 1", "anchor"),
    "a count told otherwise": ("UPDATE anchors SET lot = 'L1'", "count"),
    "a count taken away": ("DELETE FROM anchors", "count"),
    "a count nobody made": (
        "INSERT INTO anchors (location_id, item_id, effective_at, client_id, n, operation_id, counted) "
        "SELECT 2, 3, 0, id, 99, 'nobody', 7 FROM clients",
        "count",
    ),
    "a sale of other goods": ("UPDATE ledger SET item_id = 3 WHERE kind = 'sale'", "movement"),
    "a sale taken away": ("DELETE FROM ledger WHERE kind = 'sale'", "movement"),
    "an outbox ahead of its results": ("UPDATE clients SET last_n = last_n + 1", "outbox"),
    "a success that was none": ("UPDATE outcomes SET status = 'refused' WHERE kind = 'stock.adjust'", "origin"),
    "a refusal that was none": ("UPDATE outcomes SET status = 'applied' WHERE status = 'refused'", "timeline"),
    "what an adjustment told": (
        'UPDATE outcomes SET args = \'{{"store":1,"item":1,"delta":-9,"reason":"damaged"}}\' '
        "WHERE kind = 'stock.adjust'",
        "adjustment",
    ),
    "what a shelf held": ("UPDATE readings SET counted = counted + 1", "count"),
    "a review that nobody lists": ("DELETE FROM reviews", "review"),
    "a review of one's own": ("UPDATE reviews SET settled_by = said_by WHERE accepted", "review"),
    "a word that nobody said": ("UPDATE reviews SET accepted = false WHERE accepted", "review"),
    "a review on no phone": ("UPDATE reviews SET store_id = 2 WHERE settled_at IS NULL", "bucket_rows"),
    "a repeat of nothing": ("UPDATE outcomes SET repeats = true WHERE kind = 'person.prefer'", "repeat"),
}


class UndoneError(Exception):
    """Ends a lie and takes it back."""


async def a_day(door: Door) -> dict[str, str]:
    """Adjustments, a refusal, counts, a sale, work that waits and that was accepted.

    And transfers that wait, arrived short and were closed, by their ids.
    """
    ada, bo, cleo = Phone(door, shop.ADA), Phone(door, shop.BO), Phone(door, shop.CLEO)
    await ada.do("stock.adjust", store=shop.GHENT, item=shop.TEA, delta=-2, reason="damaged")
    await ada.do("stock.adjust", store=shop.GHENT, item=99, delta=-2, reason="damaged")
    await ada.do("transfer.request", **{"from": shop.GHENT, "to": shop.GHENT, "lines": [{"item": 1, "quantity": 1}]})
    await ada.do("person.prefer", locale="zh")
    names = {}
    for name in ("asked", "short", "closed"):
        lines = [{"item": shop.TEA, "quantity": 8}]
        op = ada.operation("transfer.request", {"from": shop.ANTWERP, "to": shop.GHENT, "lines": lines})
        await ada.send(op)
        names[name] = op.id
    for name in ("short", "closed"):
        sent = [{"line": 1, "quantity": 6}]
        await bo.do("transfer.approve", transfer=names[name], from_state="requested", lines=sent)
        await bo.do("transfer.dispatch", transfer=names[name], lines=sent)
        come = [{"line": 1, "received": 3, "damaged": 1}]
        await ada.do("transfer.receive", transfer=names[name], lines=come)
    await cleo.do("transfer.close", transfer=names["closed"], from_state="short", reason="Lost on the way")
    await cleo.do("stock.count", store=shop.GHENT, item=shop.SOAP, counted=2)
    shelf = {"store": shop.GHENT, "item": shop.CHEESE, "counted": 2450, "shelf": "A1"}
    await cleo.send(cleo.operation("stock.count", shelf, v=2))
    told = await ada.do("stock.adjust", store=shop.GHENT, item=shop.CHEESE, delta=-40, reason="sample")
    await cleo.do("review.settle", operation=told["id"], accept=True)
    await ada.do("stock.adjust", store=shop.GHENT, item=shop.CHEESE, delta=-50, reason="sample")
    await cleo.do("stock.move", store=shop.GHENT, kind="sale", lines=[{"item": shop.SOAP, "delta": -1}])
    return names


async def drop_guards(connection: AsyncConnection) -> None:
    triggers = ["ledger_refuses_update", "ledger_refuses_delete"], ["ledger_refuses_changes ON ledger"]
    for trigger in triggers[connection.dialect.name == "postgresql"]:
        await connection.execute(text(f"DROP TRIGGER {trigger}"))


async def told_of(database: Database, statement: str) -> list[Finding]:
    """What the doctor says of books that this was done to; it is taken back again."""
    told: list[Finding] = []
    with suppress(UndoneError):
        async with database.writing() as connection:
            if "ledger" in statement or not statement:
                await drop_guards(connection)
            if statement:
                done = await connection.exec_driver_sql(statement)
                assert done.rowcount > 0, statement
            told = await findings(connection)
            raise UndoneError
    return told


async def test_the_doctor_names_every_lie(door: Door, database: Database) -> None:
    names = await a_day(door)
    assert await examine(database) == []
    unnoticed = {}
    for lie, (statement, check) in LIES.items():
        found = {finding.check for finding in await told_of(database, statement.format(**names))}
        if check not in found:
            unnoticed[lie] = found
    assert unnoticed == {}


async def test_a_finding_says_where(door: Door, database: Database) -> None:
    await a_day(door)
    told = await told_of(database, "UPDATE balances SET on_hand = 7 WHERE location_id = 2 AND item_id = 1")
    assert [finding.what for finding in told] == ["Item 1 at location 2: the ledger says 2 more than the balance."]
