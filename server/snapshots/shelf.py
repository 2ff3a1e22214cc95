"""The folder of snapshots, `<data>/snapshots/<bucket>/<epoch>-<seq>/`: written whole or not at all, never changed."""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from msgspec import DecodeError, Struct, json

from server.snapshots.packing import FORMAT
from server.snapshots.pieces import CODINGS, Piece

# The last but one is still being fetched by phones that asked before.
KEPT = 2
# What lies half written so long, nobody writes on any more.
HALF_WRITTEN_S = 3600
_BUCKET = re.compile(r"(catalogue|stock):[0-9]{1,10}")
_VERSION = re.compile(r"[0-9a-f-]{36}-[0-9]{1,16}")
_PIECE = re.compile(r"[0-9]{1,6}")


class Told(Struct, frozen=True):
    """A piece as the manifest tells of it; `bytes` by content coding."""

    name: str
    rows: int
    size: int
    bytes: dict[str, int]


class Manifest(Struct, frozen=True):
    format: int
    bucket: str
    epoch: str
    seq: int
    sum: str
    rows: int
    pieces: list[Told]


@dataclass(frozen=True, slots=True)
class Shelf:
    folder: Path

    def newest(self, bucket: str, epoch: str) -> Manifest | None:
        """Of this format; read from the disk, for another process may have written it."""
        kept = [one for one in self._kept(bucket) if _epoch_of(one) == epoch]
        for folder in sorted(kept, key=_seq_of, reverse=True):
            try:
                manifest = json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
            except (OSError, DecodeError):
                continue
            if manifest.format == FORMAT:
                return manifest
        return None

    def file(self, bucket: str, version: str, piece: str, coding: str) -> Path | None:
        """None for a name that this folder would never give, or what has been let go."""
        if not (_BUCKET.fullmatch(bucket) and _VERSION.fullmatch(version) and _PIECE.fullmatch(piece)):
            return None
        path = self._of(bucket) / version / f"{piece}.{coding}"
        return path if path.is_file() else None

    def write(self, manifest: Manifest, pieces: Sequence[Piece]) -> None:
        """All at once, by a change of name; whoever was faster has written the same."""
        shelf = self._of(manifest.bucket)
        shelf.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".writing-", dir=shelf))
        folder.chmod(0o755)
        for told, piece in zip(manifest.pieces, pieces, strict=True):
            for coding, body in piece.coded.items():
                (folder / f"{told.name}.{coding}").write_bytes(body)
        (folder / "manifest.json").write_bytes(json.encode(manifest))
        try:
            folder.rename(shelf / f"{manifest.epoch}-{manifest.seq}")
        except OSError:
            if not (shelf / f"{manifest.epoch}-{manifest.seq}" / "manifest.json").is_file():
                raise
            shutil.rmtree(folder)
        self._tidy(manifest.bucket, manifest.epoch)

    def let_go(self, epochs: Mapping[str, str]) -> None:
        """What is of none of these buckets, or of another epoch of theirs: no phone can use it."""
        for shelf in self.folder.iterdir() if self.folder.is_dir() else ():
            bucket = shelf.name.replace("-", ":", 1)
            if bucket not in epochs:
                shutil.rmtree(shelf, ignore_errors=True)
                continue
            for one in self._kept(bucket):
                if _epoch_of(one) != epochs[bucket]:
                    shutil.rmtree(one, ignore_errors=True)

    @contextmanager
    def alone(self, bucket: str) -> Iterator[None]:
        """Waits until no other process is at this bucket."""
        shelf = self._of(bucket)
        shelf.mkdir(parents=True, exist_ok=True)
        handle = os.open(shelf / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _of(self, bucket: str) -> Path:
        return self.folder / bucket.replace(":", "-")

    def _kept(self, bucket: str) -> list[Path]:
        shelf = self._of(bucket)
        return [one for one in shelf.iterdir() if _VERSION.fullmatch(one.name)] if shelf.is_dir() else []

    def _tidy(self, bucket: str, epoch: str) -> None:
        kept = sorted((one for one in self._kept(bucket) if _epoch_of(one) == epoch), key=_seq_of)[-KEPT:]
        old = [one for one in self._kept(bucket) if one not in kept]
        long_ago = time.time() - HALF_WRITTEN_S
        old += [one for one in self._of(bucket).glob(".writing-*") if one.stat().st_mtime < long_ago]
        for one in old:
            shutil.rmtree(one, ignore_errors=True)


def manifest_of(bucket: str, epoch: str, seq: int, total: str, pieces: Sequence[Piece]) -> Manifest:
    told = [
        Told(str(place), piece.rows, piece.size, {coding: len(piece.coded[coding]) for coding in CODINGS})
        for place, piece in enumerate(pieces)
    ]
    return Manifest(FORMAT, bucket, epoch, seq, total, sum(piece.rows for piece in pieces), told)


def _epoch_of(folder: Path) -> str:
    return folder.name.rpartition("-")[0]


def _seq_of(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])
