"""The devices that are known, and the key each person has on each of them."""

import secrets
import uuid
from typing import cast

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.devices.cookies import fingerprint
from server.devices.tables import device_keys, devices

KEY_LENGTH_BYTES = 32


async def find_device(connection: AsyncConnection, token: str | None) -> str | None:
    """The id of the device that holds this cookie."""
    if not token:
        return None
    query = select(devices.c.id).where(devices.c.token_hash == fingerprint(token))
    return cast("str | None", await connection.scalar(query))


async def is_blocked(connection: AsyncConnection, token: str | None) -> bool:
    """Whether nobody may sign in on the device that holds this cookie."""
    return await blocked_device(connection, token) is not None


async def blocked_device(connection: AsyncConnection, token: str | None) -> tuple[str, int] | None:
    """The id of the device that holds this cookie and since when it is blocked; None where it is not."""
    if not token:
        return None
    query = select(devices.c.id, devices.c.blocked_at).where(devices.c.token_hash == fingerprint(token))
    row = (await connection.execute(query)).first()
    return (row.id, row.blocked_at) if row and row.blocked_at is not None else None


async def greet_device(connection: AsyncConnection, token: str | None, name: str, at_ms: int) -> tuple[str, str]:
    """The device's id and its cookie: those it came with if they are known, new ones otherwise."""
    known = await find_device(connection, token)
    if known and token:
        await connection.execute(update(devices).where(devices.c.id == known).values(last_seen_at=at_ms))
        return known, token
    device_id, fresh = str(uuid.uuid4()), secrets.token_urlsafe(32)
    await connection.execute(
        insert(devices).values(
            id=device_id, token_hash=fingerprint(fresh), name=name, created_at=at_ms, last_seen_at=at_ms
        )
    )
    return device_id, fresh


async def find_key(connection: AsyncConnection, device_id: str, person_id: int) -> bytes | None:
    query = select(device_keys.c.secret).where(
        device_keys.c.device_id == device_id, device_keys.c.person_id == person_id
    )
    return cast("bytes | None", await connection.scalar(query))


async def key_for(connection: AsyncConnection, device_id: str, person_id: int, at_ms: int) -> bytes:
    """The person's key on this device, the same each time; made at their first sign-in there."""
    if secret := await find_key(connection, device_id, person_id):
        return secret
    secret = secrets.token_bytes(KEY_LENGTH_BYTES)
    row = {"device_id": device_id, "person_id": person_id, "secret": secret, "created_at": at_ms}
    try:
        async with connection.begin_nested():
            await connection.execute(insert(device_keys).values(row))
    except IntegrityError:
        # Two sign-ins on one device at once: the first key stands.
        return cast(bytes, await find_key(connection, device_id, person_id))
    return secret


def device_name(user_agent: str) -> str:
    """What an operator recognises in a list: "Chrome on Android"."""
    systems = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "CrOS", "Linux")
    browsers = {"Firefox/": "Firefox", "FxiOS/": "Firefox", "Edg": "Edge", "Chrome/": "Chrome", "Safari/": "Safari"}
    system = next((name for name in systems if name in user_agent), "")
    browser = next((name for sign, name in browsers.items() if sign in user_agent), "")
    if not browser:
        return user_agent.partition(" ")[0][:60] or "unknown"
    return f"{browser} on {system}" if system else browser
