"""`stockhand import`: a file of stores, people, goods, counts or movements comes in."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from server.clock import now_ms
from server.commands import options
from server.commands.bringing import bring
from server.imports.facts import Import, folder_of
from server.imports.files import REJECTS
from server.imports.reading import KINDS, Columns, Kind, Unreadable, match_columns, missing_fields, open_table, reason
from server.refusals import NotPossible
from server.settings import Settings, read_settings

SOME_REJECTED = 3


@click.command("import", epilog="Example: stockhand import items catalogue.csv --assortment City")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", help="When stock was counted, as 2026-11-22T06:00 by this machine's clock; now if not given.")
@click.option("--assortment", help="Put every item of the file into this assortment, made if there is none.")
@click.option("--by", help="Username of who brings the file; the operator of this machine if not given.")
@options.where("data")
def import_file(
    kind: Kind,
    file: Path,
    as_of: str | None,
    assortment: str | None,
    by: str | None,
    database: str | None,
    data: Path,
) -> None:
    """Bring in a file: CSV in any common form, or XLSX.

    Columns are found by their header, in any order and language. Lines that cannot be taken are written to a file
    with their reasons; the rest comes in. The same file again changes nothing, and what was interrupted is completed
    by the same command. Works beside a running server, which goes on serving phones meanwhile.

    The exit code is 0 when every line came in, 3 when some were rejected, and 1 when the file could not be read to
    its end.
    """
    settings = read_settings(database, data)
    columns = _look_at(kind, file)
    if as_of and kind != "stock":
        raise NotPossible("Only a count is of a certain time: --as-of goes with stock.")
    if assortment and kind != "items":
        raise NotPossible("Only goods are in assortments: --assortment goes with items.")
    told = {name: value for name, value in (("as_of", _moment(as_of)), ("assortment", assortment)) if value is not None}
    sys.exit(_tell(settings, asyncio.run(bring(settings, kind, file, columns, told, by))))


def _look_at(kind: Kind, file: Path) -> Columns:
    try:
        table = open_table(file)
        columns = match_columns(kind, table.head)
    except Unreadable as why:
        raise NotPossible(reason(why.code, why.params, "en")) from why
    if absent := missing_fields(kind, columns):
        wanted = ", ".join(" or ".join(group) for group in absent)
        raise NotPossible(f"No column of {file.name} was found for: {wanted}.")
    names = table.head[0] if columns.has_header else [f"column {place + 1}" for place in range(len(table.head[0]))]
    matched = ", ".join(f"{field} from “{names[place].strip()}”" for place, field in sorted(columns.fields.items()))
    click.echo(f"Reading {matched}.")
    return columns


def _moment(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotPossible(f"{text!r} is no time; write it like 2026-11-22T06:00 or 2026-11-22T06:00+01:00.") from error
    at = round(moment.astimezone().timestamp() * 1000)
    if at > now_ms():
        raise NotPossible(f"{text} has not come yet.")
    return at


def _tell(settings: Settings, ended: Import) -> int:
    """The exit code."""
    console = Console()
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, count in (
        ("lines", ended.lines),
        ("added", ended.added),
        ("changed", ended.changed),
        ("as they were", ended.same),
        ("rejected", ended.rejected),
    ):
        table.add_row(name, f"{count:,}", style="yellow" if name == "rejected" and count else None)
    if ended.same_as and ended.state == "done":
        console.print("Nothing has changed since this file last came in.")
    console.print(table)
    if ended.rejected:
        rejects = folder_of(settings.data, ended.id) / REJECTS
        click.echo(f"What was rejected, and why: {rejects}")
    if ended.state == "stopped":
        raise NotPossible("Somebody stopped this import; the same command lets it go on.")
    if ended.state == "failed":
        raise NotPossible(ended.problem or "The import failed.")
    return SOME_REJECTED if ended.rejected else 0
