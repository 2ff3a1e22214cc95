"""The door on both databases: what is booked, what is refused, and that nothing is booked twice."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from server.database import Database
from server.inbox.accept import Door
from server.inbox.group import Group
from server.inbox.messages import Health, Operation
from server.inbox.tables import outcomes
from server.inbox.verdicts import RULES
from server.ledger.facts import entry_rows
from server.ledger.tables import ledger
from tests import shop
from tests.phones import Phone, on_hand, signed


async def count(database: Database, table: Any) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


def adjust(item: int = shop.TEA, delta: int = -1, store: int = shop.GHENT) -> dict[str, Any]:
    return {"store": store, "item": item, "delta": delta, "reason": "damaged"}


async def test_an_adjustment_is_booked_once_however_often_it_is_sent(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust(delta=-2))
    first = await ada.send(op)
    again = await asyncio.gather(*(ada.send(op) for _ in range(5)))
    assert first.verdicts[0].result()["status"] == "applied"
    assert {str(answer.verdicts[0].result()) for answer in again} == {str(first.verdicts[0].result())}
    assert await on_hand(database, shop.GHENT, shop.TEA) == 3
    assert await count(database, outcomes) == 1


async def test_a_refusal_is_remembered_like_a_success(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust(item=99))
    results = [(await ada.send(op)).verdicts[0].result() for _ in range(2)]
    assert results[0] == results[1]
    assert (results[0]["status"], results[0]["code"]) == ("refused", "item_unknown")


async def test_another_id_at_a_settled_number_is_a_fork(door: Door) -> None:
    ada = Phone(door, shop.ADA)
    await ada.send(ada.operation("stock.adjust", adjust()))
    ada.n = 0
    answer = await ada.send(ada.operation("stock.adjust", adjust()))
    assert answer.conflict == {"code": "forked", "last_n": 1}


async def test_a_number_beyond_the_next_is_a_gap(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    ada.n = 4
    answer = await ada.send(ada.operation("stock.adjust", adjust()))
    assert answer.conflict == {"code": "gap", "expected": 1}
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5


async def test_another_devices_outbox_cannot_be_used(door: Door) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    await ada.send(ada.operation("stock.adjust", adjust()))
    bo.client = ada.client
    answer = await bo.send(bo.operation("stock.adjust", adjust()))
    assert answer.conflict is not None
    assert answer.conflict["code"] == "forked"


async def test_the_same_id_from_a_renumbered_outbox_is_already_booked(door: Door, database: Database) -> None:
    ada, restored = Phone(door, shop.ADA), Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    await ada.send(op)
    result = (await restored.send(op)).verdicts[0].result()
    assert (result["status"], result["now"]) == ("already", {"status": "applied"})
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4


async def test_the_same_id_with_other_content_is_refused(door: Door, database: Database) -> None:
    ada, other = Phone(door, shop.ADA), Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    await ada.send(op)
    forged = Operation(1, op.id, op.kind, 1, adjust(delta=-4), op.at, 0.0, 0, op.by, None)
    result = (await other.send(signed(forged, shop.secret_of(shop.ADA)))).verdicts[0].result()
    assert (result["status"], result["code"]) == ("refused", "id_taken")
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4


async def test_an_operation_signed_by_one_person_and_claimed_for_another_has_no_effect(
    door: Door, database: Database
) -> None:
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    claimed = Operation(1, op.id, op.kind, 1, op.args, op.at, 0.0, 0, shop.CLEO, op.mac)
    result = (await ada.send(claimed)).verdicts[0].result()
    assert (result["status"], result["code"], result["review"]) == ("review", "signature_invalid", True)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5


async def test_a_fact_without_the_right_waits_for_acceptance(door: Door, database: Database) -> None:
    ada, eve, fay = Phone(door, shop.ADA), Phone(door, shop.EVE), Phone(door, shop.FAY)
    results = [
        await ada.do("stock.adjust", **adjust(store=shop.ANTWERP)),
        await ada.do("stock.adjust", **adjust(delta=-21)),
        await eve.do("stock.adjust", **adjust()),
        await fay.do("stock.adjust", **adjust(store=shop.LEIDEN)),
    ]
    assert [(r["status"], r["code"]) for r in results] == [
        ("review", "not_allowed"),
        ("review", "above_limit"),
        ("review", "not_allowed"),
        ("review", "not_allowed"),
    ]
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5


async def test_below_zero_and_archived_are_booked_and_said(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    below = await ada.do("stock.adjust", **adjust(delta=-7))
    archived = await ada.do("stock.adjust", **adjust(item=shop.LAMP, delta=1))
    assert (below["status"], below["code"], below["params"]) == ("applied", "below_zero", {"item": 1, "on_hand": -2})
    assert (archived["status"], archived["code"], archived["review"]) == ("applied", "item_archived", True)
    assert await on_hand(database, shop.GHENT, shop.TEA) == -2


async def test_unknown_kinds_versions_and_wrong_fields_are_refused_and_the_queue_goes_on(door: Door) -> None:
    ada = Phone(door, shop.ADA)
    ops = [
        ada.operation("stock.eat", {}),
        ada.operation("stock.adjust", {**adjust(), "delta": 0}),
        ada.operation("stock.adjust", {**adjust(), "colour": "red"}),
        ada.operation("stock.adjust", adjust()),
    ]
    ops[1] = signed(Operation(2, ops[1].id, ops[1].kind, 9, ops[1].args, ops[1].at, 0, 0, 1, None), shop.secret_of(1))
    results = [verdict.result() for verdict in (await ada.send(*ops)).verdicts]
    assert [(r["status"], r.get("code")) for r in results] == [
        ("refused", "kind_unknown"),
        ("refused", "version_unknown"),
        ("refused", "field_wrong"),
        ("applied", None),
    ]


async def test_a_rule_that_raises_parks_its_operation_and_what_stands_on_it(
    door: Door, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_op: Any, _facts: Any) -> Any:
        raise ZeroDivisionError("a bug")

    monkeypatch.setitem(RULES, "person.prefer", RULES["person.prefer"]._replace(decide=broken))
    ada = Phone(door, shop.ADA)
    poison = ada.operation("person.prefer", {"locale": "zh"})
    ops = [poison, ada.operation("stock.adjust", adjust(), dep=poison.id), ada.operation("stock.adjust", adjust())]
    results = [verdict.result() for verdict in (await ada.send(*ops)).verdicts]
    assert [(r["status"], r.get("code")) for r in results] == [
        ("parked", "unexpected"),
        ("parked", "depends_on_parked"),
        ("applied", None),
    ]
    async with database.reading() as connection:
        query = select(outcomes.c.traceback).where(outcomes.c.operation_id == poison.id)
        assert "ZeroDivisionError" in str(await connection.scalar(query))


async def test_an_operation_that_the_database_refuses_is_parked_alone(
    door: Door, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = entry_rows

    def spoilt(entries: Any, *about: Any) -> Any:
        written = rows(entries, *about)
        return [(999, *row[1:]) if row[3] == -3 else row for row in written]

    monkeypatch.setattr("server.inbox.group.entry_rows", spoilt)
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    ops = [ada.operation("stock.adjust", adjust(delta=delta)) for delta in (-1, -3, -1)]
    answers = await asyncio.gather(ada.send(*ops), bo.send(bo.operation("stock.adjust", adjust(store=shop.ANTWERP))))
    statuses = [[verdict.result()["status"] for verdict in answer.verdicts] for answer in answers]
    assert statuses == [["applied", "parked", "applied"], ["applied"]]
    assert await on_hand(database, shop.GHENT, shop.TEA) == 3


async def test_one_that_the_database_refuses_is_found_among_many_by_halves(
    door: Door, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, book, transactions = entry_rows, Group.book, 0

    def spoilt(entries: Any, *about: Any) -> Any:
        written = rows(entries, *about)
        return [(999, *row[1:]) if row[3] == 7 else row for row in written]

    async def counted(self: Group, *given: Any) -> Any:
        nonlocal transactions
        transactions += 1
        return await book(self, *given)

    monkeypatch.setattr("server.inbox.group.entry_rows", spoilt)
    monkeypatch.setattr(Group, "book", counted)
    ada = Phone(door, shop.ADA)
    deltas = [1] * 37 + [7] + [1] * 12
    answer = await ada.send(*(ada.operation("stock.adjust", adjust(delta=delta)) for delta in deltas))
    statuses = [verdict.result()["status"] for verdict in answer.verdicts]
    assert statuses == ["parked" if delta == 7 else "applied" for delta in deltas]
    assert answer.last_n == 50
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5 + 49
    assert transactions <= 16


async def test_the_hubs_clock_bounds_the_phones(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    ahead = ada.operation("stock.adjust", adjust(), at=shop.NOW + 999_999)
    behind = ada.operation("stock.adjust", adjust(), at=shop.NOW - 5)
    await ada.send(ahead, behind)
    async with database.reading() as connection:
        times = (
            (await connection.execute(select(ledger.c.effective_at).where(ledger.c.kind == "adjust"))).scalars().all()
        )
    assert times == [shop.NOW + 1000, shop.NOW + 1000]


async def test_a_withdrawn_operation_leaves_its_number_and_no_effect(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    result = await ada.do("void")
    assert result["status"] == "void"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5


async def test_the_ledger_itself_refuses_to_be_changed(door: Door, database: Database) -> None:
    from sqlalchemy import delete, update
    from sqlalchemy.exc import DBAPIError

    for statement in (update(ledger).values(delta=1), delete(ledger)):
        with pytest.raises(DBAPIError, match="immutable"):
            async with database.writing() as connection:
                await connection.execute(statement)


async def test_a_void_that_nobody_signed_takes_its_slot_and_nothing_else(door: Door, database: Database) -> None:
    ada, bo = Phone(door, shop.ADA), Phone(door, shop.BO)
    op = ada.operation("stock.adjust", adjust())
    void = Operation(1, op.id, "void", 1, {}, shop.NOW, 0.0, 0, shop.ADA, None)
    [taken] = (await bo.send(void)).verdicts
    assert taken.result()["status"] == "void"
    assert [verdict.result()["status"] for verdict in (await ada.send(op)).verdicts] == ["applied"]
    # Also where both come together, the void first.
    bo.n, later = 1, ada.operation("stock.adjust", adjust())
    unsigned = Operation(2, later.id, "void", 1, {}, shop.NOW, 0.0, 0, shop.ADA, None)
    both = await asyncio.gather(bo.send(unsigned), ada.send(later))
    assert [answer.verdicts[0].result()["status"] for answer in both] == ["void", "applied"]
    assert await on_hand(database, shop.GHENT, shop.TEA) == 3


async def test_what_its_author_withdrew_stays_withdrawn_when_it_comes_by_another_way(
    door: Door, database: Database
) -> None:
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    void = Operation(1, op.id, "void", 1, {}, shop.NOW, 0.0, 0, shop.ADA, None)
    await ada.send(signed(void, shop.secret_of(shop.ADA)))
    [late] = (await Phone(door, shop.ADA).send(op)).verdicts
    assert late.result()["status"] == "refused"
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5


@pytest.mark.parametrize(("said_at", "happened"), [(shop.NOW + 100, 300), (None, 1000), (shop.NOW + 90_000, 1000)])
async def test_what_was_recorded_while_a_message_was_on_its_way_keeps_its_time(
    door: Door, database: Database, said_at: int | None, happened: int
) -> None:
    ada = Phone(door, shop.ADA)
    await ada.send(ada.operation("stock.adjust", adjust()), health=Health(waiting=1, said_at=said_at))
    late = ada.operation("stock.adjust", adjust(), at=shop.NOW + 300)
    [verdict] = (await ada.send(late)).verdicts
    assert verdict.at == shop.NOW + happened
