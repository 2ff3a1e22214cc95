"""Devices as those see them who mind them: whose hands they are in, and what still waits on them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.listing import Listing, ListingView, in_any
from server.admin.pages import AdminFrame, framed
from server.admin.powers import Powers, powers_of
from server.devices.tables import device_keys, devices
from server.inbox.tables import clients
from server.page_frame import Problem
from server.people.tables import people, roles, sessions
from server.visits import Visit
from sync.forms import one

# A phone that works tells the hub of itself again and again; one that has work and is silent for so long is a worry.
DARK_MS = 24 * 3_600_000

# What a phone says of itself; see `server.inbox.messages.Health`.
Health = Mapping[str, Any]


class DeviceRow(TypedDict):
    """`person` is who is signed in, else who was last; `waiting` operations are what its phone reported at `seen_at`,
    the oldest of them recorded at `oldest_at` and `age_ms` old now (0 where it said nothing). `outdated` runs another
    release than the hub's; `dark` has work and is silent.
    """

    id: str
    name: str
    person: str
    person_id: int
    signed_in: bool
    seen_at: int
    waiting: int
    oldest_at: int
    age_ms: int
    release: str
    outdated: bool
    blocked: bool
    dark: bool


class StoreChoice(TypedDict):
    id: int
    name: str


class DeviceListPage(TypedDict):
    """`/admin/devices`."""

    admin: AdminFrame
    listing: ListingView
    rows: list[DeviceRow]
    stores: list[StoreChoice]


class KeyHolder(TypedDict):
    id: int
    name: str
    since: int
    signed_in: bool


class DevicePage(TypedDict):
    """`/admin/devices/<id>`."""

    admin: AdminFrame
    operation_id: str
    row: DeviceRow
    name: str
    created_at: int
    blocked_at: int
    people: list[KeyHolder]
    problem: Problem | None


def _seen() -> ColumnElement[int]:
    """When it last sent something, or somebody last signed in on it."""
    heard = select(func.coalesce(func.max(clients.c.last_seen_at), 0)).where(clients.c.device_id == devices.c.id)
    sent = heard.correlate(devices).scalar_subquery()
    return case((devices.c.last_seen_at > sent, devices.c.last_seen_at), else_=sent)


def _waiting() -> ColumnElement[int]:
    """Over all outboxes of the device that said something of themselves."""
    said = select(func.coalesce(func.sum(clients.c.health["waiting"].as_integer()), 0))
    return said.where(clients.c.device_id == devices.c.id).correlate(devices).scalar_subquery()


def device_listing(now: int) -> Listing:
    return Listing(
        path="/admin/devices",
        unique=devices.c.id,
        sorts={"seen": _seen(), "name": devices.c.name, "waiting": _waiting()},
        search=lambda word: or_(_named(word), _handled_by(word)),
        filters={"store": lambda text: _in_store(text, now), "state": _in_state},
        falling=frozenset({"seen", "waiting"}),
    )


_named = in_any(devices.c.name)
_is_person = in_any(people.c.name, people.c.username)


def _handled_by(word: str) -> ColumnElement[bool]:
    """Somebody so named has signed in on it."""
    held = device_keys.join(people, people.c.id == device_keys.c.person_id)
    return exists().select_from(held).where(device_keys.c.device_id == devices.c.id, _is_person(word))


def _works_in(ids: list[int], areas: list[int], now: int) -> ColumnElement[bool]:
    """Somebody signs in on it who works in one of the stores, or in one of the areas as a whole."""
    held = device_keys.join(roles, roles.c.person_id == device_keys.c.person_id)
    in_time = (roles.c.valid_from <= now) & or_(roles.c.valid_to.is_(None), roles.c.valid_to > now)
    place = or_(roles.c.store_id.in_(ids), roles.c.area_id.in_(areas))
    there = (device_keys.c.device_id == devices.c.id) & in_time & place & (roles.c.level <= 3)
    return exists().select_from(held).where(there)


def _in_store(text: str, now: int) -> ColumnElement[bool] | None:
    return _works_in([int(text)], [], now) if text.isdecimal() and len(text) < 10 else None


def _in_state(text: str) -> ColumnElement[bool] | None:
    if text == "waiting":
        return _waiting() > 0
    if text == "blocked":
        return devices.c.blocked_at.is_not(None)
    return true() if text else None


def listed_devices(visit: Visit, powers: Powers) -> Select[Any]:
    query = select(devices, _seen().label("seen_at"), _waiting().label("waiting"))
    if powers.administers:
        return query
    areas = [visit.chain.areas[store] for store in powers.stores]
    return query.where(_works_in(sorted(powers.stores), areas, visit.now))


async def device_list_page(visit: Visit, release: str) -> DeviceListPage | None:
    """`release` is the hub's own."""
    powers = await powers_of(visit)
    admin = framed(visit, powers, "devices")
    if admin is None:
        return None
    query = listed_devices(visit, powers)
    found, listing = await device_listing(visit.now).page(visit.connection, query, visit.fields)
    named = sorted(visit.store_names().items(), key=lambda store: store[1])
    return DeviceListPage(
        admin=admin,
        listing=listing,
        rows=await device_rows(visit, found, release),
        stores=[
            StoreChoice(id=store, name=name) for store, name in named if powers.administers or store in powers.stores
        ],
    )


async def device_page(visit: Visit, device: str, release: str) -> DevicePage | None:
    powers = await powers_of(visit)
    admin = framed(visit, powers, "devices")
    found = list(await visit.connection.execute(listed_devices(visit, powers).where(devices.c.id == device)))
    if admin is None or not found:
        return None
    [row] = await device_rows(visit, found, release)
    typed = visit.form is not None and "name" in visit.form
    return DevicePage(
        admin=admin,
        operation_id=visit.mint(),
        row=row,
        name=one(visit.form or {}, "name") if typed else row["name"],
        created_at=found[0].created_at,
        blocked_at=found[0].blocked_at or 0,
        people=(await holders(visit.connection, [device])).get(device, []),
        problem=visit.problem,
    )


async def device_rows(visit: Visit, found: Sequence[Any], release: str) -> list[DeviceRow]:
    ids = [row.id for row in found]
    people_of = await holders(visit.connection, ids)
    said = await _said(visit.connection, ids)
    return [_row(visit, row, people_of.get(row.id, []), said.get(row.id, []), release) for row in found]


def _row(visit: Visit, row: Any, people_of: list[KeyHolder], said: list[Health], release: str) -> DeviceRow:
    last = people_of[0] if people_of else None
    oldest = min((health["oldest_at"] for health in said if health.get("oldest_at")), default=0)
    own = next((health["release"] for health in said if health.get("release")), "")
    return DeviceRow(
        id=row.id,
        name=row.name,
        person=last["name"] if last else "",
        person_id=last["id"] if last else 0,
        signed_in=bool(last and last["signed_in"]),
        seen_at=row.seen_at,
        waiting=row.waiting,
        oldest_at=oldest,
        age_ms=max(0, visit.now - oldest) if oldest else 0,
        release=own[:8],
        outdated=bool(own) and own != release,
        blocked=row.blocked_at is not None,
        dark=row.waiting > 0 and visit.now - row.seen_at > DARK_MS,
    )


async def holders(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[KeyHolder]]:
    """Who has signed in on each device: those who are now first, then the newest."""
    session = select(func.max(sessions.c.created_at)).where(
        sessions.c.device_id == device_keys.c.device_id, sessions.c.person_id == device_keys.c.person_id
    )
    query = (
        select(device_keys, people.c.name, session.correlate(device_keys).scalar_subquery().label("now_since"))
        .join(people, people.c.id == device_keys.c.person_id)
        .where(device_keys.c.device_id.in_(ids))
    )
    found: dict[str, list[KeyHolder]] = {}
    for row in await connection.execute(query):
        holder = KeyHolder(
            id=row.person_id, name=row.name, since=row.now_since or row.created_at, signed_in=row.now_since is not None
        )
        found.setdefault(row.device_id, []).append(holder)
    for listed in found.values():
        listed.sort(key=lambda holder: (not holder["signed_in"], -holder["since"]))
    return found


async def _said(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Health]]:
    """What the outboxes of each device last said of themselves, the newest word first."""
    query = select(clients.c.device_id, clients.c.health).where(clients.c.device_id.in_(ids))
    found: dict[str, list[Health]] = {}
    for row in await connection.execute(query.order_by(clients.c.last_seen_at.desc())):
        if row.health:
            found.setdefault(row.device_id, []).append(row.health)
    return found
