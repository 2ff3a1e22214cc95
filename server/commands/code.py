"""`stockhand code`: another one-time code for the first administrator."""

import asyncio
from pathlib import Path
from typing import Any

import click

from server.commands import deeds, doors, options
from server.control import have_done
from server.serving import reach
from server.settings import Settings, read_settings


@click.command(epilog="Example: stockhand code --data /srv/stockhand")
@options.where("data")
def code(database: str | None, data: Path) -> None:
    """Print a new one-time code for the first administrator of an empty database.

    Works beside a running hub. Codes printed before it stop working.
    """
    settings = read_settings(database, data)
    doors.tell_code(asyncio.run(_have_made(settings))["code"], "/setup")


async def _have_made(settings: Settings) -> dict[str, Any]:
    await reach(settings)
    made: dict[str, Any] = await have_done(settings, deeds.DEEDS, "setup code", {})
    return made
