"""`stockhand doctor`: are the books true?"""

import asyncio
import sys
from pathlib import Path

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import server.migrations
from server.commands import options
from server.database import Database
from server.findings import Finding
from server.health.libraries import missing_libraries
from server.ledger.doctor import examine
from server.refusals import NotPossible
from server.serving import reach
from server.settings import Settings, read_settings


@click.command(epilog="Example: stockhand doctor --data /srv/stockhand")
@options.where("data")
def doctor(database: str | None, data: Path) -> None:
    """Prove the books: every kept sum is computed anew from what it sums.

    Reads only, so a server may run meanwhile. The exit code is 1 when something is untrue.
    """
    settings = read_settings(database, data)
    findings = asyncio.run(look_at(settings))
    for sentence in missing_libraries():
        click.echo(sentence)
    for finding in findings:
        click.echo(f"{finding.check}: {finding.what}")
    if findings:
        click.echo(f"{len(findings)} things are not as they must be.")
        sys.exit(1)
    click.echo("The books are true.")


async def look_at(settings: Settings) -> list[Finding]:
    database = await open_as_it_is(settings)
    try:
        return await examine(database)
    finally:
        await database.close()


async def open_as_it_is(settings: Settings) -> Database:
    """For commands that only read. NotPossible where there is no shop, or one that another release wrote."""
    if settings.database_file and not settings.database_file.is_file():
        raise NotPossible(f"There is no database at {settings.database_file}; say where with --data or --database.")
    await reach(settings)
    database = await Database.open(settings)
    try:
        await _check_release(database)
    except NotPossible:
        await database.close()
        raise
    return database


async def _check_release(database: Database) -> None:
    """What another release wrote is not judged by this one's rules."""
    newest = ScriptDirectory(str(Path(server.migrations.__file__).parent)).get_current_head()
    async with database.reading() as connection:
        held = await connection.run_sync(lambda plain: MigrationContext.configure(plain).get_current_revision())
    if held is None:
        raise NotPossible("This database holds no shop yet; `stockhand serve` prepares it.")
    if held != newest:
        raise NotPossible(
            f"This database is at revision {held} and this release at {newest}; `stockhand serve` brings it up to date."
        )
