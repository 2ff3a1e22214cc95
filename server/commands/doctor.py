"""`stockhand doctor`"""

import click


@click.command()
def doctor() -> None:
    """x"""
