"""`stockhand serve`: the hub, until Ctrl-C."""

import logging
from pathlib import Path

import click

from server import logs
from server.commands import deeds, doors, options
from server.database import Database
from server.serving import run
from server.settings import read_settings


@click.command(
    epilog="Example: stockhand serve --host 0.0.0.0 --port 8000 --data /srv/stockhand --cert shop.crt --key shop.key"
)
@options.where("data")
@options.listening
def serve(
    database: str | None, data: Path, host: str, port: int, cert: Path | None, key: Path | None, plain: bool
) -> None:
    """Run the hub until Ctrl-C. The database is brought up to date first.

    Where phones of the same network may come in (--host 0.0.0.0) and no certificate is given, Stockhand makes one of
    its own and shows on the next port how a phone comes to trust it.
    """
    logs.configure(logging.INFO)
    settings = read_settings(database, data)
    where = doors.doors(settings, host, port, cert, key, plain)

    async def prepared(_: Database, install_page: bool) -> None:
        doors.tell(settings, where, install_page)

    run(settings, where, deeds.DEEDS, prepared)
    click.echo("Stockhand has stopped.")
