"""Lots and their last days: read on the goods, kept for the whole chain, told to phones, and worked off in time."""

import re
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select, update

from server.database import Database
from server.inbox.messages import Pull
from server.inbox.pull import answer_pull
from server.ledger.doctor import examine
from server.ledger.tables import balances, lots
from tests.server.browsers import Browser
from tests.server.lots_told import found, in_days, listed, worklist
from tests.server.pages import Hub, open_hub, who
from tests.shop import ADA, ANTWERP, BO, CHEESE, CLEO, DEV, EVE, GHENT, LEIDEN, SOAP, TEA

NewBrowser = Callable[..., Browser]


async def days_of(hub: Hub, item: int = TEA) -> dict[str, tuple[str | None, str | None]]:
    async with hub.database.reading() as connection:
        rows = await connection.execute(select(lots).where(lots.c.item_id == item))
        return {row.code: (row.expires_on, row.expires_also) for row in rows}


async def held_by_phone(hub: Hub, person: int) -> dict[str, dict[int, list[Any]]]:
    """What a first pull brings of lots: by bucket, by item, `[lot, expires, also, units]`."""
    async with hub.database.reading() as connection:
        answer = await answer_pull(connection, who(person), Pull(1, {}), hub.clock.now)
    return {
        part["id"]: {
            row["item"]: [[one[name] for name in ("lot", "expires", "also", "units")] for one in row["lots"]]
            for _key, _version, row in part["puts"]
        }
        for part in answer["buckets"]
        if part["id"].startswith("lots:") and part["id"] != "lots:0"
    }


async def test_the_last_day_of_a_lot_is_read_by_whoever_books_it(database: Database) -> None:
    async with open_hub(database) as hub:
        await found(hub, ADA, GHENT, 4, "L1", "2026-12-01")
        await hub.does(ADA, "stock.count", store=GHENT, item=TEA, counted=1, lot="L2", expires="2026-12-05")
        brought = [{"item": CHEESE, "delta": 500, "lot": "L3", "expires": "2026-11-24"}]
        await hub.does(CLEO, "stock.move", store=GHENT, kind="delivery", lines=brought)
        assert await days_of(hub) == {"L1": ("2026-12-01", None), "L2": ("2026-12-05", None)}
        assert await days_of(hub, CHEESE) == {"L3": ("2026-11-24", None)}
        assert (await held_by_phone(hub, ADA))["lots:1"] == {
            TEA: [["L1", "2026-12-01", "", 4], ["L2", "2026-12-05", "", 1]],
            CHEESE: [["L3", "2026-11-24", "", 500]],
        }
        assert await examine(database) == []


@pytest.mark.parametrize("days", list(permutations(["2026-12-01", "2026-11-25", "2026-12-24"])))
async def test_the_earliest_day_stands_whatever_came_first(database: Database, days: tuple[str, ...]) -> None:
    async with open_hub(database) as hub:
        for person, store, day in zip((ADA, BO, CLEO), (GHENT, ANTWERP, GHENT), days, strict=True):
            await found(hub, person, store, 1, "L1", day)
        assert await days_of(hub) == {"L1": ("2026-11-25", "2026-12-24")}
        assert await examine(database) == []


async def test_what_one_store_reads_the_phones_of_the_others_hear(database: Database) -> None:
    async with open_hub(database) as hub:
        await found(hub, ADA, GHENT, 2, "L1", None)
        before = await held_by_phone(hub, ADA)
        await found(hub, BO, ANTWERP, 3, "L1", "2026-12-01")
        assert before["lots:1"][TEA] == [["L1", "", "", 2]]
        assert (await held_by_phone(hub, ADA))["lots:1"][TEA] == [["L1", "2026-12-01", "", 2]]
        async with hub.database.reading() as connection:
            cursors = Pull(1, {})
            heads = {part["id"]: part for part in (await answer_pull(connection, who(ADA), cursors, 0))["buckets"]}
        # Its row was told twice: what it holds, and what the other store read on it.
        assert heads["lots:1"]["to"] == 2
        assert await examine(database) == []


async def test_a_fact_that_waits_tells_no_day_until_it_is_accepted(database: Database) -> None:
    async with open_hub(database) as hub:
        about = await found(hub, ADA, GHENT, 400, "L1", "2026-12-01")
        assert await days_of(hub) == {}
        await hub.does(CLEO, "review.settle", operation=about, accept=True)
        assert await days_of(hub) == {"L1": ("2026-12-01", None)}
        refused = await hub.result_of(ADA, "stock.adjust", store=GHENT, item=TEA, delta=1, reason="found", expires="x")
        assert (refused["status"], refused["code"]) == ("refused", "day_wrong")
        assert await examine(database) == []


async def test_a_merged_item_takes_its_lots_along(database: Database) -> None:
    async with open_hub(database) as hub:
        await found(hub, ADA, GHENT, 2, "L1", "2026-12-01", SOAP)
        new = {"sku": "T-9", "name_en": "Soap", "unit": "each", "price_cents": 1}
        await hub.does(EVE, "item.add", **new, tracks_lot=True, tracks_expiry=True, assortments=[1])
        for lot, day in (("L1", "2026-11-30"), ("L2", "2026-12-24")):
            await found(hub, ADA, GHENT, 3, lot, day, 5)
        await hub.does(EVE, "item.merge", item=5, into=SOAP)
        await found(hub, ADA, GHENT, 1, "L2", "2026-12-20", 5)
        assert await days_of(hub, SOAP) == {"L1": ("2026-11-30", "2026-12-01"), "L2": ("2026-12-20", "2026-12-24")}
        assert (await held_by_phone(hub, ADA))["lots:1"][SOAP] == [
            ["L1", "2026-11-30", "2026-12-01", 5],
            ["L2", "2026-12-20", "2026-12-24", 4],
        ]
        assert await examine(database) == []


async def test_the_doctor_finds_a_day_that_nobody_read(database: Database) -> None:
    async with open_hub(database) as hub:
        await found(hub, ADA, GHENT, 2, "L1", "2026-12-01")
        async with database.writing() as connection:
            await connection.execute(update(lots).values(expires_on="2027-12-01"))
        assert [finding.check for finding in await examine(database)] == ["lot", "lot"]


async def test_the_worklist_has_what_is_over_and_what_comes_by_the_days_of_the_chain(database: Database) -> None:
    async with open_hub(database) as hub:
        for lot, days in (("over", -3), ("soon", 3), ("later", 17), ("far", 200)):
            await found(hub, ADA, GHENT, 2, lot, in_days(days))
        await found(hub, ADA, GHENT, 2, "no day", None)
        await found(hub, ADA, GHENT, -2, "sold twice", in_days(-3))
        assert listed(await worklist(hub, ADA)) == [("expired", "over", 2), ("soon", "soon", 2), ("later", "later", 2)]
        assert listed(await worklist(hub, BO)) == []
        await hub.does(EVE, "policy.save", name="expiry_soon_days", value="1", was="7")
        await hub.does(EVE, "policy.save", name="expiry_later_days", value="400", was="30")
        states = [("expired", "over", 2), ("later", "soon", 2), ("later", "later", 2), ("later", "far", 2)]
        assert listed(await worklist(hub, ADA)) == states


async def test_whoever_counts_blindly_is_not_told_what_the_book_has_of_a_lot(database: Database) -> None:
    async with open_hub(database) as hub:
        await found(hub, ADA, GHENT, 2, "over", "2026-11-20")
        await hub.does(ADA, "count.open", store=GHENT, scope="store", blind=True, sealed=True)
        page = await worklist(hub, ADA)
        assert (page["blind"], page["groups"]) == (True, [])
        assert "lots:1" not in await held_by_phone(hub, ADA)


async def test_only_whoever_works_in_the_store_holds_its_lots(database: Database) -> None:
    async with open_hub(database) as hub:
        for person, store in ((ADA, GHENT), (BO, ANTWERP)):
            await found(hub, person, store, 2, "L1", "2026-12-01")
        assert set(await held_by_phone(hub, ADA)) == {"lots:1"}
        assert set(await held_by_phone(hub, BO)) == {"lots:2"}
        assert LEIDEN not in {GHENT, ANTWERP}
        await hub.does(DEV, "person.prefer", store=ANTWERP)
        assert set(await held_by_phone(hub, DEV)) == {"lots:2"}


async def test_an_expired_lot_is_written_off_or_counted_with_one_tap(browser: Browser) -> None:
    await browser.sign_in("ada")
    page = await browser.get(f"/items/{TEA}?code=(01)00400000000015(17)261120(10)L-7")
    assert 'name="lot" value="L-7"' in page.text
    assert 'name="expires" type="date" value="2026-11-20"' in page.text
    ids = re.findall(r'name="operation_id" value="([0-9a-f-]{36})"', page.text)
    told = {"operation_id": ids[0], "quantity": "4", "direction": "in", "reason": "found", "lot": "L-7"}
    await browser.submit(f"/items/{TEA}", **told, expires="2026-11-20")
    for action, counted, left in (("count", "3", "3 on hand"), ("expired", "", None)):
        page = await browser.get("/expiry")
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text.partition("<main")[2]))
        answer = await browser.submit("/expiry", **fields, action=action, counted=counted)
        assert (answer.status_code, answer.headers["location"]) == (303, "/expiry")
        after = (await browser.get("/expiry")).text
        assert "Nothing expires soon" in after if left is None else left in after
    wrong = await browser.submit("/expiry", operation_id=ids[1], item=str(TEA), lot="L-7", action="count", counted="x")
    assert wrong.status_code == 422


async def test_goods_without_a_lot_are_on_no_phone_as_one(database: Database) -> None:
    async with open_hub(database) as hub:
        await hub.does(ADA, "stock.adjust", store=GHENT, item=TEA, delta=1, reason="found", expires="2026-12-01")
        assert await days_of(hub) == {}
        assert await held_by_phone(hub, ADA) == {}
        async with database.reading() as connection:
            assert set(await connection.scalars(select(balances.c.lot))) == {""}
