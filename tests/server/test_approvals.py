"""Approval rules, on both databases: what waits because of them, for whose words, and who may change them."""

from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from server.approvals.tables import approval_rules, review_words
from server.approvals.words import Approval, Told, Word, variance_percent, word_for, worth
from server.counts.recounts import settle_agreed
from server.database import Database
from server.inbox.accept import Door
from server.ledger.doctor import examine
from server.people.tables import roles
from server.policies.tables import policies
from tests import shop
from tests.phones import Phone, on_hand
from tests.server.test_pull import Reader

THEFT = "00000000-0000-4000-8000-0000000000a1"
RULE = {"rule": THEFT, "work": "stock.adjust", "units": 3, "cents": 0, "level": 3, "people": 2, "gone": False}


def rule(**more: Any) -> Approval:
    asked = {"id": THEFT, "work": "stock.adjust", "reason": "", "store": 0, "units": 0, "cents": 0}
    return Approval(**{**asked, "level": 3, "people": 1, **more})


def told(**more: Any) -> Told:
    return Told(
        **{"work": "stock.adjust", "store": 1, "reason": "theft", "units": 10, "cents": 3490, "percent": 40, **more}
    )


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({}, True),
        ({"work": "stock.count"}, False),
        ({"reason": "theft"}, True),
        ({"reason": "damaged"}, False),
        ({"store": 1}, True),
        ({"store": 2}, False),
        ({"units": 10}, True),
        ({"units": 11}, False),
        ({"cents": 3490}, True),
        ({"cents": 3491}, False),
        # Many or dear: either is enough.
        ({"units": 11, "cents": 3490}, True),
        ({"units": 10, "cents": 9999}, True),
        ({"units": 11, "cents": 9999}, False),
        ({"units": 11, "percent": 40}, True),
        ({"units": 11, "percent": 41}, False),
    ],
)
def test_a_rule_fits_what_it_names(asked: dict[str, Any], fits: bool) -> None:
    assert (word_for([rule(**asked)], told()) is not None) == fits


def test_of_several_rules_the_strictest_of_each_holds() -> None:
    assert word_for([rule(level=4), rule(people=2)], told()) == Word(4, 2)
    assert word_for([], told()) is None


def test_goods_by_weight_have_their_price_for_a_thousand() -> None:
    assert worth(-3, 349, "each") == 1047
    assert worth(2500, 1890, "g") == 4725


def test_a_variance_of_the_book_is_told_in_percent_and_of_nothing_it_is_more_than_any() -> None:
    assert [variance_percent(*pair) for pair in ((3, 10), (-3, 10), (1, 1000), (0, 0), (3, -10))] == [30, 30, 1, 0, 30]
    assert variance_percent(1, 0) > 100_000


async def made(door: Door, **more: Any) -> None:
    result = await Phone(door, shop.EVE).do("approval.save", **{**RULE, **more})
    assert result["status"] == "applied"


async def stolen(phone: Phone, units: int = 3, reason: str = "theft") -> tuple[str, dict[str, Any]]:
    args = {"store": shop.GHENT, "item": shop.TEA, "delta": -units, "reason": reason}
    op = phone.operation("stock.adjust", args)
    return op.id, (await phone.send(op)).verdicts[0].result()


async def accepted(phone: Phone, about: str, accept: bool = True) -> dict[str, Any]:
    return await phone.do("review.settle", operation=about, accept=accept)


async def cards(database: Database, person: int) -> dict[str, Any]:
    reader = Reader(database, person)
    await reader.pull()
    return {key: row for key, (_version, row) in reader.rows.get("reviews:1", {}).items() if row is not None}


async def test_two_people_accept_it_and_the_second_word_books_it(door: Door, database: Database) -> None:
    await made(door, reason="theft")
    ada, cleo, dev = (Phone(door, person) for person in (shop.ADA, shop.CLEO, shop.DEV))
    about, result = await stolen(ada)
    assert (result["status"], result["code"], result["params"]) == ("review", "approval_rule", {"people": 2})
    first = await accepted(cleo, about)
    assert (first["status"], first["code"]) == ("applied", "one_of_several")
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5
    card = (await cards(database, shop.DEV))[f"review:{about}"]
    assert (card["level"], card["people"], card["words"]) == (3, 2, [{"person": shop.CLEO, "name": "Cleo"}])
    assert (await accepted(cleo, about))["code"] == "word_given"
    assert (await accepted(ada, about))["code"] == "not_allowed"
    assert (await accepted(dev, about))["status"] == "applied"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 2
    assert await cards(database, shop.DEV) == {}
    async with database.reading() as connection:
        words = (await connection.execute(select(review_words.c.person_id))).scalars().all()
    assert words == [shop.CLEO]
    assert await examine(database) == []


async def test_a_word_that_somebody_struck_from_the_book_is_missed(door: Door, database: Database) -> None:
    await made(door)
    about, _result = await stolen(Phone(door, shop.ADA))
    for person in (shop.CLEO, shop.DEV):
        await accepted(Phone(door, person), about)
    async with database.writing() as connection:
        [word] = (await connection.execute(select(review_words))).mappings().all()
        await connection.execute(delete(review_words))
    assert [one.what for one in await examine(database)] == [
        f"Review {about} was accepted by fewer people than it needs."
    ]
    async with database.writing() as connection:
        await connection.execute(insert(review_words), [dict(word)])


async def test_the_author_is_never_one_of_the_two(door: Door, database: Database) -> None:
    await made(door)
    cleo, dev = Phone(door, shop.CLEO), Phone(door, shop.DEV)
    about, result = await stolen(cleo)
    # A manager's own limit does not let it pass.
    assert result["code"] == "approval_rule"
    assert (await accepted(cleo, about))["code"] == "own_work"
    assert (await accepted(dev, about))["code"] == "one_of_several"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5


async def test_one_of_two_may_decline_it_alone(door: Door, database: Database) -> None:
    await made(door)
    about, _result = await stolen(Phone(door, shop.ADA))
    await accepted(Phone(door, shop.CLEO), about)
    assert (await accepted(Phone(door, shop.DEV), about, accept=False))["status"] == "applied"
    assert (await accepted(Phone(door, shop.CLEO), about))["code"] == "review_settled"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5
    assert await examine(database) == []


async def test_what_a_rule_keeps_for_an_area_manager_is_not_a_store_managers(door: Door, database: Database) -> None:
    await made(door, level=4, people=1)
    about, _result = await stolen(Phone(door, shop.ADA))
    assert (await accepted(Phone(door, shop.CLEO), about))["code"] == "not_allowed"
    assert (await accepted(Phone(door, shop.DEV), about))["status"] == "applied"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 2


async def test_less_than_the_rule_names_is_booked_at_once(door: Door, database: Database) -> None:
    await made(door, reason="theft")
    assert (await stolen(Phone(door, shop.ADA), 2))[1]["status"] == "applied"
    assert (await stolen(Phone(door, shop.ADA), 3, "damaged"))[1]["status"] == "applied"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 0


async def test_what_waits_keeps_what_was_asked_of_it(door: Door, database: Database) -> None:
    await made(door)
    about, _result = await stolen(Phone(door, shop.ADA))
    await made(door, gone=True)
    assert (await stolen(Phone(door, shop.ADA), 4))[1]["status"] == "applied"
    assert (await accepted(Phone(door, shop.CLEO), about))["code"] == "one_of_several"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 1


async def test_a_dear_count_waits_for_managers_although_it_is_tolerated_and_two_saw_the_same(
    door: Door, database: Database
) -> None:
    await made(door, work="stock.count", units=0, cents=600)
    ada = Phone(door, shop.ADA)
    one = await ada.do("stock.count", store=shop.GHENT, item=shop.TEA, counted=4)
    assert one["status"] == "applied"
    result = await ada.do("stock.count", store=shop.GHENT, item=shop.TEA, counted=2)
    assert (result["status"], result["code"], result["params"]) == ("review", "count_variance", {})
    again = await Phone(door, shop.CLEO).do("stock.count", store=shop.GHENT, item=shop.TEA, counted=2)
    assert again["status"] == "review"
    assert await settle_agreed(database, door.push, shop.NOW) == 0
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4


async def second_administrator(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(update(roles).where(roles.c.person_id == shop.FAY).values(level=5, store_id=None))


async def test_a_change_of_a_rule_waits_for_another_administrator(door: Door, database: Database) -> None:
    await second_administrator(database)
    eve, fay = Phone(door, shop.EVE), Phone(door, shop.FAY)
    op = eve.operation("approval.save", RULE)
    result = (await eve.send(op)).verdicts[0].result()
    assert (result["status"], result["code"]) == ("review", "second_person")
    assert (await stolen(Phone(door, shop.ADA)))[1]["status"] == "applied"
    assert (await accepted(eve, op.id))["code"] == "own_work"
    assert (await accepted(Phone(door, shop.DEV), op.id))["code"] == "not_allowed"
    assert (await accepted(fay, op.id))["status"] == "applied"
    assert (await stolen(Phone(door, shop.ADA)))[1]["code"] == "approval_rule"
    other = {"name": "blind_receipts", "value": "yes", "was": "no"}
    about = eve.operation("policy.save", other)
    assert (await eve.send(about)).verdicts[0].result()["code"] == "second_person"
    async with database.reading() as connection:
        assert (await connection.execute(select(policies))).all() == []
    await accepted(fay, about.id)
    async with database.reading() as connection:
        assert (await connection.execute(select(policies.c.value))).scalars().all() == [True]
    assert await examine(database) == []


async def test_an_area_manager_proposes_rules_for_the_stores_of_the_area(door: Door, database: Database) -> None:
    dev, eve = Phone(door, shop.DEV), Phone(door, shop.EVE)
    assert (await dev.do("approval.save", **RULE))["code"] == "not_allowed"
    op = dev.operation("approval.save", {**RULE, "store": shop.GHENT})
    assert (await dev.send(op)).verdicts[0].result()["code"] == "second_person"
    assert (await accepted(eve, op.id))["status"] == "applied"
    async with database.reading() as connection:
        [made_by] = (await connection.execute(select(approval_rules.c.changed_by))).scalars()
    assert made_by == shop.DEV
    # Nor may they loosen what holds for the chain by naming their own store.
    await made(door)
    loosened = {**RULE, "store": shop.GHENT, "gone": True}
    assert (await dev.do("approval.save", **loosened))["code"] == "not_allowed"
    assert (await Phone(door, shop.CLEO).do("approval.save", **loosened))["code"] == "not_allowed"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"store": 99}, "store_unknown"),
        ({"work": "stock.count", "reason": "theft"}, "field_wrong"),
        ({"work": "transfer.approve", "percent": 5}, "field_wrong"),
    ],
)
async def test_a_rule_about_what_is_not_there_is_refused(door: Door, more: dict[str, Any], code: str) -> None:
    assert (await Phone(door, shop.EVE).do("approval.save", **{**RULE, **more}))["code"] == code
