"""The command `stockhand`: its words are one file each in `server/commands/`."""

from typing import Any

import click

from server.commands.certificate import certificate
from server.commands.demo import demo
from server.commands.doctor import doctor
from server.commands.serve import serve
from server.commands.user import user
from server.refusals import NotPossible


class Sentences(click.Group):
    """What is foreseen to fail ends in a sentence and exit code 1, never in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except NotPossible as reason:
            raise click.ClickException(str(reason)) from reason


@click.group(
    cls=Sentences,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: stockhand demo",
)
@click.version_option(package_name="stockhand", prog_name="stockhand")
def main() -> None:
    """Stock, counts and transfers for store staff, on a phone that works without a network."""


for command in (serve, demo, doctor, user, certificate):
    main.add_command(command)
