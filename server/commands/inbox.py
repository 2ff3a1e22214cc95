"""`stockhand inbox`: work that comes by another way than the network."""

import asyncio
from pathlib import Path
from typing import Any

import click

from server.commands import deeds, options
from server.control import have_done
from server.refusals import NotPossible
from server.serving import reach
from server.settings import Settings, read_settings

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
    """What phones did, when it cannot come over the network."""


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


async def _have_delivered(settings: Settings, path: str) -> dict[str, Any]:
    await reach(settings)
    told: dict[str, Any] = await have_done(settings, deeds.DEEDS, "inbox deliver", {"file": path})
    return told
