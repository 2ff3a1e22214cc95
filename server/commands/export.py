"""`stockhand export`: our own lists as files that come back the same."""

import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import click

from server.commands import options
from server.database import Database
from server.imports.exports import rows_out
from server.imports.reading import KINDS, Kind, export_csv
from server.refusals import NotPossible
from server.serving import reach
from server.settings import Settings, read_settings


@click.command(epilog="Example: stockhand export stock stock.csv")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@options.where("data")
def export(kind: Kind, file: Path | None, database: str | None, data: Path) -> None:
    """Write a list as CSV to FILE, or to standard output.

    Reads only, so a server may run meanwhile. `stockhand import` of the same kind takes the file back and finds
    nothing changed. What is archived stays out.
    """
    settings = read_settings(database, data)
    if settings.database_file and not settings.database_file.is_file():
        raise NotPossible(f"There is no database at {settings.database_file}; say where with --data or --database.")
    with ExitStack() as held:
        out: BinaryIO = sys.stdout.buffer if file is None else held.enter_context(_opened(file))
        asyncio.run(_export(settings, kind, out))


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("wb")
    except OSError as error:
        raise NotPossible(f"{file} cannot be written: {error.strerror}.") from error


async def _export(settings: Settings, kind: Kind, out: BinaryIO) -> None:
    await reach(settings)
    database = await Database.open(settings)
    loop = asyncio.get_running_loop()

    def write() -> None:
        out.writelines(export_csv(kind, rows_out(loop, database, kind, None)))
        out.flush()

    try:
        await asyncio.to_thread(write)
    finally:
        await database.close()
