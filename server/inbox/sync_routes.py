"""What phones send and ask; `sync/PROTOCOL.md` is the description."""

import gzip
from collections import Counter
from typing import Any

from litestar import MediaType, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.response import Response, Stream
from msgspec import json

from server.clock import now_ms
from server.database import Database
from server.devices.cookies import read_cookie
from server.devices.keys import blocked_device
from server.health.figures import LIVE_STREAMS, OPERATIONS
from server.inbox.accept import Door, DoorClosed
from server.inbox.live import Live
from server.inbox.messages import Malformed, read_pull, read_push
from server.inbox.outboxes import Arrival
from server.inbox.pull import SchemaTooOld, answer_pull
from server.logs import note
from server.people.sessions import NotSignedIn, Who
from server.snapshots.offers import Offers
from sync.operations import KINDS

Asking = Request[Who, None, State]
WORTH_PACKING_BYTES = 1400
# Ids of a message's operations on its log line; a full outbox would make it several kilobytes.
NAMED_AT_MOST = 20
AGAIN = {"retry-after": "2"}


@post("/sync/push", summary="Operations of a phone, in; what became of them, out", status_code=200)
async def push(request: Asking, state: State) -> Response[bytes]:
    """Reached where `server.inbox.lane` leaves a push to the router; both answer the same."""
    device = await _delivering_device(request, state)
    status, body = await answer_push(state.door, device, await request.body())
    return Response(body, status_code=status, media_type=MediaType.JSON, headers=AGAIN if status == 503 else None)


async def answer_push(door: Door, device: str, body: bytes) -> tuple[int, bytes]:
    """Status and JSON of the answer to a message from a device."""
    try:
        message = read_push(body)
    except Malformed as malformed:
        return 400, json.encode(malformed.answer)
    note(client=message.client, operations=[op.id for op in message.ops[:NAMED_AT_MOST]], count=len(message.ops))
    try:
        answer = await door.push(Arrival(message.client, device, message.ops, message.health))
    except DoorClosed:
        return 503, b'{"code":"closed"}'
    if answer.conflict:
        return 409, json.encode({**answer.conflict, "last_n": answer.last_n, "now": now_ms()})
    told = Counter(
        (verdict.op.kind if verdict.op.kind in KINDS else "unknown", verdict.status) for verdict in answer.verdicts
    )
    for (kind, status), count in told.items():
        OPERATIONS.labels(kind, status).inc(count)
    results = [verdict.result() for verdict in answer.verdicts]
    return 200, json.encode({"results": results, "last_n": answer.last_n, "now": now_ms()})


async def _delivering_device(request: Asking, state: State) -> str:
    """The device of the session. A blocked one has none, and may still deliver what was recorded on it before."""
    who: Who | None = await state.sessions.who(request.scope)
    if who:
        return who.device_id
    token = read_cookie(request.scope["headers"], request.scope["scheme"], "device")
    async with state.database.reading() as connection:
        blocked = await blocked_device(connection, token)
    if blocked is None:
        raise NotSignedIn
    return blocked[0]


@post("/sync/pull", summary="Rows that a phone does not have yet", status_code=200)
async def pull(
    request: Asking, who: NamedDependency[Who], database: NamedDependency[Database], state: State
) -> Response[bytes]:
    try:
        message = read_pull(await request.body())
        async with database.reading() as connection:
            known, lost = state.known_chain, state.housekeeper.lost
            offers = _offers(request, state, message.packed)
            answer = await answer_pull(connection, who, message, now_ms(), known, lost, offers)
    except Malformed as malformed:
        return _json(malformed.answer, 400)
    except SchemaTooOld:
        return _json({"code": "schema_too_old"}, 426)
    await state.sightings.saw(who.device_id, message.client, message.health)
    body = json.encode(answer)
    if len(body) < WORTH_PACKING_BYTES or "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(body, media_type=MediaType.JSON)
    packed = gzip.compress(body, 5, mtime=0)
    return Response(packed, media_type=MediaType.JSON, headers={"content-encoding": "gzip"})


@get("/sync/live", summary="Server-sent hints that something is new")
async def live(who: NamedDependency[Who], state: State) -> Stream:
    streams: Live = state.live

    async def counted() -> Any:
        with LIVE_STREAMS.track_inprogress():
            async for event in streams.stream(who):
                yield event

    return Stream(counted(), media_type="text/event-stream", headers={"cache-control": "no-store"})


def _offers(request: Asking, state: State, formats: list[int] | None) -> Offers | None:
    return Offers(state.snapshots, formats, request.headers.get("accept-encoding", "")) if formats else None


def _json(value: dict[str, Any], status: int = 200) -> Response[bytes]:
    return Response(json.encode(value), status_code=status, media_type=MediaType.JSON)


routes = [push, pull, live]
