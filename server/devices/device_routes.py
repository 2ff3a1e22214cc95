from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from litestar import MediaType, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response
from msgspec import json

from server.admin.booking import Booking, take_form
from server.admin.csv_answer import csv_answer
from server.admin.pages import framed
from server.admin.powers import powers_of
from server.devices.board import how_many_alarms, listed_devices, lost_work
from server.devices.device_pages import (
    DeviceRow,
    device_list_page,
    device_listing,
    device_page,
    device_rows,
)
from server.people.sessions import Sessions, Who
from server.staff_pages import Asked, Filler, address_fields, show, visit_of
from server.visits import Visit
from sync.forms import Fields, one, stripped

LIST, PAGE = "admin/devices.html", "admin/device.html"
ROWS_AT_ONCE = 500


@get("/admin/devices", summary="Devices: whose hands they are in, and what waits on them")
async def device_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, LIST, _list(request))


@get("/admin/devices/export.csv", summary="The same list as a file")
async def device_export(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        powers = await powers_of(visit)
        may = framed(visit, powers, "devices") is not None
        lost = await lost_work(connection) if may else {}
    if not may:
        return await show(request, who, LIST, _list(request))
    query = listed_devices(visit, powers)
    found = device_listing(visit, lost).every(request.app.state.database, query, address_fields(request))
    header = ["name", "person", "last_seen_ms", "waiting", "oldest_ms", "release", "blocked", "news_ms", "storage"]
    header += ["dark", "lost"]
    return csv_answer("devices", header, _lines(request, visit, found))


async def _lines(request: Asked, visit: Visit, found: AsyncIterator[Any]) -> AsyncIterator[Sequence[Any]]:
    some: list[Any] = []
    async for row in found:
        some.append(row)
        if len(some) == ROWS_AT_ONCE:
            for line in await _told(request, visit, some):
                yield line
            some = []
    for line in await _told(request, visit, some):
        yield line


async def _told(request: Asked, visit: Visit, some: list[Any]) -> list[list[Any]]:
    async with request.app.state.database.reading() as connection:
        rows = await device_rows(replace(visit, connection=connection), some, request.app.state.release.id)
    return [_line(row) for row in rows]


def _line(row: DeviceRow) -> list[str | int]:
    said: list[str | int] = [row["name"], row["person"], row["seen_at"], row["waiting"], row["oldest_at"] or ""]
    said += [row["release"], "yes" if row["blocked"] else "", row["news_at"] or "", row["storage"]]
    return [*said, "yes" if row["dark"] else "", row["lost"]]


@get("/admin/devices/alarms.json", summary="How many devices the reader should look for")
async def device_alarms(request: Asked, who: NamedDependency[Who]) -> Response[bytes]:
    async with request.app.state.database.reading() as connection:
        count = await how_many_alarms(await visit_of(request, connection, who))
    return Response(json.encode({"count": count}), media_type=MediaType.JSON, headers={"cache-control": "no-store"})


@get("/admin/devices/{device:str}", summary="A device: its name, its people, what waits on it")
async def device_show(request: Asked, who: NamedDependency[Who], device: FromPath[str]) -> Response[Any]:
    return await show(request, who, PAGE, _one(request, device))


@post("/admin/devices/{device:str}", summary="Names a device, blocks it or lets it in again")
async def device_change(
    request: Asked, who: NamedDependency[Who], sessions: NamedDependency[Sessions], device: FromPath[str]
) -> Response[Any]:
    async def act(booking: Booking, fields: Fields) -> str:
        action = one(fields, "action")
        if action == "settle":
            await booking.book("device.settle", {"device": device})
        elif action in ("block", "unblock"):
            await booking.book(f"device.{action}", {"device": device})
            sessions.forget_all()
        else:
            await booking.book("device.save", {"device": device, "name": stripped(one(fields, "name"))})
        return f"/admin/devices/{device}"

    return await take_form(request, who, PAGE, _one(request, device), act)


def _list(request: Asked) -> Filler:
    return partial(device_list_page, release=request.app.state.release.id)


def _one(request: Asked, device: str) -> Filler:
    return partial(device_page, device=device, release=request.app.state.release.id)


routes = [device_list, device_export, device_alarms, device_show, device_change]
