"""What was set aside is taken up again at its own moment, or refused for good; its author and its phone are told."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server.control import have_done, listening, sole_writer
from server.database import Database
from server.decisions import Decision, Facts, Happened
from server.inbox.accept import Door
from server.inbox.messages import Operation
from server.inbox.parked import Looked, drop_parked, list_parked, look_again, require_parked, retry_parked
from server.inbox.tables import second_looks
from server.inbox.verdicts import RULES, Rule
from server.ledger.facts import entry_rows
from server.ledger.tables import ledger
from server.refusals import NotPossible
from server.settings import Settings
from tests import shop
from tests.phones import Phone, on_hand
from tests.server.test_cli import stockhand
from tests.server.test_pull import Reader

GREEN = Looked("green")


def adjust(delta: int = -1, item: int = shop.TEA) -> dict[str, Any]:
    return {"store": shop.GHENT, "item": item, "delta": delta, "reason": "damaged"}


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Rules for adjustments that break; `undo()` mends them."""

    def decide(_op: Happened, _facts: Facts) -> Decision:
        raise ZeroDivisionError("a bug")

    for kind in ("stock.adjust", "transfer.request"):
        monkeypatch.setitem(RULES, kind, Rule(RULES[kind].needs, decide))
    return monkeypatch


async def said(phone: Phone, *ops: Operation) -> list[tuple[str, str | None]]:
    results = [verdict.result() for verdict in (await phone.send(*ops)).verdicts]
    return [(one["status"], one.get("code")) for one in results]


async def retried(database: Database, *ids: str) -> list[tuple[str, str]]:
    became = await look_again(database, lambda: shop.NOW + 5000, ids, GREEN)
    return [(one["id"], one["status"]) for one in became]


async def test_what_was_parked_takes_effect_as_of_when_it_happened(
    door: Door, database: Database, broken: pytest.MonkeyPatch
) -> None:
    ada, reader = Phone(door, shop.ADA), Reader(database, shop.ADA)
    op = ada.operation("stock.adjust", adjust(-2))
    assert await said(ada, op) == [("parked", "unexpected")]
    await reader.pull()
    async with database.reading() as connection:
        [row] = await list_parked(connection)
    assert (row.id, row.kind, row.who, row.last_line) == (op.id, "stock.adjust", "Ada", "ZeroDivisionError: a bug")
    broken.undo()
    assert await retried(database, op.id) == [(op.id, "applied")]
    assert await on_hand(database, shop.GHENT, shop.TEA) == 3
    async with database.reading() as connection:
        [entry] = await connection.execute(select(ledger).where(ledger.c.operation_id == op.id))
        [look] = await connection.execute(select(second_looks))
    assert entry.effective_at == row.at
    assert (look.by, look.became, look.why) == ("green", "applied", None)
    assert "ZeroDivisionError" in look.traceback
    # The phone that sends it again hears what became of it, and its author's phone pulls the same.
    assert await said(ada, op) == [("applied", None)]
    await reader.pull()
    assert reader.rows["user:1"][f"outcome:{op.id}"][1]["status"] == "applied"
    assert reader.rows["stock:1"][str(shop.TEA)][1]["on_hand"] == 3
    assert await retried(database, op.id) == []


async def test_what_stands_on_it_follows(door: Door, database: Database, broken: pytest.MonkeyPatch) -> None:
    ada = Phone(door, shop.ADA)
    lines = [{"item": shop.TEA, "quantity": 2}]
    asked = ada.operation("transfer.request", {"from": shop.ANTWERP, "to": shop.GHENT, "lines": lines})
    ends = {"transfer": asked.id, "from_state": "requested"}
    second = ada.operation("transfer.cancel", ends, dep=asked.id)
    third = ada.operation("transfer.cancel", ends, dep=second.id)
    assert await said(ada, asked, second, third) == [
        ("parked", "unexpected"),
        *[("parked", "depends_on_parked")] * 2,
    ]
    assert await retried(database, third.id) == [(third.id, "parked")]
    broken.undo()
    assert await retried(database, second.id) == [(second.id, "parked")]
    assert await retried(database, asked.id) == [(asked.id, "applied"), (second.id, "applied"), (third.id, "refused")]
    assert await said(ada, third) == [("refused", "state_changed")]


async def test_what_is_dropped_is_refused_with_all_that_stands_on_it(
    door: Door, database: Database, broken: pytest.MonkeyPatch
) -> None:
    ada, reader = Phone(door, shop.ADA), Reader(database, shop.ADA)
    first = ada.operation("stock.adjust", adjust(-2))
    second = ada.operation("stock.adjust", adjust(-1), dep=first.id)
    await said(ada, first, second)
    broken.undo()
    given = {"id": first.id, "by": "green", "why": "Booked by hand on Monday"}
    became = (await drop_parked(database, given))["became"]
    assert [(one["id"], one["status"], one["code"]) for one in became] == [
        (first.id, "refused", "dropped"),
        (second.id, "refused", "dropped"),
    ]
    await reader.pull()
    row = reader.rows["user:1"][f"outcome:{second.id}"][1]
    assert (row["status"], row["code"], row["params"]) == ("refused", "dropped", {"why": "Booked by hand on Monday"})
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5
    async with database.reading() as connection:
        assert await list_parked(connection) == []
        with pytest.raises(NotPossible, match="it is refused"):
            await require_parked(connection, first.id)


async def test_what_still_fails_waits_with_its_newest_traceback(
    door: Door, database: Database, broken: pytest.MonkeyPatch
) -> None:
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    await said(ada, op)
    broken.undo()

    def spoilt(listed: Any, *about: Any) -> Any:
        return [(999, *row[1:]) for row in entry_rows(listed, *about)]

    # Now its writing fails instead of its rule.
    broken.setattr("server.inbox.group.entry_rows", spoilt)
    assert await retried(database, op.id) == [(op.id, "parked")]
    async with database.reading() as connection:
        [row] = await list_parked(connection)
    assert "IntegrityError" in row.traceback
    broken.undo()
    assert await retried(database, op.id) == [(op.id, "applied")]
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4


async def test_under_another_number_it_is_told_the_same(
    door: Door, database: Database, broken: pytest.MonkeyPatch
) -> None:
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    await said(ada, op)
    again = Phone(door, shop.ADA)
    assert await said(again, op) == [("already", "unexpected")]
    broken.undo()
    await retried(database, op.id)
    [verdict] = (await again.send(op)).verdicts
    assert (verdict.result()["status"], verdict.result()["now"]) == ("already", {"status": "applied"})
    assert "code" not in verdict.result()


async def test_two_who_retry_at_once_book_it_once(door: Door, database: Database, broken: pytest.MonkeyPatch) -> None:
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    await said(ada, op)
    broken.undo()
    both = await asyncio.gather(*(retried(database, op.id) for _ in range(4)))
    assert sorted(both, key=len) == [[], [], [], [(op.id, "applied")]]
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4


async def test_what_a_blocked_device_says_it_did_later_still_waits_for_somebody(
    door: Door, database: Database, broken: pytest.MonkeyPatch
) -> None:
    ada, eve = Phone(door, shop.ADA), Phone(door, shop.EVE)
    op = ada.operation("stock.adjust", adjust(), at=shop.NOW + 900)
    assert await said(ada, op) == [("parked", "unexpected")]
    await eve.do("device.block", device=shop.device_of(shop.ADA))
    broken.undo()
    assert await retried(database, op.id) == [(op.id, "review")]


async def test_beside_a_hub_the_hub_does_it_and_phones_hear_at_once(
    settings: Settings, door: Door, database: Database, broken: pytest.MonkeyPatch
) -> None:
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    await said(ada, op)
    broken.undo()
    told: dict[str, int] = {}
    database.heard = told.update
    deeds = {"inbox retry": retry_parked}
    with sole_writer(settings):
        async with listening(settings, database, deeds):
            done = await have_done(settings, deeds, "inbox retry", {"ids": [op.id], "by": "green"})
    assert [one["status"] for one in done["became"]] == ["applied"]
    if settings.on_sqlite:
        assert {"user:1", "stock:1"} <= set(told)


async def test_an_import_or_a_stranger_is_no_reason_to_stop(door: Door, database: Database) -> None:
    async with database.reading() as connection:
        with pytest.raises(NotPossible, match="is known here"):
            await require_parked(connection, "00000000-0000-4000-8000-000000000001")
    assert await retried(database, "00000000-0000-4000-8000-000000000001") == []


def test_at_a_terminal_it_is_listed_retried_and_dropped(
    tmp_path: Path, migrated_file: Path, broken: pytest.MonkeyPatch
) -> None:
    shutil.copy(migrated_file, tmp_path / "stockhand.db")
    settings = Settings(f"sqlite+aiosqlite:///{tmp_path}/stockhand.db", tmp_path)

    async def park_two() -> list[str]:
        database = await Database.open(settings)
        await shop.open_shop(database)
        door = Door(database, lambda: shop.NOW + 1000, lambda heads: None)
        door.open()
        ada = Phone(door, shop.ADA)
        ops = [ada.operation("stock.adjust", adjust()) for _ in range(3)]
        await ada.send(*ops)
        await door.close()
        await database.close()
        return [op.id for op in ops]

    first, second, third = asyncio.run(park_two())
    listed = stockhand("inbox", "parked", "--data", tmp_path).output
    assert listed.splitlines()[0].split() == ["id", "kind", "who", "when", "(UTC)", "why"]
    assert f"{first}  stock.adjust  Ada" in listed
    assert "ZeroDivisionError: a bug" in listed
    assert "in decide" in stockhand("inbox", "parked", "--traceback", second, "--data", tmp_path).output
    broken.undo()
    assert stockhand("inbox", "retry", second, "--data", tmp_path).output == f"{second}  stock.adjust: booked\n"
    assert "not set aside; it is applied" in stockhand("inbox", "retry", second, "--data", tmp_path).output
    assert "--why" in stockhand("inbox", "drop", third, "--data", tmp_path).output
    dropped = stockhand("inbox", "drop", third, "--why", "a double", "--data", tmp_path).output
    assert dropped == f"{third}  stock.adjust: refused (dropped)\n"
    assert stockhand("inbox", "retry", "--all", "--data", tmp_path).output == f"{first}  stock.adjust: booked\n"
    assert stockhand("inbox", "parked", "--data", tmp_path).output == "Nothing is set aside.\n"
    assert stockhand("doctor", "--data", tmp_path).output == "The books are true.\n"
