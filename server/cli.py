"""The command `stockhand`: its words are one file each in `server/commands/`."""

import errno
import logging
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from server import logs
from server.commands.backup import backup, restore_file
from server.commands.certificate import certificate
from server.commands.code import code
from server.commands.decode import decode
from server.commands.demo import demo
from server.commands.doctor import doctor
from server.commands.export import export
from server.commands.gs1 import gs1
from server.commands.import_file import import_file
from server.commands.inbox import inbox
from server.commands.serve import serve
from server.commands.user import user
from server.database import is_away
from server.refusals import NotPossible


class Sentences(click.Group):
    """What is foreseen to fail ends in a sentence and exit code 1, never in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except NotPossible as reason:
            raise click.ClickException(str(reason)) from reason
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            where = error.filename or "the data folder"
            raise click.ClickException(f"{where} cannot be written: {error.strerror}.") from error
        except DBAPIError as error:
            if not is_away(error):
                raise
            raise click.ClickException(f"The database cannot go on: {error.orig}.") from error


# The disk is full, over its quota, read-only or failing: nothing that a program can mend.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


@click.group(
    cls=Sentences,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: stockhand demo",
)
@click.version_option(package_name="stockhand", prog_name="stockhand")
def main() -> None:
    """Stock, counts and transfers for store staff, on a phone that works without a network."""
    # A command speaks in sentences of its own; a server says more once it begins.
    logs.configure(logging.WARNING)


SHOP = (serve, code, demo, doctor, user, import_file, export, inbox, backup, restore_file)
for command in (*SHOP, certificate, decode, gs1):
    main.add_command(command)
