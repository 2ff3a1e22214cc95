"""The pieces of snapshots, for phones that may hold their bucket."""

import gzip
from asyncio import to_thread
from typing import Annotated

from litestar import MediaType, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter
from litestar.response import Response

from server.clock import now_ms
from server.database import Database
from server.inbox.pull import bucket_names
from server.people.facts import load_people
from server.people.sessions import Who
from server.snapshots.offers import coding_for
from server.snapshots.shelf import Shelf

# In this browser alone: what one person may hold, another may not.
FOR_EVER = "private, max-age=31536000, immutable"


@get("/sync/snapshots/{bucket:str}/{version:str}/{piece:str}", summary="A piece of a packed bucket")
async def snapshot_piece(
    bucket: FromPath[str],
    version: FromPath[str],
    piece: FromPath[str],
    who: NamedDependency[Who],
    database: NamedDependency[Database],
    state: State,
    accept_encoding: Annotated[str, HeaderParameter(name="accept-encoding", required=False)] = "",
    if_none_match: Annotated[str, HeaderParameter(name="if-none-match", required=False)] = "",
) -> Response[bytes]:
    async with database.reading() as connection:
        person = (await load_people(connection, [who.person_id]))[who.person_id]
        names = bucket_names(person, await state.known_chain.read(connection), now_ms())
    if bucket not in names:
        return _nothing("not_yours")
    coding = coding_for(accept_encoding)
    shelf: Shelf = state.snapshots.shelf
    file = shelf.file(bucket, version, piece, coding or "gzip")
    if file is None:
        return _nothing("gone")
    tag = f'"{version}-{piece}-{coding or "plain"}"'
    headers = {"cache-control": FOR_EVER, "vary": "accept-encoding", "etag": tag}
    if tag in if_none_match:
        return Response(b"", status_code=304, headers=headers)
    try:
        body = file.read_bytes()
    except FileNotFoundError:
        return _nothing("gone")
    if coding:
        headers["content-encoding"] = coding
    else:
        body = await to_thread(gzip.decompress, body)
    return Response(body, media_type="application/octet-stream", headers=headers)


def _nothing(code: str) -> Response[bytes]:
    return Response(f'{{"code":"{code}"}}'.encode(), status_code=404, media_type=MediaType.JSON)


routes = [snapshot_piece]
