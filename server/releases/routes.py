"""The files a phone is given: unchanged for ever under their release's id, and the two addresses that never change."""

from typing import Annotated

from litestar import get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, HeaderParameter
from litestar.response import Response

from server.answers import bytes_answer
from server.releases.answers import ReleaseShelf, manifest_answer, service_worker_answer

AcceptEncoding = Annotated[str, HeaderParameter(name="accept-encoding", required=False)]


@get("/static/{release_id:str}/{path:path}", summary="A file of a release", include_in_schema=False)
async def release_file(
    release_id: FromPath[str], path: FromPath[str], state: State, accept_encoding: AcceptEncoding = ""
) -> Response[bytes]:
    shelf: ReleaseShelf = state.shelf
    found = shelf.find(release_id, path.lstrip("/"), accept_encoding)
    if found is None:
        raise NotFoundException
    return bytes_answer(found.body, found.headers)


@get("/service_worker.js", summary="The phone's own server, of the newest release", include_in_schema=False)
async def service_worker(state: State) -> Response[bytes]:
    answer = service_worker_answer(state.release)
    return bytes_answer(answer.body, answer.headers)


@get("/manifest.json", summary="What makes the page an app on a home screen", include_in_schema=False)
async def manifest(state: State) -> Response[bytes]:
    answer = manifest_answer(state.release)
    return bytes_answer(answer.body, answer.headers)


routes = [release_file, service_worker, manifest]
