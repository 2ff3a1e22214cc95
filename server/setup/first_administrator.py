"""The first administrator: whoever typed the code that stood where the hub was started."""

from dataclasses import dataclass

from sqlalchemy import select

from server.database import Database
from server.page_frame import Locale
from server.people.adding import username_of, write_person
from server.people.operator import OPERATOR
from server.people.passwords import check_password, hash_password
from server.people.sign_in import LONGEST_USERNAME, count_attempt, network
from server.people.tables import people
from server.refusals import Refusal
from server.setup.codes import look_at_code, spend_code

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Owner:
    """What the owner typed, and from which address."""

    code: str
    name: str
    username: str
    password: str
    locale: Locale
    address: str


async def make_first_administrator(database: Database, owner: Owner, at_ms: int) -> int:
    """The new person's id, or a Refusal; nothing is written then, and the code stays good."""
    username = username_of(owner.username)
    if not username:
        raise Refusal("username_wrong", limit=LONGEST_USERNAME)
    if username == OPERATOR:
        raise Refusal("username_taken")
    name = owner.name.strip()
    if not name:
        raise Refusal("field_missing", field="name")
    if len(name) > LONGEST_NAME:
        raise Refusal("text_too_long", limit=LONGEST_NAME)
    check_password(owner.password)
    await count_attempt(database, [f"setup:{network(owner.address)}"], at_ms)
    async with database.reading() as connection:
        await look_at_code(connection, owner.code, at_ms)
    # Only now: a stranger who guesses does not make the hub compute.
    person = {"username": username, "name": name, "password_hash": await hash_password(owner.password)}
    async with database.writing() as connection:
        await spend_code(connection, owner.code, at_ms)
        if await connection.scalar(select(people.c.id).where(people.c.username == username)):
            raise Refusal("username_taken")
        return await write_person(connection, {**person, "locale": owner.locale, "store_id": None}, {"level": 5}, at_ms)
