"""`stockhand certificate`: TLS for a shop without a domain of its own."""

from pathlib import Path

import click

from server.certificates import authority_bytes, fingerprint
from server.commands import doors, options
from server.control import make_folder
from server.settings import read_settings


@click.command(epilog="Example: stockhand certificate --data /srv/stockhand")
@options.where("data")
def certificate(database: str | None, data: Path) -> None:
    """Make an authority and a certificate for this machine's names and addresses.

    Phones work without a network and open their camera only where the connection is secure. The authority can vouch
    for private networks and this machine only; its key stays in the data folder, readable by this user alone.
    """
    settings = read_settings(database, data)
    make_folder(settings.data)
    made = doors.make_certificate(settings)
    authority = authority_bytes(made.authority.parent) or b""
    click.echo(f"Certificate  {made.certificate}")
    click.echo(f"Key          {made.key}")
    click.echo(f"Authority    {made.authority}  (install this on each phone)")
    click.echo(f"SHA-256      {fingerprint(authority)}")
    for name in made.left_out:
        click.echo(f"Not covered: {name}. The authority vouches for private networks only.")
    click.echo(f"Use it: stockhand serve --host 0.0.0.0 --data {settings.data}")
