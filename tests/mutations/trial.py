"""One mutation on a copy of the checkout: the tests named for it, and seeds of the simulation."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.house import files
from tests.mutations.patches import TOP, Mutation

SEEDS = 3
# What git does not keep and tests need.
INSTALLED = ("web/node_modules", "tests/node_modules")
WITHIN_S = 900


@dataclass(frozen=True)
class Trial:
    """`caught` names tests that failed; `seeds_caught` of `seeds` of the simulation ended badly."""

    caught: list[str]
    seeds: int
    seeds_caught: int


def try_out(mutation: Mutation, folder: Path, seeds: int) -> Trial:
    """Raises `Misfit` where the mutation no longer fits."""
    texts = mutation.changed(TOP)
    copy_checkout(folder)
    for path, text in texts.items():
        (folder / path).write_text(text, "utf-8")
    caught = [*_pytest(mutation, folder), *_node(mutation, folder)]
    days = [f"mutation {seed}" for seed in range(1, seeds + 1)]
    ended_badly = sum(not _survives(folder, day, mutation.on_phones, mutation.on) for day in days)
    return Trial(caught, seeds, ended_badly)


def unchanged_code_survives(folder: Path, seeds: int) -> bool:
    """Whether the same seeds end well where nothing is changed; else they prove nothing."""
    copy_checkout(folder)
    days = [f"mutation {seed}" for seed in range(1, seeds + 1)]
    return all(_survives(folder, day, on_phones) for day in days for on_phones in (False, True))


def copy_checkout(folder: Path) -> None:
    for path in files():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / path, target)
    for path in INSTALLED:
        if not (folder / path).exists():
            (folder / path).symlink_to((TOP / path).resolve())


def _pytest(mutation: Mutation, folder: Path) -> list[str]:
    chosen = [path for path in mutation.tests if path.partition("::")[0].endswith(".py")]
    if not chosen:
        return []
    marks = "postgres and not prove" if mutation.on == "PostgreSQL" else "not postgres and not prove"
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=no", "--show-capture=no", "-p", "no:cacheprovider"]
    said = _run([*command, "--timeout=400", "-m", marks, *chosen], folder)
    names = re.findall(r"^(?:FAILED|ERROR) (\S+)", said.stdout, re.MULTILINE)
    # Where a test hangs, the run ends without naming it.
    return list(dict.fromkeys(names)) or ["a test that never ended"] * (said.returncode == 1)


def _node(mutation: Mutation, folder: Path) -> list[str]:
    chosen = [path for path in mutation.tests if path.endswith(".js")]
    if not chosen:
        return []
    said = _run(["node", "--test", "--test-reporter=tap", "--test-timeout=120000", *chosen], folder)
    failed = re.findall(r"^ *not ok \d+ - (.+?)(?: # .*)?$", said.stdout, re.MULTILINE)
    return [f'"{name}"' for name in failed if not name.endswith(".js")]


def _survives(folder: Path, seed: str, on_phones: bool, on: str = "") -> bool:
    """A year of the hub in virtual time; where the phone is changed, a day of real phones."""
    length = ["--quarters", "1", "--waves", "4", "--pages", "0"] if on_phones else ["--operations", "400"]
    where = ["--on", on.lower() or "sqlite"]
    command = [sys.executable, "-m", "tests.simulation.replay", "--seed", seed, *where, *length]
    return _run(command, folder).returncode == 0


def _run(command: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHON": sys.executable}
    try:
        return subprocess.run(
            command,
            cwd=folder,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment,
            timeout=WITHIN_S,
        )
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(command, 1, str(late.stdout), "")
