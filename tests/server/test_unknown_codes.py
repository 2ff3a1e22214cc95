"""Unknown codes through the door, on both databases: kept once, added up, put away, taught and pruned."""

from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from server.catalogue.tables import barcodes
from server.database import Database
from server.inbox.accept import Door
from server.inbox.housekeeping import let_go
from server.ledger.doctor import examine
from server.unknown_codes.tables import unknown_codes
from sync.papers import DAY_MS
from sync.unknown_codes import MOST_LETTERS
from tests import shop
from tests.phones import Phone
from tests.server.test_pull import Reader
from tests.server.test_reviews import forged
from tests.shop import ADA, ANTWERP, BO, CLEO, DEV, EVE, FAY, GHENT, LEIDEN, NOW, SOAP, TEA

CODE = "04006381333931"
MINUTE = 60_000


def seen(store: int = GHENT, code: str = CODE, **more: Any) -> dict[str, Any]:
    return {"store": store, "code": code, **more}


def about(item: int = TEA, code: str = CODE, store: int = GHENT) -> dict[str, Any]:
    return {"store": store, "item": item, "code": code}


async def held(database: Database, person: int = ADA, store: int = GHENT) -> dict[str, dict[str, Any]]:
    """What a phone that begins anew holds of a store's unknown codes, by code."""
    phone = Reader(database, person)
    await phone.pull()
    return {row["code"]: row for _version, row in phone.rows.get(f"unknown_codes:{store}", {}).values()}


async def owner_of(database: Database, code: str = CODE) -> int | None:
    async with database.reading() as connection:
        return await connection.scalar(select(barcodes.c.item_id).where(barcodes.c.gtin == code))


async def test_a_code_that_nobody_knows_is_kept_once_and_counted(door: Door, database: Database) -> None:
    ada = Phone(door, ADA)
    first = ada.operation("code.unknown", seen(before=["S-001"], shelf="A3"), NOW - MINUTE)
    assert [one.result()["status"] for one in (await ada.send(first, first)).verdicts[:1]] == ["applied"]
    await ada.send(first)
    await Phone(door, CLEO).do("code.unknown", **seen(code="]C14006381333931", times=2, after=["S-002"]))
    row = (await held(database))[CODE]
    assert (row["times"], row["first_at"], row["last_at"]) == (3, NOW - MINUTE, NOW)
    assert [(one["shelf"], one["before"], one["after"]) for one in row["seen"]] == [
        ("A3", ["S-001"], []),
        ("", [], ["S-002"]),
    ]
    assert await held(database, BO, ANTWERP) == {}
    assert await examine(database) == []


async def test_it_is_the_same_whatever_comes_first(door: Door, database: Database) -> None:
    """Scans, a note and a dismissal, each from another phone, in every order that begins with a scan."""
    told: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("code.unknown", {}, 3),
        ("code.unknown", {"times": 2, "shelf": "A"}, 2),
        ("code.dismiss", {}, 4),
        ("code.unknown", {"times": 0, "shelf": "B"}, 5),
    )
    rows = []
    for place, order in enumerate(permutations(told[1:])):
        code = f"AB-{place}"
        for kind, more, minutes in (told[0], *order):
            phone = Phone(door, ADA)
            await phone.send(phone.operation(kind, seen(code=code, **more), NOW - minutes * MINUTE))
        async with database.reading() as connection:
            row = (await connection.execute(select(unknown_codes).where(unknown_codes.c.code == code))).one()
        rows.append((row.times, row.first_at, row.last_at, row.dismissed_at, [one["shelf"] for one in row.seen]))
    assert rows == [(3, NOW - 3 * MINUTE, NOW - 2 * MINUTE, NOW - 4 * MINUTE, ["B", "", "A"])] * 6
    assert await examine(database) == []


async def test_what_is_put_away_comes_back_with_the_next_scan(door: Door, database: Database) -> None:
    ada = Phone(door, ADA)
    await ada.send(ada.operation("code.unknown", seen(), NOW - 3 * MINUTE))
    await ada.send(ada.operation("code.dismiss", seen(), NOW - 2 * MINUTE))
    assert await held(database) == {}
    late = Phone(door, CLEO)
    await late.send(late.operation("code.unknown", seen(), NOW - 5 * MINUTE))
    assert await held(database) == {}
    await ada.do("code.unknown", **seen())
    assert (await held(database))[CODE]["times"] == 3
    assert (await Phone(door, EVE).do("code.dismiss", **seen()))["code"] == "not_allowed"
    assert (await Phone(door, BO).do("code.dismiss", **seen()))["code"] == "not_allowed"
    assert await examine(database) == []


async def test_who_has_nothing_to_do_with_a_store_needs_a_word(door: Door, database: Database) -> None:
    result = await Phone(door, BO).do("code.unknown", **seen())
    assert (result["status"], result["code"]) == ("review", "not_allowed")
    assert await held(database) == {}
    assert (await Phone(door, CLEO).do("review.settle", operation=result["id"], accept=True))["status"] == "applied"
    assert set(await held(database)) == {CODE}
    assert (await Phone(door, FAY).do("code.unknown", **seen(LEIDEN)))["status"] == "applied"
    assert (await Phone(door, ADA).do("code.unknown", **seen(77)))["code"] == "store_unknown"
    assert await examine(database) == []


async def test_what_the_store_knows_by_now_is_not_kept(door: Door, database: Database) -> None:
    assert (await Phone(door, ADA).do("code.unknown", **seen(code=shop.GTINS[TEA])))["status"] == "applied"
    assert await held(database) == {}


async def test_hostile_codes_are_kept_bounded_and_can_be_seen(door: Door, database: Database) -> None:
    for code in ("\x1d\x07\u202eabc", "𝟙茶\ufdd0", "<b>'\"&", "../..?x#y"):
        result = await Phone(door, ADA).do("code.unknown", **seen(code=code, before=[code], shelf=code[:20]))
        assert result["status"] == "applied"
    kept = await held(database)
    assert len(kept) == 4
    assert all(len(code) <= MOST_LETTERS and code.isprintable() for code in kept)
    assert (await Phone(door, ADA).do("code.unknown", **seen(code="x" * 81)))["code"] == "text_too_long"
    assert await examine(database) == []


async def test_a_full_store_makes_room_for_what_was_scanned_last(
    door: Door, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.unknown_codes.facts.MOST_KEPT", 3)
    for minutes in (5, 3, 4, 2, 9, 1):
        phone = Phone(door, ADA)
        await phone.send(phone.operation("code.unknown", seen(code=f"AB-{minutes}"), NOW - minutes * MINUTE))
    assert set(await held(database)) == {"AB-1", "AB-2", "AB-3"}
    assert await examine(database) == []


async def test_it_is_forgotten_when_nobody_scans_it_any_more(door: Door, database: Database) -> None:
    ada = Phone(door, ADA)
    await ada.send(ada.operation("code.unknown", seen(code="AB-1"), NOW - MINUTE))
    phone = Reader(database, ADA)
    await let_go(database, NOW + 89 * DAY_MS)
    await phone.pull()
    assert len(phone.rows["unknown_codes:1"]) == 1
    await let_go(database, NOW + 91 * DAY_MS)
    await phone.pull()
    assert phone.rows["unknown_codes:1"] == {}
    assert await examine(database) == []


async def test_a_code_is_an_items_once_somebody_else_approves_it(door: Door, database: Database) -> None:
    ada, cleo = Phone(door, ADA), Phone(door, CLEO)
    await ada.do("code.unknown", **seen())
    await Phone(door, BO).do("code.unknown", **seen(ANTWERP))
    result = await ada.do("barcode.teach", **about())
    assert (result["status"], result["code"]) == ("review", "needs_approval")
    assert await owner_of(database) is None
    assert (await ada.do("review.settle", operation=result["id"], accept=True))["code"] == "not_allowed"
    settled = await cleo.do("review.settle", operation=result["id"], accept=True)
    assert settled["status"] == "applied"
    assert await owner_of(database) == TEA
    assert await held(database) == {}
    assert await held(database, BO, ANTWERP) == {}
    phone = Reader(database, ADA)
    await phone.pull()
    assert CODE in phone.rows["catalogue:1"][str(TEA)][1]["gtins"]
    assert phone.rows["user:1"][f"outcome:{result['id']}"][1]["settled"]["accepted"]
    assert await examine(database) == []


async def test_a_managers_own_proposal_waits_for_somebody_else(door: Door, database: Database) -> None:
    cleo = Phone(door, CLEO)
    result = await cleo.do("barcode.teach", **about())
    assert result["status"] == "review"
    assert (await cleo.do("review.settle", operation=result["id"], accept=True))["code"] == "own_work"
    for person in (ADA, BO, EVE):
        other = await Phone(door, person).do("review.settle", operation=result["id"], accept=True)
        assert other["code"] == "not_allowed"
    assert (await Phone(door, DEV).do("review.settle", operation=result["id"], accept=True))["status"] == "applied"
    assert await owner_of(database) == TEA


async def test_who_proposed_it_hears_why_it_was_declined(door: Door, database: Database) -> None:
    ada = Phone(door, ADA)
    await ada.do("code.unknown", **seen())
    result = await ada.do("barcode.teach", **about())
    await Phone(door, CLEO).do("review.settle", operation=result["id"], accept=False, note="That is the big pack")
    assert await owner_of(database) is None
    assert set(await held(database)) == {CODE}
    phone = Reader(database, ADA)
    await phone.pull()
    told = phone.rows["user:1"][f"outcome:{result['id']}"][1]["settled"]
    assert (told["accepted"], told["by"], told["note"]) == (False, "Cleo", "That is the big pack")
    assert await examine(database) == []


async def test_a_code_that_belongs_to_another_item_meanwhile_is_refused(door: Door, database: Database) -> None:
    ada, cleo = Phone(door, ADA), Phone(door, CLEO)
    result = await ada.do("barcode.teach", **about(TEA))
    await Phone(door, EVE).do("barcode.add", item=SOAP, gtin=CODE)
    late = await cleo.do("review.settle", operation=result["id"], accept=True)
    assert (late["status"], late["code"], late["params"]) == ("refused", "barcode_taken", {"gtin": CODE, "item": SOAP})
    assert await owner_of(database) == SOAP
    # It waits on, to be declined.
    assert (await cleo.do("review.settle", operation=result["id"], accept=False, note="soap"))["status"] == "applied"
    assert (await ada.do("barcode.teach", **about(TEA)))["code"] == "barcode_taken"
    assert await examine(database) == []


async def test_two_who_say_the_same_are_both_right(door: Door, database: Database) -> None:
    one = await Phone(door, ADA).do("barcode.teach", **about())
    other = await Phone(door, CLEO).do("barcode.teach", **about())
    dev = Phone(door, DEV)
    for result in (one, other):
        assert (await dev.do("review.settle", operation=result["id"], accept=True))["status"] == "applied"
    assert await owner_of(database) == TEA
    # Who comes after all is told that there is nothing left to say.
    assert (await Phone(door, ADA).do("barcode.teach", **about()))["status"] == "applied"
    assert await examine(database) == []


async def test_what_cannot_be_is_refused_at_once(door: Door) -> None:
    for args, code in (
        (about(code="4006381333932"), "barcode_wrong"),
        (about(code="AB-12"), "barcode_wrong"),
        (about(item=99), "item_unknown"),
        (about(store=ANTWERP), "not_allowed"),
        (about(store=77), "store_unknown"),
        (about(item=SOAP, code=shop.GTINS[TEA]), "barcode_taken"),
    ):
        assert (await Phone(door, ADA).do("barcode.teach", **args))["code"] == code


async def test_a_proposal_that_nobody_signed_is_put_away(door: Door, database: Database) -> None:
    ada, cleo = Phone(door, ADA), Phone(door, CLEO)
    op = forged(ada.operation("barcode.teach", about()))
    await ada.send(op)
    assert (await cleo.do("review.settle", operation=op.id, accept=True))["code"] == "review_no_fact"
    assert (await cleo.do("review.settle", operation=op.id, accept=False))["status"] == "applied"
    sight = forged(ada.operation("code.unknown", seen()))
    await ada.send(sight)
    assert (await cleo.do("review.settle", operation=sight.id, accept=True))["status"] == "applied"
    assert set(await held(database)) == {CODE}
    assert await examine(database) == []
