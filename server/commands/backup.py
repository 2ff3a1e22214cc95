"""`stockhand backup` and `stockhand restore`."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from server.backups.restoring import Restored, restore
from server.backups.writing import write_backup
from server.clock import now_ms
from server.commands import options
from server.commands.doctor import open_as_it_is
from server.serving import reach
from server.settings import Settings, read_settings

A_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog="Example: stockhand backup /backups/monday.stockhand --data /srv/stockhand")
@click.argument("file", type=A_FILE)
@options.where("data")
def backup(file: Path, database: str | None, data: Path) -> None:
    """Write the whole shop to FILE, as it stands in this moment.

    The hub may run meanwhile. The file holds passwords (hashed) and the keys of phones: keep it where nobody else
    reads. It can be restored into SQLite and PostgreSQL, whichever it came from.
    """
    size = asyncio.run(_written(read_settings(database, data), file.resolve()))
    click.echo(f"{file} holds the shop ({size / 1_000_000:.1f} MB).")


@click.command("restore", epilog="Example: stockhand restore /backups/monday.stockhand --data /srv/stockhand --replace")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also where a shop is already; on SQLite it is kept beside the new one.")
@options.where("data")
def restore_file(file: Path, replace: bool, database: str | None, data: Path) -> None:
    """Put the shop of FILE in place of an empty database, or with --replace of the one that is there.

    Stop the hub first. Everybody signs in again, every phone loads its shop anew, and what phones did in the last 30
    days comes back by itself, once. What was done in a browser without the app since the backup is lost, and a phone
    that was blocked since must be blocked again. Open invitations and one-time passwords end: make new ones.
    """
    restored = asyncio.run(_restored(read_settings(database, data), file.resolve(), replace))
    if restored.aside:
        click.echo(f"What was there before is now {restored.aside}.")
    when = datetime.fromtimestamp(restored.newest_at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    click.echo(f"The shop stands as of {when}." if restored.newest_at else "The shop is restored.")


async def _written(settings: Settings, file: Path) -> int:
    opened = await open_as_it_is(settings)
    try:
        return await write_backup(settings, opened, file)
    finally:
        await opened.close()


async def _restored(settings: Settings, file: Path, replaces: bool) -> Restored:
    if not settings.on_sqlite:
        await reach(settings)
    return await restore(settings, file, replaces, now_ms())
