"""A backup is the shop of one moment, restored into either database; phones bring back what they did since, once."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from server.backups import restoring
from server.backups.restoring import restore
from server.backups.writing import opened_file, write_backup
from server.catalogue.tables import items
from server.clock import now_ms
from server.control import sole_writer
from server.database import Database
from server.inbox.accept import Door
from server.inbox.messages import Operation
from server.inbox.tables import buckets
from server.invitations.tables import invitations
from server.ledger.doctor import examine
from server.ledger.tables import ledger
from server.migrations.upgrade import every_table
from server.people.passwords import NO_PASSWORD
from server.people.tables import failed_sign_ins, people, sessions
from server.refusals import NotPossible
from server.settings import Settings
from tests import shop
from tests.phones import Phone, on_hand
from tests.server.test_cli import stockhand
from tests.server.test_pull import Reader


def adjust(delta: int = -1) -> dict[str, Any]:
    return {"store": shop.GHENT, "item": shop.TEA, "delta": delta, "reason": "damaged"}


async def opened_door(database: Database) -> Door:
    door = Door(database, lambda: shop.NOW + 1000, lambda heads: None)
    door.open()
    return door


async def everything(database: Database) -> dict[str, list[Any]]:
    async with database.reading() as connection:
        return {
            table.name: sorted(map(repr, (await connection.execute(select(table))).mappings()))
            for table in every_table().sorted_tables
        }


async def restored(settings: Settings, file: Path, replaces: bool = True) -> Database:
    await restore(settings, file, replaces, now_ms())
    return await Database.open(settings)


@pytest.fixture
async def another(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """An empty database of the other kind, as well as a test can have one: SQLite."""
    place = tmp_path / "another"
    place.mkdir()
    return Settings(f"sqlite+aiosqlite:///{place}/stockhand.db", place)


async def test_every_row_comes_back_but_for_epochs_and_sessions(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    await shop.open_shop(database, "hash")
    door = await opened_door(database)
    await Phone(door, shop.ADA).do("stock.adjust", **adjust())
    await Phone(door, shop.EVE).do("policy.save", name="adjust_limits", value="1 2 3", was="20 500 5000")
    await door.close()
    before = await everything(database)
    file = tmp_path / "monday.stockhand"
    assert await write_backup(settings, database, file) > 0
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(NotPossible, match="is there already"):
        await write_backup(settings, database, file)
    await database.close()
    again = await restored(settings, file)
    after = await everything(again)
    assert {name for name in before if before[name] != after[name]} <= {"buckets", "sessions"}
    assert len(after["buckets"]) == len(before["buckets"])
    assert after["sessions"] == []
    assert await examine(again) == []
    # Ids go on where they stood, and the ledger is a ledger again.
    async with again.writing() as connection:
        made = insert(failed_sign_ins).values(tried="a", at=1).returning(failed_sign_ins.c.id)
        assert await connection.scalar(made) == 1
    door = await opened_door(again)
    assert (await Phone(door, shop.ADA).do("stock.adjust", **adjust(-2)))["status"] == "review"
    await door.close()
    await again.close()


async def test_after_an_older_backup_phones_bring_back_what_they_did_once(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    await shop.open_shop(database)
    door = await opened_door(database)
    ada, cleo, reader = Phone(door, shop.ADA), Phone(door, shop.CLEO), Reader(database, shop.ADA)
    first = [ada.operation("stock.adjust", adjust()) for _ in range(2)]
    await ada.send(*first)
    file = tmp_path / "old.stockhand"
    await write_backup(settings, database, file)
    await reader.pull()
    since = [ada.operation("stock.adjust", adjust()) for _ in range(2)]
    await ada.send(*since)
    # Of the other phone the backup knows nothing at all.
    found = [cleo.operation("stock.adjust", {**adjust(7), "reason": "found"})]
    await cleo.send(*found)
    await reader.pull()
    await door.close()
    await database.close()

    again = await restored(settings, file)
    door = ada.door = cleo.door = await opened_door(again)
    assert await on_hand(again, shop.GHENT, shop.TEA) == 3
    late = Reader(again, shop.ADA)
    late.cursors, late.rows = dict(reader.cursors), reader.rows
    answer = await late.pull()
    assert all(part["reset"] for part in answer["buckets"])
    assert {part["id"] for part in answer["buckets"]} == set(late.rows)
    assert [verdict.result()["status"] for verdict in (await ada.send(*since)).verdicts] == ["applied", "applied"]
    # Sent from its very beginning, under numbers of its own, nothing is booked twice.
    ada.client = Phone(door, shop.ADA).client
    answers = (await ada.send(*first, *since)).verdicts
    assert [verdict.result()["status"] for verdict in answers] == ["already"] * 4
    assert (await cleo.send(*found)).verdicts[0].result()["status"] == "applied"
    assert await on_hand(again, shop.GHENT, shop.TEA) == 3 - 2 + 7
    assert await examine(again) == []
    await door.close()
    await again.close()


async def test_a_withdrawal_that_comes_after_the_restore_hears_what_was_booked(door: Door, database: Database) -> None:
    ada = Phone(door, shop.ADA)
    op = ada.operation("stock.adjust", adjust())
    await ada.send(op)
    # Its answer never came; withdrawn meanwhile, and renumbered because the hub had counted otherwise.
    void = Phone(door, shop.ADA).operation("void", {})
    void = Operation(1, op.id, "void", 1, {}, void.at, 0.0, 0, shop.ADA, None)
    [verdict] = (await Phone(door, shop.ADA).send(void)).verdicts
    told = verdict.result()
    assert (told["status"], told["now"]) == ("already", {"status": "applied"})
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4


async def test_a_backup_of_either_database_is_restored_into_a_file(
    settings: Settings, database: Database, another: Settings, tmp_path: Path
) -> None:
    await shop.open_shop(database)
    await write_backup(settings, database, tmp_path / "b")
    moved = await restored(another, tmp_path / "b", replaces=False)
    async with moved.reading() as connection, database.reading() as held:
        count = select(func.count()).select_from(ledger)
        assert await connection.scalar(count) == await held.scalar(count)
        epochs = select(buckets.c.epoch)
        assert not set(await connection.scalars(epochs)) & set(await held.scalars(epochs))
        assert list(await connection.scalars(select(sessions.c.token_hash))) == []
    assert await examine(moved) == []
    await moved.close()


async def test_goods_that_became_others_come_back_whichever_row_lies_first(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    await shop.open_shop(database)
    door = await opened_door(database)
    assert (await Phone(door, shop.EVE).do("item.merge", item=shop.TEA, into=shop.SOAP))["status"] == "applied"
    await door.close()
    async with database.writing() as connection:
        # What was changed last lies last.
        await connection.execute(update(items).where(items.c.id == shop.SOAP).values(archived_at=None))
    await write_backup(settings, database, tmp_path / "b")
    await database.close()
    again = await restored(settings, tmp_path / "b")
    async with again.reading() as connection:
        became = select(items.c.merged_into).where(items.c.id == shop.TEA)
        assert await connection.scalar(became) == shop.SOAP
    assert await examine(again) == []
    await again.close()


async def test_what_lets_somebody_in_once_lets_nobody_in_after_a_restore(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    await shop.open_shop(database, "hash")
    async with database.writing() as connection:
        about = {"made_by": shop.EVE, "made_at": shop.NOW, "expires_at": 2**40}
        link = {"token_hash": "a", "person_id": shop.ADA, **about}
        await connection.execute(insert(invitations), [{**link, "ended_at": None}])
        await connection.execute(insert(invitations), [{**link, "token_hash": "b", "ended_at": 7}])
        once = update(people).where(people.c.id == shop.BO)
        await connection.execute(once.values(password_hash="once", password_expires_at=2**40))
    await write_backup(settings, database, tmp_path / "b")
    await database.close()
    await restore(settings, tmp_path / "b", replaces=True, now=9)
    again = await Database.open(settings)
    async with again.reading() as connection:
        ended = select(invitations.c.token_hash, invitations.c.ended_at)
        assert {tuple(row) for row in await connection.execute(ended)} == {("a", 9), ("b", 7)}
        assert await connection.scalar(select(people.c.password_hash).where(people.c.id == shop.BO)) == NO_PASSWORD
        assert await connection.scalar(select(people.c.password_hash).where(people.c.id == shop.ADA)) == "hash"
        assert not list(await connection.scalars(select(people.c.id).where(people.c.password_expires_at.is_not(None))))
    await again.close()


async def test_a_file_whose_log_is_still_beside_it_is_not_put_in_place(
    another: Settings, database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.open_shop(database)
    await write_backup(settings, database, tmp_path / "b")

    @asynccontextmanager
    async def left_open(file: Path) -> AsyncIterator[Database]:
        async with opened_file(file) as backup:
            yield backup
            reader = sqlite3.connect(file)
            readers.append(reader)
            reader.execute("SELECT count(*) FROM people").fetchone()

    readers: list[sqlite3.Connection] = []
    monkeypatch.setattr(restoring, "opened_file", left_open)
    with pytest.raises(NotPossible, match="did not come out whole"):
        await restore(another, tmp_path / "b", replaces=True, now=7)
    assert another.database_file
    assert not another.database_file.exists()
    readers[0].close()


async def test_a_shop_is_replaced_only_when_that_is_said(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    await shop.open_shop(database)
    await write_backup(settings, database, tmp_path / "b")
    await database.close()
    with pytest.raises(NotPossible, match="say --replace"):
        await restore(settings, tmp_path / "b", replaces=False, now=7)
    done = await restore(settings, tmp_path / "b", replaces=True, now=7)
    if settings.on_sqlite:
        assert done.aside is not None
        assert done.aside.name == "stockhand.db.replaced-7"
        assert done.aside.exists()


async def test_a_hub_at_work_is_not_replaced(settings: Settings, database: Database, tmp_path: Path) -> None:
    await shop.open_shop(database)
    await write_backup(settings, database, tmp_path / "b")
    if settings.on_sqlite:
        with sole_writer(settings), pytest.raises(NotPossible, match="stop it first"):
            await restore(settings, tmp_path / "b", replaces=True, now=7)
    else:
        async with database.reading() as connection:
            await connection.execute(select(buckets))
            with pytest.raises(NotPossible, match="stop every"):
                await restore(settings, tmp_path / "b", replaces=True, now=7)


def test_at_a_terminal(tmp_path: Path, migrated_file: Path) -> None:
    shutil.copy(migrated_file, tmp_path / "stockhand.db")
    settings = Settings(f"sqlite+aiosqlite:///{tmp_path}/stockhand.db", tmp_path)

    async def open_it() -> None:
        database = await Database.open(settings)
        await shop.open_shop(database)
        await database.close()

    asyncio.run(open_it())
    file = tmp_path / "shop.stockhand"
    assert "holds the shop" in stockhand("backup", file, "--data", tmp_path).output
    assert "say --replace" in stockhand("restore", file, "--data", tmp_path).output
    assert "What was there before" in stockhand("restore", file, "--replace", "--data", tmp_path).output
    (tmp_path / "noise").write_bytes(b"noise" * 1000)
    assert "no backup of Stockhand" in stockhand("restore", tmp_path / "noise", "--data", tmp_path).output
    # Also over what cannot be read any more.
    (tmp_path / "stockhand.db").write_bytes(b"noise" * 1000)
    assert "What was there before" in stockhand("restore", file, "--replace", "--data", tmp_path).output
    assert stockhand("doctor", "--data", tmp_path).output == "The books are true.\n"
