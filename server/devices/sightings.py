"""When a device was last heard of and what it said of itself, kept in the books now and then and not at every pull."""

from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import structlog
from msgspec import to_builtins
from sqlalchemy import update

from server.database import IN_TROUBLE, Database, insert_new
from server.devices.tables import devices
from server.inbox.messages import Health
from server.inbox.tables import clients
from sync.operations import is_uuid

WRITTEN_EVERY_MS = 10 * 60_000
REMEMBERED_AT_MOST = 20_000

log = structlog.get_logger("devices")


class Sightings:
    """What a phone says with its pulls; a new word (more work waits, another release) is written at once."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock
        # By device: when it was written, and what it had said.
        self._written: dict[str, tuple[int, Any]] = {}

    async def saw(self, device: str, client: str | None, health: Health | None) -> None:
        now = self._clock()
        said = None
        if health:
            said = (client, health.waiting, health.release, health.storage, health.catalogue_at is not None)
        at, before = self._written.get(device, (0, None))
        if now - at < WRITTEN_EVERY_MS and said == before:
            return
        if len(self._written) >= REMEMBERED_AT_MOST:
            self._written.clear()
        self._written[device] = (now, said)
        try:
            await self._write(device, client, health, now)
        except IN_TROUBLE as error:
            # A phone gets its rows all the same, and is noted with its next pull.
            self._written.pop(device, None)
            log.warning("sighting_lost", device=device, error=str(error))

    async def _write(self, device: str, client: str | None, health: Health | None, now: int) -> None:
        async with self._database.writing() as connection:
            await connection.execute(update(devices).where(devices.c.id == device).values(last_seen_at=now))
            if not health:
                return
            # A phone on which nobody has recorded anything has no outbox: its word stands under a name of the device's.
            client = client if is_uuid(client) else str(uuid5(NAMESPACE_URL, f"stockhand:device:{device}"))
            fresh = {"id": client, "device_id": device, "last_n": 0, "last_effective_at": 0, "empty_at": 0}
            await connection.execute(
                insert_new(connection, clients), [fresh | {"created_at": now, "last_seen_at": now}]
            )
            own = (clients.c.id == client) & (clients.c.device_id == device)
            said = {"health": to_builtins(health), "last_seen_at": now}
            await connection.execute(update(clients).where(own).values(**said))
