"""One file in place of the worker's many modules: a phone that wakes it up spends half of that time on loading them."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from server.releases.contents import ReleaseRefused

WORKER = "sw/service_worker.js"
# The last one: no package.json in a folder above says which modules may be left out.
OPTIONS = ("--bundle", "--format=esm", "--charset=utf8", "--log-level=warning", "--ignore-annotations")


def bundled(top: Path, contents: Mapping[str, bytes]) -> bytes:
    """The worker and every module it imports, each headed by its place in the release, where its comments are.

    The same contents give the same bytes on every machine. Raises `ReleaseRefused` where a module is imported that is
    not among them.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for place, content in contents.items():
            if place.endswith(".js"):
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                (folder / place).write_bytes(content)
        command = [str(_bundler(top)), WORKER, *OPTIONS]
        # Only what the lock file names is run, and with no word from outside.
        run = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603
    if run.returncode != 0:
        raise ReleaseRefused(f"The worker cannot be made one file: {run.stderr.decode(errors='replace').strip()}")
    return run.stdout


def bundler_version(top: Path) -> str:
    package = _bundler(top).parent.parent / "package.json"
    version: str = json.loads(package.read_text("utf-8"))["version"]
    return version


def _bundler(top: Path) -> Path:
    """The program itself, so that a hub starts without Node; npm installs the one for this kind of machine alone."""
    found = next((top / "web/node_modules/@esbuild").resolve().glob("*/bin/esbuild"), None)
    if found is None:
        raise ReleaseRefused("web/node_modules lacks esbuild; `make install` installs it.")
    return found
