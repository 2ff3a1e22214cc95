"""A file on its way from a browser to the disk: streamed, never held, and kept apart until somebody says start.

A draft is a folder `<data>/imports/drafts/<id>/` with the file as it came and what is known of it. One that nobody
starts is gone after a day.
"""

import asyncio
import errno
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from litestar import Request
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

# Written to the disk in pieces of this size, each in a thread: the hub goes on answering phones meanwhile.
PIECE_BYTES = 1024 * 1024
TEXT_LIMIT_BYTES = 4096
# What an upload must leave free: the books themselves live on this disk.
SPARE_BYTES = 256 * 1024 * 1024
KEPT_S = 86_400
FILE, FACTS = "file", "draft.json"


class UploadRefused(Exception):  # noqa: N818 -- a foreseen end, no bug
    """`code` is one of `web/sentences.html`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Draft(msgspec.Struct):
    """A file that came and is not started; `kind` is "" where the reader should find it out."""

    id: str
    file_name: str
    size_bytes: int
    sha256: str
    person_id: int
    kind: str


@dataclass
class _Sink:
    """The file as it grows."""

    path: Path
    size_bytes: int = 0
    digest: Any = field(default_factory=sha256)
    waiting: bytearray = field(default_factory=bytearray)

    async def take(self, piece: bytes | bytearray) -> None:
        self.waiting += piece
        if len(self.waiting) >= PIECE_BYTES:
            await self.flush()

    async def flush(self) -> None:
        piece, self.waiting = self.waiting, bytearray()
        await asyncio.to_thread(self._write, piece)

    def _write(self, piece: bytearray) -> None:
        if shutil.disk_usage(self.path.parent).free < len(piece) + SPARE_BYTES:
            raise UploadRefused("disk_full")
        try:
            with self.path.open("ab") as file:
                file.write(piece)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise UploadRefused("disk_full") from error
            raise
        self.digest.update(piece)
        self.size_bytes += len(piece)


async def take_upload(request: Request[Any, Any, Any], data: Path, person_id: int) -> Draft:
    """Reads a form with a `file` and a `kind` from the request's own stream; UploadRefused where there is no file."""
    drafts = data / "imports" / "drafts"
    await asyncio.to_thread(_sweep, drafts)
    draft = Draft(str(uuid4()), "", 0, "", person_id, "")
    folder = drafts / draft.id
    folder.mkdir(parents=True)
    is_whole = False
    try:
        sink = _Sink(folder / FILE)
        texts = await _parts(request, sink, draft)
        if not sink.size_bytes:
            raise UploadRefused("file_missing")
        draft.kind, draft.size_bytes, draft.sha256 = texts.get("kind", ""), sink.size_bytes, sink.digest.hexdigest()
        (folder / FACTS).write_bytes(msgspec.json.encode(draft))
        is_whole = True
    finally:
        # Half a file is nobody's, whoever hung up.
        if not is_whole:
            shutil.rmtree(folder, ignore_errors=True)
    return draft


def find_draft(data: Path, draft: str, person_id: int) -> tuple[Draft, Path] | None:
    """The draft and its file, for the person who brought it; None where there is none (any more)."""
    folder = data / "imports" / "drafts" / draft
    if not draft.replace("-", "").isalnum() or not (folder / FACTS).is_file():
        return None
    found = msgspec.json.decode((folder / FACTS).read_bytes(), type=Draft)
    return (found, folder / FILE) if found.person_id == person_id else None


def drop_draft(data: Path, draft: str) -> None:
    shutil.rmtree(data / "imports" / "drafts" / draft, ignore_errors=True)


async def _parts(request: Request[Any, Any, Any], sink: _Sink, draft: Draft) -> dict[str, str]:
    """The form's short texts; what its file holds goes to the sink."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data" or "boundary" not in options:
        raise UploadRefused("file_missing")
    texts: dict[str, bytearray] = {}
    segment: MultipartSegment | None = None
    try:
        with PushMultipartParser(options["boundary"], max_segment_count=8) as parser:
            async for part in _events(parser, request.stream()):
                if isinstance(part, MultipartSegment):
                    segment = part
                    if segment.name == "file":
                        draft.file_name = (segment.filename or "").replace("\0", "")[-200:]
                elif part and segment is not None and segment.name == "file":
                    await sink.take(part)
                elif part and segment is not None:
                    texts.setdefault(segment.name, bytearray()).extend(part)
                    if len(texts[segment.name]) > TEXT_LIMIT_BYTES:
                        raise UploadRefused("file_missing")
    except MultipartError as error:
        raise UploadRefused("file_broken") from error
    await sink.flush()
    return {name: bytes(text).decode("utf-8", "replace") for name, text in texts.items()}


async def _events(parser: Any, stream: AsyncIterator[bytes]) -> AsyncIterator[Any]:
    async for piece in stream:
        for part in parser.parse(piece):
            yield part


def _sweep(drafts: Path) -> None:
    """Lets go of what nobody started."""
    if not drafts.is_dir():
        return
    for folder in drafts.iterdir():
        if folder.stat().st_mtime < time.time() - KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)
