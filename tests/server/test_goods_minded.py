"""Goods minded at the door, on both databases: what changes, what is refused, what phones hear, what stays on hand."""

from typing import Any

import pytest
from sqlalchemy import func, select

from server.catalogue.minding import whole_items
from server.catalogue.tables import items
from server.database import Database
from server.inbox.accept import Door
from server.inbox.messages import Pull
from server.inbox.pull import answer_pull
from server.inbox.tables import buckets
from server.ledger.tables import balances, ledger, lots
from tests import shop
from tests.phones import Phone, on_hand
from tests.server.pages import who
from tests.shop import ADA, BO, CHEESE, EVE, GHENT, LAMP, LEIDEN, SOAP, TEA

NEW = {"sku": "T-9", "name_en": "Green tea", "name_zh": "绿茶", "brand": "Lys", "unit": "each", "price_cents": 349}
NEW |= {"tracks_lot": False, "tracks_expiry": False}
FREE = "00400000000053"


async def item_row(database: Database, item: int) -> dict[str, Any]:
    async with database.reading() as connection:
        return (await whole_items(connection, [item]))[item]


async def told(database: Database, person: int) -> dict[str, Any]:
    """The catalogue rows that a person's phone gets when it asks for everything, by id."""
    async with database.reading() as connection:
        answer = await answer_pull(connection, who(person), Pull(1, {}), shop.NOW + 1000)
    buckets = [bucket for bucket in answer["buckets"] if bucket["id"].startswith("catalogue:")]
    return {key: row for bucket in buckets for key, _version, row in bucket["puts"]}


async def heads(database: Database, *names: str) -> list[int]:
    async with database.reading() as connection:
        found = {row.name: row.head for row in await connection.execute(select(buckets))}
    return [found.get(name, 0) for name in names]


async def test_a_new_item_is_on_the_phones_that_carry_its_assortment(door: Door, database: Database) -> None:
    eve = Phone(door, EVE)
    done = await eve.do("item.add", **NEW, barcodes=[FREE, "0400000000053"], assortments=[1])
    assert done["status"] == "applied"
    assert set(done["heads"]) == {"catalogue:1"}
    row = (await told(database, ADA))["5"]
    assert (row["sku"], row["name_zh"], row["gtins"], row["archived"]) == ("T-9", "绿茶", [FREE], False)
    assert "5" not in await told(database, shop.FAY)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sku": "S-001"}, "sku_taken"),
        ({"name_en": " ", "name_zh": ""}, "name_missing"),
        ({"barcodes": ["00400000000015"]}, "barcode_taken"),
        ({"barcodes": ["00400000000016"]}, "barcode_wrong"),
        ({"assortments": [9]}, "assortment_unknown"),
    ],
)
async def test_a_new_item_is_refused_for_what_is_wrong_with_it(door: Door, change: dict[str, Any], code: str) -> None:
    done = await Phone(door, EVE).do("item.add", **{**NEW, **change})
    assert (done["status"], done["code"]) == ("refused", code)


async def test_goods_are_the_administrators_to_mind(door: Door) -> None:
    for kind, args in (
        ("item.add", NEW),
        ("item.edit", {"item": TEA, "fields": {"brand": ["Lys", "Rose"]}}),
        ("item.archive", {"item": TEA}),
        ("item.restore", {"item": LAMP}),
        ("item.merge", {"item": TEA, "into": SOAP}),
        ("barcode.add", {"item": TEA, "gtin": FREE}),
        ("barcode.remove", {"item": TEA, "gtin": shop.GTINS[TEA]}),
        ("assortment.range", {"assortment": 2, "items": [SOAP], "way": "in"}),
    ):
        done = await Phone(door, shop.DEV).do(kind, **args)
        assert (done["status"], done["code"]) == ("refused", "not_allowed"), kind


async def test_two_who_change_different_fields_never_meet(door: Door, database: Database) -> None:
    eve, other = Phone(door, EVE), Phone(door, EVE)
    await eve.do("item.edit", item=TEA, fields={"name_en": ["Green tea 20 bags", "Sencha 20 bags"]})
    done = await other.do("item.edit", item=TEA, fields={"price_cents": [349, 399]})
    row = await item_row(database, TEA)
    assert done["status"] == "applied"
    assert (row["name_en"], row["price_cents"]) == ("Sencha 20 bags", 399)
    assert "sencha" in row["folded"]
    assert (await told(database, shop.FAY))[str(TEA)]["name_en"] == "Sencha 20 bags"


async def test_who_comes_second_to_a_field_is_told_what_stands_there(door: Door, database: Database) -> None:
    eve = Phone(door, EVE)
    await eve.do("item.edit", item=TEA, fields={"price_cents": [349, 399]})
    late = await eve.do("item.edit", item=TEA, fields={"price_cents": [349, 299], "brand": ["Lys", "Rose"]})
    assert (late["status"], late["code"]) == ("refused", "field_overtaken")
    assert (late["params"], late["now"]) == ({"field": "price_cents", "value": 399}, {"price_cents": 399})
    assert (await item_row(database, TEA))["brand"] == "Lys"


async def test_the_same_change_from_two_sides_is_one(door: Door, database: Database) -> None:
    eve = Phone(door, EVE)
    for _ in range(2):
        done = await eve.do("item.edit", item=TEA, fields={"brand": ["Lys", "Rose"]})
        assert done["status"] == "applied"
    assert (await item_row(database, TEA))["brand"] == "Rose"


async def test_what_was_booked_keeps_its_unit(door: Door) -> None:
    eve = Phone(door, EVE)
    moved = await eve.do("item.edit", item=TEA, fields={"unit": ["each", "g"]})
    never = await eve.do("item.edit", item=LAMP, fields={"unit": ["each", "g"]})
    assert (moved["code"], never["status"]) == ("unit_in_use", "applied")


async def test_an_item_is_archived_and_restored_for_every_phone(door: Door, database: Database) -> None:
    eve = Phone(door, EVE)
    await eve.do("item.archive", item=TEA)
    assert (await told(database, ADA))[str(TEA)]["archived"]
    assert (await told(database, shop.FAY))[str(TEA)]["archived"]
    await eve.do("item.restore", item=TEA)
    assert not (await told(database, ADA))[str(TEA)]["archived"]


async def test_a_barcode_comes_and_goes(door: Door, database: Database) -> None:
    eve = Phone(door, EVE)
    assert (await eve.do("barcode.add", item=SOAP, gtin="0400000000053"))["status"] == "applied"
    assert FREE in (await told(database, ADA))[str(SOAP)]["gtins"]
    taken = await eve.do("barcode.add", item=TEA, gtin=FREE)
    assert (taken["code"], taken["params"]["item"]) == ("barcode_taken", SOAP)
    await eve.do("barcode.remove", item=SOAP, gtin=FREE)
    assert FREE not in (await told(database, ADA))[str(SOAP)]["gtins"]


async def test_goods_come_to_the_phones_of_an_assortment_and_leave_them(door: Door, database: Database) -> None:
    eve = Phone(door, EVE)
    await eve.do("assortment.range", assortment=2, items=[SOAP, TEA], way="in")
    assert set(await told(database, shop.FAY)) == {str(TEA), str(SOAP)}
    before = await heads(database, "catalogue:2")
    await eve.do("assortment.range", assortment=2, items=[SOAP], way="in")
    assert await heads(database, "catalogue:2") == before, "what is there already is told to nobody"
    await eve.do("assortment.range", assortment=2, items=[SOAP], way="out")
    assert set(await told(database, shop.FAY)) == {str(TEA)}


async def doubled(door: Door) -> int:
    """Tea once more under another SKU, with its own barcode, stock in two stores, and a lot."""
    await Phone(door, EVE).do("item.add", **{**NEW, "tracks_lot": True}, barcodes=[FREE], assortments=[1, 2])
    for person, store, delta, lot in ((ADA, GHENT, 7, ""), (ADA, GHENT, 2, "L7"), (BO, shop.ANTWERP, 3, "")):
        args = {"store": store, "item": 5, "delta": delta, "reason": "found"} | (
            {"lot": lot, "expires": "2027-01-31"} if lot else {}
        )
        phone = Phone(door, person)
        [told_of] = (await phone.send(phone.operation("stock.adjust", args, v=3))).verdicts
        assert told_of.status == "applied"
    return 5


async def test_a_doubled_item_goes_into_the_other_with_all_it_holds(door: Door, database: Database) -> None:
    old = await doubled(door)
    done = await Phone(door, EVE).do("item.merge", item=old, into=TEA)
    assert done["status"] == "applied"
    assert [await on_hand(database, store, TEA) for store in (GHENT, shop.ANTWERP, LEIDEN)] == [14, 43, 12]
    assert [await on_hand(database, store, old) for store in (GHENT, shop.ANTWERP)] == [0, 0]
    async with database.reading() as connection:
        entries = select(ledger.c.item_id, ledger.c.location_id, ledger.c.lot, ledger.c.delta)
        moved = [tuple(row) for row in await connection.execute(entries.where(ledger.c.kind == "merge"))]
        days = list(await connection.scalars(select(lots.c.expires_on).where(lots.c.item_id == TEA)))
    assert sum(delta for *_where, delta in moved) == 0
    assert (TEA, GHENT * 2, "L7", 2) in moved
    assert days == ["2027-01-31"]
    rows = await told(database, ADA)
    assert (rows[str(old)]["archived"], rows[str(old)]["into"], rows[str(old)]["gtins"]) == (True, TEA, [])
    assert rows[str(TEA)]["gtins"] == [shop.GTINS[TEA], FREE]


async def test_a_shop_that_carried_the_old_item_carries_the_new_one(door: Door, database: Database) -> None:
    await Phone(door, EVE).do("item.add", **NEW, assortments=[2])
    await Phone(door, EVE).do("item.merge", item=5, into=SOAP)
    assert set(await told(database, shop.FAY)) == {str(TEA), str(SOAP), "5"}


async def test_a_merge_sent_twice_moves_nothing_twice(door: Door, database: Database) -> None:
    old = await doubled(door)
    eve = Phone(door, EVE)
    op = eve.operation("item.merge", {"item": old, "into": TEA})
    for _ in range(3):
        await eve.send(op)
    await eve.do("item.merge", item=old, into=TEA)
    assert await on_hand(database, GHENT, TEA) == 14


async def test_a_merge_waits_for_transfers_that_name_the_item(door: Door, database: Database) -> None:
    old = await doubled(door)
    ada = Phone(door, ADA)
    asked = ada.operation(
        "transfer.request", {"from": shop.ANTWERP, "to": GHENT, "lines": [{"item": old, "quantity": 1}]}
    )
    await ada.send(asked)
    refused = await Phone(door, EVE).do("item.merge", item=old, into=TEA)
    assert (refused["code"], refused["params"]) == ("item_under_way", {"item": old, "transfers": 1})
    await ada.do("transfer.cancel", transfer=asked.id, from_state="requested")
    assert (await Phone(door, EVE).do("item.merge", item=old, into=TEA))["status"] == "applied"


@pytest.mark.parametrize(
    ("item", "into", "code"),
    [
        (TEA, TEA, "same_item"),
        (TEA, 99, "item_unknown"),
        (99, TEA, "item_unknown"),
        (TEA, LAMP, "item_archived"),
        (TEA, CHEESE, "units_differ"),
    ],
)
async def test_what_cannot_be_one_item_is_not_made_one(door: Door, item: int, into: int, code: str) -> None:
    assert (await Phone(door, EVE).do("item.merge", item=item, into=into))["code"] == code


async def test_a_merged_item_leads_on_and_is_changed_no_more(door: Door, database: Database) -> None:
    old, eve = await doubled(door), Phone(door, EVE)
    await eve.do("item.merge", item=old, into=TEA)
    for kind, args in (
        ("item.restore", {}),
        ("item.edit", {"fields": {"brand": ["Lys", "Rose"]}}),
        ("barcode.add", {"gtin": "00400000000060"}),
    ):
        assert (await eve.do(kind, item=old, **args))["code"] == "item_merged", kind
    assert (await eve.do("item.merge", item=old, into=SOAP))["code"] == "item_merged"
    # The chain of leads stays one step long.
    assert (await eve.do("item.merge", item=TEA, into=SOAP))["status"] == "applied"
    assert (await item_row(database, old))["merged_into"] == SOAP
    assert (await told(database, ADA))[str(old)]["into"] == SOAP


async def test_work_that_waited_on_a_phone_while_its_item_was_merged_reaches_the_shelf(
    door: Door, database: Database
) -> None:
    old, ada = await doubled(door), Phone(door, ADA)
    waiting = [
        ada.operation("stock.adjust", {"store": GHENT, "item": old, "delta": d, "reason": "other"}) for d in (-2, -3)
    ]
    await Phone(door, EVE).do("item.merge", item=old, into=TEA)
    answer = await ada.send(*waiting)
    results = [verdict.result() for verdict in answer.verdicts]
    assert [(one["status"], one["code"], one.get("review")) for one in results] == [
        ("applied", "item_merged", None)
    ] * 2
    assert (await on_hand(database, GHENT, old), await on_hand(database, GHENT, TEA)) == (0, 9)
    again = await ada.send(*waiting)
    assert [verdict.result() for verdict in again.verdicts] == results
    assert await on_hand(database, GHENT, TEA) == 9


async def test_nothing_of_the_chain_is_lost_by_a_merge(door: Door, database: Database) -> None:
    async def whole() -> int:
        async with database.reading() as connection:
            return int(await connection.scalar(select(func.sum(balances.c.on_hand))) or 0)

    old = await doubled(door)
    before = await whole()
    await Phone(door, EVE).do("item.merge", item=old, into=TEA)
    assert await whole() == before


async def test_ids_are_given_in_turn(door: Door, database: Database) -> None:
    eve = Phone(door, EVE)
    for number in range(3):
        assert (await eve.do("item.add", **{**NEW, "sku": f"N-{number}"}))["status"] == "applied"
    async with database.reading() as connection:
        assert list(await connection.scalars(select(items.c.id).order_by(items.c.id))) == [1, 2, 3, 4, 5, 6, 7]


async def test_sales_and_counts_told_of_a_merged_item_are_of_what_it_is_now(door: Door, database: Database) -> None:
    old = await doubled(door)
    eve, cleo = Phone(door, EVE), Phone(door, shop.CLEO)
    await eve.send(eve.operation("item.merge", {"item": old, "into": TEA}, shop.NOW + 100))
    sale = {"store": GHENT, "kind": "sale", "lines": [{"item": old, "delta": -4}]}
    sold = await cleo.send(cleo.operation("stock.move", sale, shop.NOW + 200))
    assert sold.verdicts[0].status == "applied"
    assert (await on_hand(database, GHENT, old), await on_hand(database, GHENT, TEA)) == (0, 10)
    count = {"store": GHENT, "item": old, "counted": 8}
    counted = await cleo.send(cleo.operation("stock.count", count, shop.NOW + 300))
    assert (counted.verdicts[0].status, counted.verdicts[0].code) == ("applied", "item_merged")
    assert (await on_hand(database, GHENT, old), await on_hand(database, GHENT, TEA)) == (0, 8)
