"""What is sent for the addresses of a release, as plain data; the routes only hand it on."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server.releases.building import Release
from server.rendering import page_headers

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}
FOR_EVER = "public, max-age=31536000, immutable"
_RELEASE_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Answer:
    """Status 200 with these headers, in lower case, and this body."""

    headers: Mapping[str, str]
    body: bytes


@dataclass
class ReleaseShelf:
    """Answers `/static/<id>/<path>` for every release kept in `<data>/releases`.

    A release is read when it is first asked for, and then from memory: it never changes. Only paths that were found
    in its folder are answered, so that no path can lead out of it.
    """

    folder: Path
    releases: dict[str, dict[str, Path]] = field(default_factory=dict)
    bodies: dict[Path, bytes] = field(default_factory=dict)

    def find(self, release_id: str, path: str, accept_encoding: str = "") -> Answer | None:
        """None for what no kept release holds. `accept_encoding` is the request's header."""
        file = self._files(release_id).get(path)
        if file is None or file.suffix not in TYPES:
            return None
        packed = self._files(release_id).get(f"{path}.gz")
        is_packed = packed is not None and _takes_gzip(accept_encoding)
        headers = {"content-type": TYPES[file.suffix], "cache-control": FOR_EVER} | _safety()
        if packed is not None:
            headers["vary"] = "accept-encoding"
        if is_packed:
            headers["content-encoding"] = "gzip"
        return Answer(headers, self._body(packed if packed is not None and is_packed else file))

    def _files(self, release_id: str) -> dict[str, Path]:
        if release_id not in self.releases:
            folder = self.folder / release_id
            if _RELEASE_ID.fullmatch(release_id) is None or not folder.is_dir():
                return {}
            files = (path for path in folder.rglob("*") if path.is_file())
            self.releases[release_id] = {path.relative_to(folder).as_posix(): path for path in files}
        return self.releases[release_id]

    def _body(self, file: Path) -> bytes:
        if file not in self.bodies:
            self.bodies[file] = file.read_bytes()
        return self.bodies[file]


def service_worker_answer(release: Release) -> Answer:
    """`/service_worker.js`: one line that leads to this release's worker, asked for anew every time."""
    body = f'import "/static/{release.id}/sw/service_worker.js";\n'
    headers = {"content-type": TYPES[".js"], "cache-control": "no-cache", "service-worker-allowed": "/"}
    return Answer(headers | _safety(), body.encode())


def manifest_answer(release: Release) -> Answer:
    """`/manifest.json`: the checkout's, its relative pictures at this release's addresses."""
    manifest = json.loads((release.folder / "manifest.json").read_text("utf-8"))
    for pictures in (manifest, *manifest.get("shortcuts", [])):
        for picture in (*pictures.get("icons", []), *pictures.get("screenshots", [])):
            if not picture["src"].startswith("/"):
                picture["src"] = f"/static/{release.id}/{picture['src']}"
    headers = {"content-type": "application/manifest+json", "cache-control": "no-cache"}
    return Answer(headers | _safety(), json.dumps(manifest, ensure_ascii=False, indent=2).encode())


def _safety() -> dict[str, str]:
    """A worker obeys the policy its script came with."""
    page = page_headers("en")
    names = ("content-security-policy", "x-content-type-options", "referrer-policy")
    return {name: page[name] for name in names} | {"cross-origin-resource-policy": "same-origin"}


def _takes_gzip(accept_encoding: str) -> bool:
    offers = (offer.strip().lower().replace(" ", "").partition(";") for offer in accept_encoding.split(","))
    return any(name in ("gzip", "*") and not re.fullmatch(r"q=0(\.0*)?", weight) for name, _, weight in offers)
