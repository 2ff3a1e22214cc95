"""One writer on SQLite, and commands that come to it."""

import asyncio
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from server.control import LONGEST_SOCKET_PATH_BYTES, have_done, listening, make_folder, socket_path, sole_writer
from server.database import Database
from server.refusals import NotPossible
from server.settings import Settings


async def whoami(_: Database, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"process": os.getpid(), "said": given["say"]}


async def refuse(_: Database, given: Mapping[str, Any]) -> Mapping[str, Any]:
    raise NotPossible("Somebody is called ada already.")


DEEDS = {"whoami": whoami, "refuse": refuse}


@pytest.fixture
def on_sqlite(tmp_path: Path, migrated_file: Path) -> Settings:
    (tmp_path / "stockhand.db").write_bytes(migrated_file.read_bytes())
    return Settings(f"sqlite+aiosqlite:///{tmp_path}/stockhand.db", tmp_path)


async def test_a_command_beside_a_server_is_done_by_the_server(on_sqlite: Settings) -> None:
    database = await Database.open(on_sqlite)
    done: list[str] = []

    async def note(_: Database, given: Mapping[str, Any]) -> Mapping[str, Any]:
        done.append(given["say"])
        return {"said": given["say"]}

    with sole_writer(on_sqlite):
        async with listening(on_sqlite, database, {"note": note}):
            # The server's own deed is meant to run, not the command's.
            answer = await have_done(on_sqlite, {"note": refuse}, "note", {"say": "你好"})
    await database.close()
    assert answer == {"said": "你好"}
    assert done == ["你好"]


async def test_a_command_without_a_server_does_it_itself(settings: Settings) -> None:
    assert (await have_done(settings, DEEDS, "whoami", {"say": "hello"}))["said"] == "hello"


async def test_a_refusal_comes_back_as_its_sentence(on_sqlite: Settings) -> None:
    database = await Database.open(on_sqlite)
    with sole_writer(on_sqlite):
        async with listening(on_sqlite, database, DEEDS):
            with pytest.raises(NotPossible, match="called ada already"):
                await have_done(on_sqlite, DEEDS, "refuse", {})
            with pytest.raises(NotPossible, match="does not know this command"):
                await have_done(on_sqlite, DEEDS, "burn everything", {})
    await database.close()


async def test_nonsense_on_the_socket_is_answered_and_the_server_goes_on(on_sqlite: Settings) -> None:
    database = await Database.open(on_sqlite)
    async with listening(on_sqlite, database, DEEDS):
        for nonsense in (b"nonsense\n", b"[]\n", b"{}\n", b"\xff\n", b"x" * 100_000 + b"\n"):
            reader, writer = await asyncio.open_unix_connection(socket_path(on_sqlite))
            writer.write(nonsense)
            assert b"does not know" in await reader.readline()
            writer.close()
            await writer.wait_closed()
        assert (await have_done(on_sqlite, DEEDS, "whoami", {"say": "still here"}))["said"] == "still here"
    await database.close()


async def test_the_socket_is_for_its_owner_alone_and_goes_with_the_server(on_sqlite: Settings) -> None:
    database = await Database.open(on_sqlite)
    path = socket_path(on_sqlite)
    path.touch()
    async with listening(on_sqlite, database, DEEDS):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()
    await database.close()


async def test_a_deep_data_folder_has_its_socket_elsewhere(tmp_path: Path, migrated_file: Path) -> None:
    deep = tmp_path / ("a_very_long_name_" * 6) / "data"
    deep.mkdir(parents=True)
    (deep / "stockhand.db").write_bytes(migrated_file.read_bytes())
    settings = Settings(f"sqlite+aiosqlite:///{deep}/stockhand.db", deep)
    assert len(os.fsencode(socket_path(settings))) <= LONGEST_SOCKET_PATH_BYTES
    database = await Database.open(settings)
    with sole_writer(settings):
        async with listening(settings, database, DEEDS):
            assert stat.S_IMODE(socket_path(settings).parent.stat().st_mode) == 0o700
            assert (await have_done(settings, DEEDS, "whoami", {"say": "deep"}))["said"] == "deep"
    await database.close()


def test_two_cannot_write_one_file(on_sqlite: Settings, tmp_path: Path) -> None:
    elsewhere = Settings(on_sqlite.database, tmp_path / "other")
    with sole_writer(on_sqlite):
        for second in (on_sqlite, elsewhere):
            with pytest.raises(NotPossible, match=r"works with .* already"), sole_writer(second):
                pass
    with sole_writer(elsewhere):
        pass


def test_any_number_may_write_postgresql(tmp_path: Path) -> None:
    shared = Settings("postgresql+asyncpg://hub/shop", tmp_path)
    with sole_writer(shared), sole_writer(shared):
        pass


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotPossible, match="cannot be made"):
        make_folder(tmp_path / "file" / "data")
