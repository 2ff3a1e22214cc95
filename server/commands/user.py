"""`stockhand user`: the people who may sign in."""

import asyncio
import sys
from pathlib import Path

import click

from server.commands import deeds, options
from server.control import have_done
from server.people.adding import ROLES, new_password
from server.serving import reach
from server.settings import Settings, read_settings


@click.group(epilog="Example: stockhand user add rosa --role administrator")
def user() -> None:
    """The people who may sign in."""


@user.command(epilog="Example: stockhand user add ada --name 'Ada Peeters' --role associate --store GNT --locale en")
@click.argument("username")
@click.option("--name", help="As colleagues see it; the username if not given.")
@click.option("--role", type=click.Choice(list(ROLES)), required=True)
@click.option("--store", help="Code of the store that a viewer, associate or store manager works in.")
@click.option("--area", help="Name of the area, for an area manager.")
@click.option("--locale", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@options.where("data")
def add(
    username: str,
    name: str | None,
    role: str,
    store: str | None,
    area: str | None,
    locale: str,
    password_stdin: bool,
    database: str | None,
    data: Path,
) -> None:
    """Add a person with a role; also the first administrator of an empty installation.

    Works beside a running server. Without --password-stdin a password is made and shown once.
    """
    settings = read_settings(database, data)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else new_password()
    given = {"username": username, "name": name or username, "role": role, "store": store, "area": area}
    added = asyncio.run(_have_added(settings, {**given, "locale": locale, "password": password}))
    click.echo(f"{added['username']} may sign in now.")
    if not password_stdin:
        click.echo(f"Password: {password}")


async def _have_added(settings: Settings, given: dict[str, str | None]) -> dict[str, str]:
    await reach(settings)
    added: dict[str, str] = await have_done(settings, deeds.DEEDS, "user add", given)
    return added
