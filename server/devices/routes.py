"""`GET /sync/key`: the phone fetches its person's key once and keeps it where no script can read it."""

from base64 import b64encode
from typing import TypedDict

from litestar import get
from litestar.di import NamedDependency

from server.clock import now_ms
from server.database import Database
from server.devices.keys import find_key, key_for
from server.page_frame import Locale
from server.people.sessions import Who


class KeyAnswer(TypedDict):
    """`key` is base64 of 32 bytes; `device` is the device's id, not its cookie."""

    person: int
    name: str
    locale: Locale
    device: str
    key: str


@get("/sync/key", summary="The key this person signs operations with on this device")
async def sync_key(who: NamedDependency[Who], database: NamedDependency[Database]) -> KeyAnswer:
    async with database.reading() as connection:
        key = await find_key(connection, who.device_id, who.person_id)
    if key is None:
        async with database.writing() as connection:
            key = await key_for(connection, who.device_id, who.person_id, now_ms())
    return KeyAnswer(
        person=who.person_id, name=who.name, locale=who.locale, device=who.device_id, key=b64encode(key).decode()
    )


routes = [sync_key]
