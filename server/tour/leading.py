"""Who is led to the tour: somebody who works in a store, at their very first sign-in."""

from sqlalchemy import exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.devices.tables import device_keys
from server.people.facts import load_people
from server.tour.tables import tours

# Who looks, helps or leads in a store; whoever minds the chain learns elsewhere.
LEVELS = range(1, 4)


async def leads_to_tour(connection: AsyncConnection, person_id: int, at_ms: int) -> bool:
    """Asked before the person gets a key on this device; true for who never worked here, and once."""
    worked = await connection.scalar(select(exists().where(device_keys.c.person_id == person_id)))
    return not worked and await is_new_here(connection, person_id, at_ms)


async def is_new_here(connection: AsyncConnection, person_id: int, at_ms: int) -> bool:
    """Whether the person works in a store and was not led yet; notes it down, so that it is true once."""
    if await connection.scalar(select(exists().where(tours.c.person_id == person_id))):
        return False
    person = (await load_people(connection, [person_id]))[person_id]
    if not any(role.level in LEVELS and role.holds(at_ms) for role in person.roles):
        return False
    await connection.execute(insert(tours).values(person_id=person_id, led_at=at_ms))
    return True
