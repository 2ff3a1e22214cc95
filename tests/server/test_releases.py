"""A release is the same for the same files, another for others, and never changes once it is written."""

import gzip
import json
import posixpath
import re
import shutil
import tempfile
import threading
from pathlib import Path

import pytest

from server.offline_kit import TemplateRefused
from server.releases import (
    Release,
    ReleaseRefused,
    ReleaseShelf,
    build_release,
    manifest_answer,
    service_worker_answer,
)
from server.rendering import TOP, page_headers

FILES = {
    "web/page.html": '<link href="{{ asset("styles/app.css") }}">{{ _("Save") }} {{ page.name }}',
    "web/locales/zh.json": '{"Save": "保存"}',
    "web/styles/app.css": "body { margin: 0 }\n" * 50,
    "web/images/icons.txt": "truck # goods on the road\n",
    "web/images/logo.svg": "<svg/>",
    "web/scripts/app.js": "export {};",
    "web/served_packages.json": '{"vendor/htmx.min.js": "htmx.org/dist/htmx.min.js"}',
    "web/node_modules/htmx.org/dist/htmx.min.js": "htmx",
    "web/node_modules/lucide-static/icons/truck.svg": '<svg\n  class="a"\n>\n  <path d="M1 1" />\n</svg>',
    "sw/service_worker.js": 'import { RELEASE_ID as id } from "../release.js";\nimport "../sync/formats.js";\nlog(id);',
    "sync/formats.js": 'log("数");',
    "sync/formats.py": "",
    "sync/page_headers.json": "{}",
    "manifest.json": '{"name": "Stockhand", "icons": [{"src": "images/logo.svg"}]}',
}


@pytest.fixture
def top(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    (folder / "web/node_modules/@esbuild").symlink_to((TOP / "web/node_modules/@esbuild").resolve())
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def build(top: Path, data: Path) -> Release:
    return build_release(data, ["page.html"], top)


def test_the_same_files_are_the_same_release_and_a_changed_word_is_another(
    top: Path, data: Path, tmp_path: Path
) -> None:
    first = build(top, data)
    assert build(top, data) == first
    assert build(top, tmp_path / "elsewhere").id == first.id
    (top / "web/locales/zh.json").write_text('{"Save": "存"}', "utf-8")
    assert build(top, data).id != first.id


def test_a_release_mirrors_the_checkout_and_names_itself(top: Path, data: Path) -> None:
    release = build(top, data)
    assert {"sw/service_worker.js", "sync/formats.js", "styles/app.css", "scripts/app.js"} < release.files
    assert {"templates/en.js", "templates/zh.js", "vendor/icons.svg", "vendor/htmx.min.js"} < release.files
    assert "sync/formats.py" not in release.files
    assert f'href=\\"/static/{release.id}/styles/app.css' in (release.folder / "templates/zh.js").read_text("utf-8")
    module = (release.folder / "release.js").read_text("utf-8")
    constants = {
        name: json.loads(value) for name, value in re.findall(r"export const (\w+) = (.*?);\n", module, re.DOTALL)
    }
    assert constants["RELEASE_ID"] == release.id
    assert constants["PRECACHE"] == list(release.precache)
    assert constants["PAGE_HEADERS"] == {"en": page_headers("en"), "zh": page_headers("zh")}
    assert f"/static/{release.id}/vendor/icons.svg" in release.precache
    assert f"/static/{release.id}/sync/formats.js" not in release.precache, "the worker holds it, and no page asks"
    assert '<symbol id="truck"' in (release.folder / "vendor/icons.svg").read_text("utf-8")


def test_the_worker_is_one_file_that_names_its_release(top: Path, data: Path) -> None:
    release = build(top, data)
    worker = (release.folder / "sw/service_worker.js").read_text("utf-8")
    assert "import" not in worker
    assert f'var RELEASE_ID = "{release.id}";' in worker
    assert '// sync/formats.js\nlog("数");' in worker


def test_a_worker_is_made_of_its_release_and_nothing_that_lies_around(
    top: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = build(top, data)
    around = tmp_path / "around"
    around.mkdir()
    (around / "package.json").write_text('{"sideEffects": false}', "utf-8")
    monkeypatch.setattr(tempfile, "tempdir", str(around))
    assert build(top, tmp_path / "elsewhere").id == release.id


def test_another_bundler_makes_the_worker_anew(top: Path, data: Path) -> None:
    build(top, data)
    (top / "web/node_modules/@esbuild").unlink()
    other = top / "web/node_modules/@esbuild/another-machine"
    (other / "bin").mkdir(parents=True)
    (other / "package.json").write_text('{"version": "0.0.1"}', "utf-8")
    (other / "bin/esbuild").write_text('#!/bin/sh\necho "made otherwise"\n', "utf-8")
    (other / "bin/esbuild").chmod(0o755)
    assert (build(top, data).folder / "sw/service_worker.js").read_text("utf-8") == "made otherwise\n"


def test_a_start_with_nothing_new_reads_and_writes_nothing_of_the_release(top: Path, data: Path) -> None:
    release = build(top, data)
    written = {path: path.stat().st_mtime_ns for path in release.folder.rglob("*")}
    assert build(top, data) == release
    assert {path: path.stat().st_mtime_ns for path in release.folder.rglob("*")} == written


def test_the_last_three_releases_stay(top: Path, data: Path) -> None:
    built = []
    for number in range(5):
        (top / "web/styles/app.css").write_text(f"/* {number} */", "utf-8")
        built.append(build(top, data).id)
    assert {path.name for path in (data / "releases").iterdir() if path.is_dir()} == set(built[2:])
    (top / "web/styles/app.css").write_text("/* 2 */", "utf-8")
    assert build(top, data).id == built[2], "an old version put back is the old release"
    (top / "web/styles/app.css").write_text("/* 9 */", "utf-8")
    last = build(top, data).id
    assert {path.name for path in (data / "releases").iterdir() if path.is_dir()} == {built[2], built[4], last}


def test_what_a_crash_left_half_built_is_swept(top: Path, data: Path) -> None:
    (data / "releases/.building-x/styles").mkdir(parents=True)
    release = build(top, data)
    assert [path.name for path in (data / "releases").iterdir() if path.is_dir()] == [release.id]
    shutil.rmtree(release.folder)
    assert build(top, data) == release, "a release that was deleted is written again"


def test_processes_that_start_together_find_one_release(top: Path, data: Path) -> None:
    found: list[Release] = []
    threads = [threading.Thread(target=lambda: found.append(build(top, data))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len({release.id for release in found}) == 1


def test_a_file_is_answered_for_ever_and_compressed_where_the_browser_asks(top: Path, data: Path) -> None:
    release = build(top, data)
    shelf = ReleaseShelf(data / "releases")
    plain = shelf.find(release.id, "styles/app.css")
    packed = shelf.find(release.id, "styles/app.css", "br;q=1.0, gzip;q=0.8")
    assert plain is not None
    assert packed is not None
    assert plain.body == gzip.decompress(packed.body) == FILES["web/styles/app.css"].encode()
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == packed.headers["vary"] == "accept-encoding"
    assert plain.headers["content-type"] == "text/css; charset=utf-8"
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["content-security-policy"] == page_headers("en")["content-security-policy"]
    assert shelf.find(release.id, "styles/app.css", "gzip;q=0") == plain


@pytest.mark.parametrize(
    "path",
    ["../order.json", "styles/../../order.json", "/etc/passwd", "styles", "", "styles/app.css.gz", "sync/formats.py"],
)
def test_no_path_leads_out_of_a_release(top: Path, data: Path, path: str) -> None:
    release = build(top, data)
    shelf = ReleaseShelf(data / "releases")
    assert shelf.find(release.id, path) is None
    assert shelf.find("..", path) is None
    assert shelf.find("0" * 16, "styles/app.css") is None


def test_the_worker_and_the_manifest_lead_to_the_release(top: Path, data: Path) -> None:
    release = build(top, data)
    worker = service_worker_answer(release)
    assert worker.body == f'import "/static/{release.id}/sw/service_worker.js";\n'.encode()
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.headers["service-worker-allowed"] == "/"
    manifest = json.loads(manifest_answer(release).body)
    assert manifest["icons"] == [{"src": f"/static/{release.id}/images/logo.svg"}]


def test_what_is_missing_is_said_in_a_sentence(top: Path, data: Path) -> None:
    (top / "web/page.html").write_text('\n<img src="{{ asset("images/none.svg") }}">', "utf-8")
    with pytest.raises(TemplateRefused, match=r"^web/page.html:2: this release holds no images/none.svg$"):
        build(top, data)
    (top / "web/page.html").write_text("", "utf-8")
    (top / "web/images/icons.txt").write_text("trruck", "utf-8")
    with pytest.raises(ReleaseRefused, match="names trruck, which lucide-static does not draw"):
        build(top, data)
    (top / "web/images/icons.txt").write_text("truck", "utf-8")
    (top / "sync/formats.js").write_text('import "./lost.js";', "utf-8")
    with pytest.raises(ReleaseRefused, match=r'cannot be made one file: (.|\n)*Could not resolve "./lost.js"'):
        build(top, data)
    (top / "web/node_modules/@esbuild").unlink()
    with pytest.raises(ReleaseRefused, match=r"lacks esbuild; `make install` installs it"):
        build(top, data)
    (top / "web/node_modules/htmx.org/dist/htmx.min.js").unlink()
    with pytest.raises(ReleaseRefused, match=r"lacks htmx.org/dist/htmx.min.js; `make install` installs it"):
        build(top, data)
    shutil.rmtree(top / "web/node_modules")
    with pytest.raises(ReleaseRefused, match="web/node_modules is missing"):
        build(top, data)


def test_every_import_of_the_real_release_leads_to_a_file_of_it(tmp_path: Path) -> None:
    release = build_release(tmp_path)
    imported = re.compile(
        r'(?:^|[;}\s])(?:import|export)\s?[^;"\']*?["\'](\.[^"\']+)["\']|import\(["\'](\.[^"\']+)["\']\)'
    )
    lost = []
    for place in sorted(release.files - {"sw/service_worker.js"}):
        if place.endswith(".js"):
            for match in imported.finditer((release.folder / place).read_text("utf-8")):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(place), match[1] or match[2]))
                if target not in release.files:
                    lost.append(f"{place} imports {target}")
    assert lost == []
    assert {path.name for path in (TOP / "sw").glob("*.js")} <= {Path(place).name for place in release.files}


def test_every_icon_a_template_names_is_in_the_list() -> None:
    named = {
        (path.name, icon)
        for path in (TOP / "web").rglob("*.html")
        if "node_modules" not in path.parts
        for icon in re.findall(r'\bicon\("([a-z0-9-]+)"', path.read_text("utf-8"))
    }
    listed = (TOP / "web/images/icons.txt").read_text("utf-8").split()
    assert named, "no template draws anything"
    assert sorted(pair for pair in named if pair[1] not in listed) == []
