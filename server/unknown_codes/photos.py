"""Photos of goods whose code nobody knows: a few a code, small, in the store where it was scanned."""

import hashlib
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import insert_new
from server.inbox.feed import Feed
from server.unknown_codes.facts import known_codes
from server.unknown_codes.tables import unknown_code_photos, unknown_codes

MOST_PHOTOS = 3

Row = unknown_code_photos.c
# `early`: the store does not keep the code, perhaps not yet; `known`: an item has it by now.
Place = Literal["kept", "early", "known"]


def name_of(photo: bytes) -> str:
    """What operations and pages call a photo: the SHA-256 of what the phone sent, in hex."""
    return hashlib.sha256(photo).hexdigest()


async def place_of(connection: AsyncConnection, store: int, code: str) -> Place:
    """Whether a photo of the code has a place in the store."""
    if await known_codes(connection, store, [code]):
        return "known"
    here = select(unknown_codes.c.id).where(unknown_codes.c.store_id == store, unknown_codes.c.code == code)
    return "early" if await connection.scalar(here) is None else "kept"


async def has_photo(connection: AsyncConnection, store: int, code: str, name: str) -> bool:
    query = select(Row.at).where(Row.store_id == store, Row.sha256 == name, Row.code == code)
    return await connection.scalar(query) is not None


async def keep_photo(connection: AsyncConnection, store: int, code: str, name: str, picture: bytes, at: int) -> Place:
    """Behind the lock of the store's codes, so that the code cannot go meanwhile. The same again changes nothing; of
    more than `MOST_PHOTOS` the oldest goes.
    """
    await Feed().lock(connection, {f"unknown_codes:{store}"})
    place = await place_of(connection, store, code)
    if place != "kept":
        return place
    row = {"store_id": store, "sha256": name, "code": code, "at": at, "picture": picture}
    await connection.execute(insert_new(connection, unknown_code_photos), [row])
    own = (Row.store_id == store) & (Row.code == code)
    names = list(await connection.scalars(select(Row.sha256).where(own).order_by(Row.at.desc(), Row.sha256)))
    await connection.execute(delete(unknown_code_photos).where(own, Row.sha256.in_(names[MOST_PHOTOS:])))
    return place


async def photo_named(connection: AsyncConnection, store: int, name: str) -> bytes | None:
    """A JPEG, of whichever code of the store."""
    return await connection.scalar(select(Row.picture).where(Row.store_id == store, Row.sha256 == name).limit(1))
