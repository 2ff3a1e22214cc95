"""The person in whose name commands bring files: whoever has the machine in hand, and no one who could sign in."""

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.inbox.feed import Feed
from server.people.passwords import NO_PASSWORD
from server.people.tables import people, roles

OPERATOR = "operator"


async def find_operator(connection: AsyncConnection, now: int) -> int:
    """Their id, made where there is none: may mind the whole chain, and move its stock."""
    found: int | None = await connection.scalar(select(people.c.id).where(people.c.username == OPERATOR))
    if found is not None:
        return found
    row = {"username": OPERATOR, "name": "Operator", "password_hash": NO_PASSWORD, "locale": "en", "store_id": None}
    made: int | None = await connection.scalar(insert(people).values(row).returning(people.c.id))
    assert made is not None
    # From the beginning of time: what a file tells happened before somebody thought of bringing it.
    held = [{"person_id": made, "level": level, "valid_from": 0} for level in (4, 5)]
    await connection.execute(insert(roles), held)
    feed = Feed()
    await feed.lock(connection, [f"user:{made}"])
    feed.touch(f"user:{made}", "me", fresh=True)
    await feed.write(connection)
    return made
