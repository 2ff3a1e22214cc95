"""What the devices of a chain say of themselves, as conditions and figures, and which of them are a worry.

A device is *dark* when it has been silent for longer than the policy allows although somebody is signed in on it or
work waits on it. It has *lost work* when it came back under a new outbox while results are missing up to what an
earlier one had reported.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.powers import Powers, powers_of
from server.devices.tables import device_keys, devices
from server.inbox.tables import clients
from server.people.tables import roles, sessions
from server.visits import Visit

# What a phone says of itself; see `server.inbox.messages.Health`.
Health = Mapping[str, Any]

HOUR_MS = 3_600_000


def seen() -> ColumnElement[int]:
    """When it last sent something, or somebody last signed in on it."""
    heard = select(func.coalesce(func.max(clients.c.last_seen_at), 0)).where(clients.c.device_id == devices.c.id)
    sent = heard.correlate(devices).scalar_subquery()
    return case((devices.c.last_seen_at > sent, devices.c.last_seen_at), else_=sent)


def said(name: str) -> ColumnElement[int]:
    """A figure of the last word of its outbox; 0 where it said nothing."""
    # Times do not fit into an integer of 32 bits.
    word = cast(clients.c.health[name].as_string(), BigInteger)
    last = select(word).where(
        clients.c.device_id == devices.c.id, clients.c.health["waiting"].as_integer().is_not(None)
    )
    last = last.order_by(clients.c.last_seen_at.desc(), clients.c.created_at.desc()).limit(1)
    return func.coalesce(last.correlate(devices).scalar_subquery(), 0)


def dark(visit: Visit) -> ColumnElement[bool]:
    signed_in = exists().where(sessions.c.device_id == devices.c.id, sessions.c.expires_at > visit.now)
    silent = seen() < visit.now - visit.chain.policies.dark_after_h * HOUR_MS
    return and_(silent, devices.c.blocked_at.is_(None), or_(signed_in.correlate(devices), said("waiting") > 0))


def in_ids(ids: Iterable[str]) -> ColumnElement[bool]:
    return devices.c.id.in_(sorted(ids))


async def lost_work(connection: AsyncConnection) -> dict[str, int]:
    """Operations that each device had reported and that it came back without, by its id; those without are missing."""
    younger = clients.alias("younger")
    came_back = exists().where(
        younger.c.device_id == clients.c.device_id,
        younger.c.created_at > clients.c.created_at,
        younger.c.last_seen_at > clients.c.last_seen_at,
        younger.c.health["waiting"].as_integer().is_not(None),
    )
    query = (
        select(clients.c.id, clients.c.device_id, clients.c.last_n, clients.c.health)
        .join(devices, devices.c.id == clients.c.device_id)
        .where(clients.c.health["waiting"].as_integer() > 0, came_back.correlate(clients))
        .where(or_(devices.c.settled_at.is_(None), devices.c.settled_at < clients.c.last_seen_at))
    )
    rows = list(await connection.execute(query))
    gone_on = await _gone_on(connection, {row.device_id for row in rows})
    lost: dict[str, int] = {}
    for row in rows:
        owed = row.health["waiting"]
        if (through := row.health.get("through")) is not None:
            # It may have been delivered by other means, as a file.
            owed = min(owed, through - row.last_n)
        if owed > 0 and row.id not in gone_on:
            lost[row.device_id] = lost.get(row.device_id, 0) + owed
    return lost


async def _gone_on(connection: AsyncConnection, ids: set[str]) -> set[str]:
    """Outboxes of these devices whose rows went on under a newer one."""
    if not ids:
        return set()
    rows = await connection.scalars(select(clients.c.health).where(clients.c.device_id.in_(sorted(ids))))
    return {earlier for health in rows if health for earlier in health.get("earlier") or ()}


async def last_words(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Health]:
    """What the newest outbox of each device last said."""
    query = select(clients.c.device_id, clients.c.health).where(clients.c.device_id.in_(sorted(ids)))
    found: dict[str, Health] = {}
    for row in await connection.execute(query.order_by(clients.c.last_seen_at.desc(), clients.c.created_at.desc())):
        if row.health:
            found.setdefault(row.device_id, row.health)
    return found


def works_in(ids: list[int], areas: list[int], now: int) -> ColumnElement[bool]:
    """Somebody signs in on it who works in one of the stores, or in one of the areas as a whole."""
    held = device_keys.join(roles, roles.c.person_id == device_keys.c.person_id)
    in_time = (roles.c.valid_from <= now) & or_(roles.c.valid_to.is_(None), roles.c.valid_to > now)
    place = or_(roles.c.store_id.in_(ids), roles.c.area_id.in_(areas))
    there = (device_keys.c.device_id == devices.c.id) & in_time & place & (roles.c.level <= 3)
    return exists().select_from(held).where(there)


def listed_devices(visit: Visit, powers: Powers) -> Select[Any]:
    query = select(devices, seen().label("seen_at"), said("waiting").label("waiting"), dark(visit).label("dark"))
    if powers.administers:
        return query
    areas = [visit.chain.areas[store] for store in powers.stores]
    return query.where(works_in(sorted(powers.stores), areas, visit.now))


async def how_many_alarms(visit: Visit) -> int:
    """Devices of the reader's stores that somebody should look for; 0 for who minds none."""
    powers = await powers_of(visit)
    if "devices" not in powers.sections:
        return 0
    worry = or_(dark(visit), in_ids(await lost_work(visit.connection)))
    listed = listed_devices(visit, powers).where(worry).subquery()
    return await visit.connection.scalar(select(func.count()).select_from(listed)) or 0
