"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def where(default_data: str) -> Callable[[Command], Command]:
    """`--database` and `--data`, with `STOCKHAND_DATABASE` and `STOCKHAND_DATA` behind them."""

    def add(command: Command) -> Command:
        data = click.option(
            "--data",
            type=click.Path(file_okay=False, path_type=Path),
            envvar="STOCKHAND_DATA",
            default=default_data,
            show_default=True,
            show_envvar=True,
            help="Folder for the SQLite database, keys and releases.",
        )
        database = click.option(
            "--database",
            envvar="STOCKHAND_DATABASE",
            show_envvar=True,
            help="sqlite:///path or postgresql://name:password@host/database; SQLite in the data folder if not given.",
        )
        return data(database(command))

    return add


def listening(command: Command) -> Command:
    """`--host`, `--port`, `--cert`, `--key`, `--plain`."""
    a_file = click.Path(dir_okay=False, path_type=Path)
    options = [
        click.option(
            "--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets phones in the same network in."
        ),
        click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535)),
        click.option("--cert", type=a_file, help="Certificate (PEM, with its chain) to speak TLS with."),
        click.option("--key", type=a_file, help="Its private key (PEM)."),
        click.option(
            "--plain",
            is_flag=True,
            help="No TLS, for a proxy in front that speaks it (trusted at 127.0.0.1 or FORWARDED_ALLOW_IPS).",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command
