"""What must be known before a device is named or blocked."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.decisions import Happened
from server.devices.tables import device_keys, devices
from server.people.roles import Role
from server.people.tables import roles, sessions


@dataclass(frozen=True, slots=True)
class DeviceMinded:
    """`row` is without the id, None where there is no such device; `roles` are those of all who signed in on it."""

    row: dict[str, Any] | None
    roles: list[Role]
    sessions: list[str]


async def load_device_minded(connection: AsyncConnection, op: Happened) -> DeviceMinded:
    device = op.args["device"]
    found = await connection.execute(select(devices).where(devices.c.id == device).with_for_update(key_share=True))
    row = found.mappings().first()
    held = select(roles).join(device_keys, device_keys.c.person_id == roles.c.person_id)
    held = held.where(device_keys.c.device_id == device)
    return DeviceMinded(
        row={name: value for name, value in row.items() if name != "id"} if row else None,
        roles=[
            Role(one.level, one.store_id, one.area_id, one.valid_from, one.valid_to)
            for one in await connection.execute(held)
        ],
        sessions=list(await connection.scalars(select(sessions.c.token_hash).where(sessions.c.device_id == device))),
    )
