"""The person in whose name commands bring files: whoever has the machine in hand, and no one who could sign in."""

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.inbox.feed import Feed
from server.inbox.fresh_ids import next_id
from server.people.passwords import NO_PASSWORD
from server.people.tables import people, roles

OPERATOR = "operator"


async def find_operator(connection: AsyncConnection) -> int:
    """Their id, made where there is none: may mind the whole chain, and move its stock."""
    known = select(people.c.id).where(people.c.username == OPERATOR)
    if (found := await connection.scalar(known)) is not None:
        return int(found)
    feed = Feed()
    # Rows get their ids one after another, so all who mind people go through one gate.
    await feed.lock(connection, ["chain"])
    if (found := await connection.scalar(known)) is not None:
        return int(found)
    made = await next_id(connection, people)
    row = {"id": made, "username": OPERATOR, "name": "Operator", "password_hash": NO_PASSWORD, "locale": "en"}
    await connection.execute(insert(people).values(row))
    for level in (4, 5):
        # From the beginning of time: what a file tells happened before somebody thought of bringing it.
        held = {"id": await next_id(connection, roles), "person_id": made, "level": level, "valid_from": 0}
        await connection.execute(insert(roles).values(held))
    await feed.lock(connection, [f"user:{made}"])
    feed.touch(f"user:{made}", "me", fresh=True)
    await feed.write(connection)
    return made
