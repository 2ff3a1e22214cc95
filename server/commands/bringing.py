"""How a command brings a file: to the server that runs beside it, or, where none does, by its own hands."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from sqlalchemy import select

from server.clock import now_ms
from server.control import ask_server, is_served, sole_writer
from server.database import Database
from server.imports.facts import UNFINISHED, Import, load_import
from server.imports.files import adopt
from server.imports.jobs import Imports
from server.imports.reading import Columns, Kind
from server.inbox.accept import Door
from server.migrations.upgrade import upgrade
from server.people.tables import people
from server.refusals import NotPossible
from server.serving import reach
from server.settings import Settings

# Without a hub nobody waits for the database but this command.
ALONE_MS = 60.0
LOOK_S = 0.25
# SQLite's own memory: goods come in the order they are kept in, so a small part of them is enough.
ALONE_CACHE_KIB = 16_384


async def bring(
    settings: Settings, kind: Kind, file: Path, columns: Columns, told: Mapping[str, Any], by: str | None
) -> Import:
    """The import when it ended, well or not. A server that goes away before leaves the rest to this process."""
    await reach(settings)
    given: dict[str, Any] = {"kind": kind, "path": str(file), "file_name": file.name, "by": by}
    given |= {"options": dict(told)}
    given |= {"columns": {str(place): field for place, field in columns.fields.items()}, "data": str(settings.data)}
    given |= {"has_header": columns.has_header}
    while True:
        answer = await ask_server(settings, "import", given)
        ended = await (_follow_server(settings, answer["number"]) if answer else _do_alone(settings, given))
        if ended is not None:
            return ended


async def bring_file(database: Database, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The deed: writes the import down, for the server to do. `given` is what `bring` puts together; answers
    `{number}`.
    """
    path, person = Path(given["path"]), await _who(database, given["by"])
    columns = Columns({int(place): field for place, field in given["columns"].items()}, given["has_header"])
    if not await asyncio.to_thread(path.is_file):
        raise NotPossible(f"The server cannot read {path}.")
    row = {name: given[name] for name in ("kind", "file_name", "options")}
    number = await adopt(database, Path(given["data"]), path, columns, {**row, "person_id": person}, now_ms())
    return {"number": number}


async def _who(database: Database, by: str | None) -> int | None:
    if by is None:
        return None
    async with database.reading() as connection:
        found = await connection.scalar(select(people.c.id).where(people.c.username == by))
    if found is None:
        raise NotPossible(f"Nobody is called {by}.")
    return int(found)


async def _follow_server(settings: Settings, number: int) -> Import | None:
    """None where the server went away before the end."""
    database = await Database.open(settings)
    try:
        with Shown() as shown:
            while (one := await _look(database, number)).state in UNFINISHED:
                shown.show(one)
                if not await is_served(settings):
                    return None
                await asyncio.sleep(LOOK_S)
            shown.show(one)
            return one
    finally:
        await database.close()


async def _do_alone(settings: Settings, given: Mapping[str, Any]) -> Import:
    with sole_writer(settings):
        await upgrade(settings)
        database = await Database.open(settings)
        door = Door(database, now_ms, lambda heads: None)
        door.open()
        try:
            if settings.on_sqlite:
                async with database.writing() as connection:
                    await connection.exec_driver_sql(f"PRAGMA cache_size=-{ALONE_CACHE_KIB}")
            number = (await bring_file(database, given))["number"]
            imports = Imports(settings, database, door, now_ms, lambda heads: None, ALONE_MS, is_alone=True)
            job = asyncio.create_task(imports.run(number))
            try:
                return await _watched(database, number, job)
            finally:
                job.cancel()
                await asyncio.gather(job, return_exceptions=True)
        finally:
            await door.close()
            await database.close()


async def _watched(database: Database, number: int, job: "asyncio.Task[bool]") -> Import:
    """Until it ended; on PostgreSQL a server may have taken it first."""
    with Shown() as shown:
        while not job.done():
            shown.show(await _look(database, number))
            await asyncio.wait([job], timeout=LOOK_S)
        is_elsewhere = not job.result() and not database.on_sqlite
        while (one := await _look(database, number)).state in UNFINISHED and is_elsewhere:
            shown.show(one)
            await asyncio.sleep(LOOK_S)
        shown.show(one)
    if one.state in UNFINISHED:
        raise NotPossible("The database is away; the same command goes on where this one stopped.")
    return one


async def _look(database: Database, number: int) -> Import:
    async with database.reading() as connection:
        one = await load_import(connection, number)
    assert one is not None
    return one


class Shown:
    """A bar on the terminal; where the output is a file, its last line."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.fields[doing]}"), BarColumn(), TaskProgressColumn())
        figures = TextColumn("{task.fields[lines]:,} lines, {task.fields[rejected]:,} rejected")
        self._progress = Progress(*columns, figures, TimeElapsedColumn(), TimeRemainingColumn())
        self._bar = self._progress.add_task("", total=1000, doing="waiting", lines=0, rejected=0)

    def __enter__(self) -> "Shown":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, one: Import) -> None:
        figures: dict[str, Any] = {"doing": one.state, "lines": one.lines, "rejected": one.rejected}
        self._progress.update(self._bar, completed=one.permille, **figures)
