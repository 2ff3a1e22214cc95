"""Devices as those see them who mind them: whose hands they are in, and what still waits on them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.listing import Listing, ListingView, in_any
from server.admin.pages import AdminFrame, framed
from server.admin.powers import powers_of
from server.devices.board import (
    HOUR_MS,
    Health,
    dark,
    in_ids,
    last_words,
    listed_devices,
    lost_work,
    said,
    seen,
    works_in,
)
from server.devices.tables import device_keys, devices
from server.page_frame import Problem
from server.people.tables import people, sessions
from server.visits import Visit
from sync.forms import one


class DeviceRow(TypedDict):
    """`person` is who is signed in, else who was last; `waiting` operations are what its phone reported at `seen_at`,
    the oldest of them recorded at `oldest_at` and `age_ms` old now (0 where it said nothing). What it knows is as of
    `news_at`. `storage` is its word for whether it keeps what it is given, "" where it said none. `outdated` runs
    another release than the hub's; `dark` has been silent for `silent_ms`, longer than the policy allows; `lost` is how
    many operations it had reported and came back without.
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
    news_at: int
    news_age_ms: int
    storage: str
    release: str
    outdated: bool
    blocked: bool
    dark: bool
    silent_ms: int
    lost: int


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


def device_listing(visit: Visit, lost: Mapping[str, int]) -> Listing:
    """`lost` as `lost_work` tells."""
    states = {"waiting": said("waiting") > 0, "blocked": devices.c.blocked_at.is_not(None)}
    states |= {"dark": dark(visit), "lost": in_ids(lost)}
    states["alarm"] = or_(states["dark"], states["lost"])
    return Listing(
        path="/admin/devices",
        unique=devices.c.id,
        sorts={"seen": seen(), "name": devices.c.name, "waiting": said("waiting"), "news": said("catalogue_at")},
        search=lambda word: or_(_named(word), _handled_by(word)),
        filters={
            "store": lambda text: _in_store(text, visit.now),
            "state": lambda text: states.get(text, true()) if text else None,
        },
        falling=frozenset({"seen", "waiting"}),
    )


_named = in_any(devices.c.name)
_is_person = in_any(people.c.name, people.c.username)


def _handled_by(word: str) -> ColumnElement[bool]:
    """Somebody so named has signed in on it."""
    held = device_keys.join(people, people.c.id == device_keys.c.person_id)
    return exists().select_from(held).where(device_keys.c.device_id == devices.c.id, _is_person(word))


def _in_store(text: str, now: int) -> ColumnElement[bool] | None:
    return works_in([int(text)], [], now) if text.isdecimal() and len(text) < 10 else None


async def device_list_page(visit: Visit, release: str) -> DeviceListPage | None:
    """`release` is the hub's own."""
    powers = await powers_of(visit)
    admin = framed(visit, powers, "devices")
    if admin is None:
        return None
    query = listed_devices(visit, powers)
    lost = await lost_work(visit.connection)
    found, listing = await device_listing(visit, lost).page(visit.connection, query, visit.fields)
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
    words = await last_words(visit.connection, ids)
    lost = await lost_work(visit.connection)
    return [
        _row(visit, row, people_of.get(row.id, []), words.get(row.id, {}), lost.get(row.id, 0), release)
        for row in found
    ]


def _row(visit: Visit, row: Any, people_of: list[KeyHolder], health: Health, lost: int, release: str) -> DeviceRow:
    last = people_of[0] if people_of else None
    oldest, news = health.get("oldest_at") or 0, health.get("catalogue_at") or 0
    own = health.get("release") or ""
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
        news_at=news,
        news_age_ms=max(0, visit.now - news) if news else 0,
        storage=health.get("storage") or "",
        release=own[:8],
        outdated=bool(own) and own != release,
        blocked=row.blocked_at is not None,
        dark=bool(row.dark),
        silent_ms=max(0, visit.now - row.seen_at) // HOUR_MS * HOUR_MS,
        lost=lost,
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
