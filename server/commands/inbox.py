"""`stockhand inbox`: work that comes by another way than the network, and work that was set aside."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from server.commands import deeds, options
from server.commands.doctor import open_as_it_is
from server.control import have_done
from server.database import Database
from server.inbox.parked import Parked, list_parked, require_parked
from server.refusals import NotPossible
from server.serving import reach
from server.settings import Settings, read_settings

# A deed answers within half a minute.
RETRIED_AT_ONCE = 20
LONGEST_WHY = 200
BECAME = {
    "applied": "booked",
    "already": "booked before",
    "review": "waiting for somebody's acceptance",
    "refused": "refused",
    "parked": "set aside",
    "void": "withdrawn by its author",
}


@click.group()
def inbox() -> None:
    """What phones did, when it cannot come over the network or was set aside."""


@inbox.command("deliver", epilog="Example: stockhand inbox deliver stockhand-queue.json --data /srv/stockhand")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.where("data")
def deliver_file(file: Path, database: str | None, data: Path) -> None:
    """Book the queue that a phone saved as FILE.

    Every operation is signed and known by its id: delivering the file again changes nothing, and neither does the phone
    that sends the same itself later.
    """
    settings = read_settings(database, data)
    told = asyncio.run(_have_delivered(settings, str(file.resolve())))
    for status, times in told["statuses"].items():
        click.echo(f"{times} {BECAME.get(status, status)}")
    for code, times in told["codes"].items():
        click.echo(f"  {code}: {times}")
    if told["left"]:
        raise NotPossible(f"{told['left']} operations cannot be read by this version; they wait on the phone.")
    if not told["statuses"]:
        click.echo("Nothing waited on that phone.")


@inbox.command("parked", epilog="Example: stockhand inbox parked --data /srv/stockhand")
@click.option("--traceback", "wanted", metavar="ID", help="All that is known of why this one was set aside.")
@options.where("data")
def show_parked(wanted: str | None, database: str | None, data: Path) -> None:
    """List the operations that were set aside because something unexpected happened.

    Reads only, so a server may run meanwhile.
    """
    rows = asyncio.run(_read(read_settings(database, data), _all_parked))
    if wanted is not None:
        found = next((row for row in rows if row.id == wanted), None)
        if found is None:
            raise NotPossible(f"The operation {wanted} is not set aside.")
        click.echo(found.traceback.rstrip())
        return
    if not rows:
        click.echo("Nothing is set aside.")
        return
    for line in _table([("id", "kind", "who", "when (UTC)", "why"), *map(_cells, rows)]):
        click.echo(line)


@inbox.command("retry", epilog="Example: stockhand inbox retry --all --data /srv/stockhand")
@click.argument("operation", metavar="ID", required=False)
@click.option("--all", "every", is_flag=True, help="Everything that is set aside, in the order in which it happened.")
@options.where("data")
def retry(operation: str | None, every: bool, database: str | None, data: Path) -> None:
    """Try again what was set aside: it has its effect as of when it happened, and so has what stands on it."""
    if (operation is None) != every:
        raise NotPossible("Say which operation, or --all.")
    settings = read_settings(database, data)
    ids = asyncio.run(_read(settings, lambda opened: _which(opened, operation)))
    for start in range(0, len(ids), RETRIED_AT_ONCE):
        given = {"ids": ids[start : start + RETRIED_AT_ONCE], "by": getpass.getuser()[:80]}
        _tell(asyncio.run(have_done(settings, deeds.DEEDS, "inbox retry", given)))
    if not ids:
        click.echo("Nothing is set aside.")


@inbox.command("drop", epilog='Example: stockhand inbox drop 0192… --why "Booked by hand on Monday"')
@click.argument("operation", metavar="ID")
@click.option("--why", required=True, help="What its author reads beside it.")
@options.where("data")
def drop(operation: str, why: str, database: str | None, data: Path) -> None:
    """Refuse for good what was set aside, and what stands on it. Its author is told, with the reason."""
    if not why.strip() or len(why) > LONGEST_WHY:
        raise NotPossible(f"Say why in 1 to {LONGEST_WHY} characters.")
    settings = read_settings(database, data)
    asyncio.run(_read(settings, lambda opened: _which(opened, operation)))
    given = {"id": operation, "by": getpass.getuser()[:80], "why": why.strip()}
    _tell(asyncio.run(have_done(settings, deeds.DEEDS, "inbox drop", given)))


async def _read(settings: Settings, look: Callable[[Database], Awaitable[list[Any]]]) -> list[Any]:
    database = await open_as_it_is(settings)
    try:
        return await look(database)
    finally:
        await database.close()


async def _all_parked(database: Database) -> list[Parked]:
    async with database.reading() as connection:
        return await list_parked(connection)


async def _which(database: Database, operation: str | None) -> list[str]:
    async with database.reading() as connection:
        if operation is None:
            return [row.id for row in await list_parked(connection)]
        await require_parked(connection, operation)
    return [operation]


def _tell(told: dict[str, Any]) -> None:
    for one in told["became"]:
        code = f" ({one['code']})" if one["code"] else ""
        click.echo(f"{one['id']}  {one['kind']}: {BECAME.get(one['status'], one['status'])}{code}")


def _cells(row: Parked) -> tuple[str, ...]:
    when = datetime.fromtimestamp(row.at / 1000, UTC).strftime("%Y-%m-%d %H:%M")
    return row.id, row.kind, row.who or "nobody known", when, row.last_line


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return [
        "  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]


async def _have_delivered(settings: Settings, path: str) -> dict[str, Any]:
    await reach(settings)
    told: dict[str, Any] = await have_done(settings, deeds.DEEDS, "inbox deliver", {"file": path})
    return told
