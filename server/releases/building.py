"""Builds a release in `<data>/releases/<id>`, once, and keeps the last three."""

import fcntl
import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from server.offline_kit import RELEASE_PLACE, compile_templates, read_locales
from server.releases.bundling import WORKER, bundled, bundler_version
from server.releases.contents import ICONS, check_assets, digest_of_inputs, icon_sprite, sources
from server.rendering import TOP, page_headers

# The pages a phone renders itself; the others exist on the hub alone.
OFFLINE_TEMPLATES = (
    "scan/home.html",
    "catalogue/list.html",
    "catalogue/item.html",
    "catalogue/missing.html",
    "transfers/list.html",
    "transfers/new.html",
    "transfers/show.html",
    "inbox/inbox.html",
    "inbox/outbox.html",
    "reviews/list.html",
    "counts/list.html",
    "counts/show.html",
    "lots/expiry.html",
    "unknown_codes/list.html",
    "unknown_codes/match.html",
    "people/me.html",
    "tour/tour.html",
    "labels/labels.html",
    "checkup/checkup.html",
)
IN_THE_WORKER = ("sw/", "sync/", "templates/", "release.js")
NOT_ON_PHONES = ("images/screenshots/", "styles/admin", "scripts/admin", "styles/setup", "scripts/setup")
KEPT = 3
# What a browser reads compressed; pictures are compressed already.
COMPRESSED = {".js", ".css", ".svg", ".json", ".wasm", ".txt"}


@dataclass(frozen=True)
class Release:
    """`folder` holds `sw/`, `sync/`, `styles/`, `images/`, `scripts/`, `templates/`, `vendor/`, `release.js`, each file
    with a `.gz` beside it where that helps; `files` are its paths, `precache` the addresses a phone fetches at once.

    The worker is one file, and the modules it was made of stay beside it, to be read and to be run without a browser.
    """

    id: str
    folder: Path
    files: frozenset[str]
    precache: tuple[str, ...]


def build_release(data_folder: Path, pages: Iterable[str] = OFFLINE_TEMPLATES, top: Path = TOP) -> Release:
    """The release of what lies in the checkout now; written only if it is not there already.

    Raises `TemplateRefused` for a template that cannot go to a phone and `ReleaseRefused` where something is missing.
    """
    shelf = data_folder / "releases"
    shelf.mkdir(parents=True, exist_ok=True)
    names, files = sorted(pages), sources(top)
    inputs = digest_of_inputs(top, files, json.dumps([names, jinja2.__version__, bundler_version(top)]))
    with _alone(shelf):
        known = next((one["id"] for one in _order(shelf) if one["inputs"] == inputs), None)
        if known is None or not (shelf / known).is_dir():
            known = _write(shelf, _contents(top, names, files))
        _keep(shelf, known, inputs)
    return _release(shelf, known)


def _contents(top: Path, names: list[str], files: Mapping[str, Path]) -> dict[str, bytes]:
    """Every file with a place held for the release's id, which depends on all of them."""
    web = top / "web"
    locales = read_locales(web)
    contents = {place: path.read_bytes() for place, path in files.items()}
    contents[ICONS] = icon_sprite(top)
    for place, source in compile_templates(web, locales, names).items():
        contents[place] = source.encode()
    check_assets(web, contents)
    contents["release.js"] = _release_module(contents, list(locales)).encode()
    contents[WORKER] = bundled(top, contents)
    return contents


def _release_module(contents: Mapping[str, bytes], locales: list[str]) -> str:
    addresses = [f"/static/{RELEASE_PLACE}/{place}" for place in sorted(contents) if _is_precached(place)]
    headers = {locale: page_headers(locale) for locale in locales}
    lines = (f"export const {name} = {_json(value)};\n" for name, value in _constants(addresses, headers))
    return "".join(lines)


def _constants(addresses: list[str], headers: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "RELEASE_ID", RELEASE_PLACE
    yield "PRECACHE", addresses
    yield "PAGE_HEADERS", headers


def _is_precached(place: str) -> bool:
    """The worker itself is kept by the browser; no page asks for what went into it, nor for licences.

    Screenshots are for the browser's question whether to install, which it asks with a network, and administration
    is the hub's alone.
    """
    return not place.startswith((*IN_THE_WORKER, *NOT_ON_PHONES)) and not place.endswith((".txt", "manifest.json"))


def _write(shelf: Path, contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for place in sorted(contents):
        digest.update(place.encode() + b"\0" + hashlib.sha256(contents[place]).digest())
    release_id = digest.hexdigest()[:16]
    if (shelf / release_id).is_dir():
        return release_id
    folder = Path(tempfile.mkdtemp(prefix=".building-", dir=shelf))
    folder.chmod(0o755)
    for place, content in contents.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        is_generated = place.startswith("templates/") or place in ("release.js", WORKER)
        final = content.replace(RELEASE_PLACE.encode(), release_id.encode()) if is_generated else content
        path.write_bytes(final)
        packed = gzip.compress(final, mtime=0) if path.suffix in COMPRESSED else final
        if len(packed) < len(final):
            path.with_name(f"{path.name}.gz").write_bytes(packed)
    folder.rename(shelf / release_id)
    return release_id


def _keep(shelf: Path, release_id: str, inputs: str) -> None:
    """Puts the release last in the order and lets go of all but the last three, and of what a crash left half built."""
    order = [one for one in _order(shelf) if one["id"] != release_id]
    order = [*order, {"id": release_id, "inputs": inputs}][-KEPT:]
    fresh = shelf / ".order.json"
    fresh.write_text(_json(order), "utf-8")
    fresh.replace(shelf / "order.json")
    kept = {one["id"] for one in order}
    for folder in shelf.iterdir():
        if folder.is_dir() and folder.name not in kept:
            shutil.rmtree(folder)


def _release(shelf: Path, release_id: str) -> Release:
    folder = shelf / release_id
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = frozenset(path for path in paths if not path.endswith(".gz"))
    precache = tuple(f"/static/{release_id}/{place}" for place in sorted(files) if _is_precached(place))
    return Release(release_id, folder, files, precache)


def _order(shelf: Path) -> list[dict[str, str]]:
    path = shelf / "order.json"
    order: list[dict[str, str]] = json.loads(path.read_text("utf-8")) if path.is_file() else []
    return order


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


@contextmanager
def _alone(shelf: Path) -> Iterator[None]:
    """Several processes may start at once on one folder; one builds and the others find it built."""
    handle = os.open(shelf / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
