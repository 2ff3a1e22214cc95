"""`stockhand serve`: the hub, until Ctrl-C."""

import logging
from pathlib import Path

import click

from server import logs
from server.commands import deeds, doors, options
from server.database import Database
from server.serving import run
from server.settings import read_settings
from server.setup.codes import make_code


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

    On an empty database it prints a one-time code: whoever types it at /setup becomes the first administrator.
    """
    logs.configure(logging.INFO)
    settings = read_settings(database, data)
    where = doors.doors(settings, host, port, cert, key, plain)

    async def prepared(opened: Database, install_page: bool) -> None:
        code = await make_code(opened, others_run=not settings.on_sqlite)
        doors.tell(settings, where, install_page, code)

    run(settings, where, deeds.DEEDS, prepared)
    click.echo("Stockhand has stopped.")
