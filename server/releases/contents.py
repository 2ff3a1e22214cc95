"""What a release is made of: which source file stands at which place."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import nodes

from server.offline_kit import TemplateRefused
from server.offline_kit.reading import read_templates
from server.refusals import NotPossible

# Folder in the checkout, folder in the release, endings that are taken.
FOLDERS = (
    ("web/styles", "styles", {".css"}),
    ("web/images", "images", {".svg", ".png", ".webp", ".ico"}),
    ("web/scripts", "scripts", {".js"}),
    ("sw", "sw", {".js"}),
    ("sync", "sync", {".js"}),
)
ICONS = "vendor/icons.svg"
_DRAWING = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)
_STROKE = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


class ReleaseRefused(NotPossible):
    """Why nothing can be served, and what to do about it."""


def sources(top: Path) -> dict[str, Path]:
    """The files that are served as they are, by their place in the release."""
    found = {}
    for folder, place, endings in FOLDERS:
        for path in sorted((top / folder).rglob("*")):
            if path.is_file() and path.suffix in endings and "node_modules" not in path.parts:
                found[f"{place}/{path.relative_to(top / folder).as_posix()}"] = path
    if (top / "manifest.json").is_file():
        found["manifest.json"] = top / "manifest.json"
    return found | _packages(top)


def digest_of_inputs(top: Path, files: Mapping[str, Path], more: str) -> str:
    """Changes with everything a release is made from, the compiler of its templates included."""
    made_from = [
        *files.values(),
        *(path for path in sorted((top / "web").rglob("*.html")) if "node_modules" not in path.parts),
        *sorted((top / "web" / "locales").glob("*.json")),
        *sorted(Path(__file__).parent.glob("*.py")),
        *sorted((Path(__file__).parent.parent / "offline_kit").glob("*.py")),
        *(path for path in (_icon_list(top), top / "sync" / "page_headers.json") if path.is_file()),
    ]
    digest = hashlib.sha256(more.encode())
    for path in made_from:
        digest.update(f"\0{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def icon_sprite(top: Path) -> bytes:
    """One SVG with a symbol for each name in `web/images/icons.txt`, drawn by Lucide."""
    drawings = _package_folder(top) / "lucide-static" / "icons"
    symbols = []
    for name in _icon_names(top):
        drawing = drawings / f"{name}.svg"
        if not drawing.is_file():
            raise ReleaseRefused(f"web/images/icons.txt names {name}, which lucide-static does not draw.")
        inner = _DRAWING.search(drawing.read_text("utf-8"))
        assert inner is not None, drawing
        lines = " ".join(inner[1].split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24" {_STROKE}>{lines}</symbol>\n')
    head = '<!-- Lucide, ISC licence: lucide.LICENSE.txt -->\n<svg xmlns="http://www.w3.org/2000/svg">\n'
    return (head + "".join(symbols) + "</svg>\n").encode()


def check_assets(web: Path, files: Mapping[str, object]) -> None:
    """Every `asset("…")` of every template names a file of the release; `TemplateRefused` lists those that do not."""
    problems = [
        f"web/{name}:{call.lineno}: this release holds no {asset}"
        for name, call, asset in _assets(web)
        if asset not in files
    ]
    if problems:
        raise TemplateRefused(problems)


def _assets(web: Path) -> Iterator[tuple[str, nodes.Call, str]]:
    for name, tree in read_templates(web).items():
        for call in tree.find_all(nodes.Call):
            is_asset = isinstance(call.node, nodes.Name) and call.node.name == "asset"
            if is_asset and call.args and isinstance(call.args[0], nodes.Const):
                yield name, call, str(call.args[0].value)


def _packages(top: Path) -> dict[str, Path]:
    listed: dict[str, str] = json.loads((top / "web" / "served_packages.json").read_text("utf-8"))
    folder = _package_folder(top)
    found = {place: folder / source for place, source in listed.items()}
    if missing := [str(path.relative_to(folder)) for path in found.values() if not path.is_file()]:
        raise ReleaseRefused(f"web/node_modules lacks {', '.join(missing)}; `make install` installs it.")
    return found


def _package_folder(top: Path) -> Path:
    folder = top / "web" / "node_modules"
    if not folder.is_dir():
        raise ReleaseRefused("web/node_modules is missing; `make install` installs the JavaScript packages.")
    return folder


def _icon_list(top: Path) -> Path:
    return top / "web" / "images" / "icons.txt"


def _icon_names(top: Path) -> list[str]:
    if not _icon_list(top).is_file():
        return []
    lines = (line.partition("#")[0].strip() for line in _icon_list(top).read_text("utf-8").splitlines())
    return sorted({line for line in lines if line})
