"""`stockhand demo`: a chain of invented shops to try everything on."""

import logging
from pathlib import Path

import click
from sqlalchemy import exists, select

from server import logs
from server.clock import now_ms
from server.commands import deeds, doors, options
from server.database import Database
from server.demo.catalogue import demo_items
from server.demo.chain import DemoPerson, demo_chain
from server.demo.stock import opening_stock
from server.demo.story import things_to_try
from server.people.tables import people
from server.serving import run
from server.settings import read_settings

LEVELS = {1: "viewer", 2: "associate", 3: "store manager", 4: "area manager", 5: "administrator"}


@click.command(epilog="Example: stockhand demo --host 0.0.0.0 --port 8000")
@options.where("data/demo")
@options.listening
def demo(
    database: str | None, data: Path, host: str, port: int, cert: Path | None, key: Path | None, plain: bool
) -> None:
    """Fill an empty data folder with a chain of invented shops, and run it until Ctrl-C.

    What was done there is still there the next time; delete the data folder to begin anew.
    """
    logs.configure(logging.WARNING)
    settings = read_settings(database, data)
    where = doors.doors(settings, host, port, cert, key, plain)

    async def prepared(opened: Database, install_page: bool) -> None:
        await fill_if_empty(opened)
        for line in (*accounts(), *to_try()):
            click.echo(line)
        doors.tell(settings, where, install_page)

    run(settings, where, deeds.DEEDS, prepared)
    click.echo("Stockhand has stopped.")


async def fill_if_empty(database: Database) -> None:
    async with database.reading() as connection:
        if await connection.scalar(select(exists(select(people.c.id)))):
            return
    # What makes a shop knows forty thousand Chinese phrases by heart; a shop that is there does not wait for them.
    from server.demo.load import load_demo

    click.echo("Filling the shops; this takes a few seconds and happens only once ...")
    async with database.writing() as connection:
        await load_demo(connection, now_ms())


def accounts() -> list[str]:
    chain = demo_chain()
    width = max(len(person.username) for person in chain.people)
    return [
        f"{chain.name}, a demonstration. Sign in as:",
        *(f"  {one.username:<{width}}  {one.password:<28}  {one.name}, {role_of(one)}" for one in chain.people),
    ]


def to_try() -> list[str]:
    goods = demo_items()
    stocks = {store.code: opening_stock(goods, store) for store in demo_chain().stores}
    numbered = enumerate(things_to_try(goods, stocks), 1)
    return ["Three things to try:", *(click.wrap_text(one, 100, f"  {place}. ", "     ") for place, one in numbered)]


def role_of(person: DemoPerson) -> str:
    chain = demo_chain()
    areas = {area.key: area.name_en for area in chain.areas}
    stores = {store.code: store.name_en for store in chain.stores}
    place = areas[person.area] if person.area else "the chain" if person.level == 5 else stores[person.store]
    return f"{LEVELS[person.level]} of {place}"
