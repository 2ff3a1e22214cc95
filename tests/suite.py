"""Runs every test, fastest part first, and closes with a line a part, the minutes, and one line for all."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from server.commands.demo import fill_if_empty
from server.database import Database
from server.migrations.upgrade import upgrade
from server.releases import build_release
from server.settings import Settings, read_settings

TOP = Path(__file__).resolve().parent.parent
PARTS = ("JavaScript", "SQLite", "PostgreSQL", "Browser")
# The longest begin first, so that none is left alone with one at the end.
LONG = (
    "cross_site",
    "upgrade",
    "awaits",
    "offline",
    "imports",
    "store_work",
    "second_pair_of_eyes",
    "full_phone",
    "carried_queue",
)
# Scripts that drive a browser wait half of the time, three beside each other; these ask how soon something happens, and
# have the machine for themselves.
QUICK = ("live", "search", "installable", "camera")
MOST_SECOND_TRIES = 3
# What failed, a few lines each, told once more at the end: the end is what is read of a long output.
FAILURES: list[str] = []
Counts = dict[str, Counter[str]]


def main() -> int:
    started = time.monotonic()
    counts: Counts = {}
    exits = [
        run_node(counts, "JavaScript", javascript("tests/s*/**/*.test.js")),
        run_pytest(counts, "not prove", "--numprocesses=3", "--dist=worksteal"),
        run_browsers(counts),
    ]
    for part in PARTS:
        counts.setdefault(part, Counter())
    print()
    for failure in FAILURES:
        print(failure, end="\n\n")
    for part, count in counts.items():
        print(f"{part + ':':<12}{sentence(count) if count.total() else 'no test ran'}")
    total = sum(counts.values(), Counter())
    print(f"{(time.monotonic() - started) / 60:.1f} minutes")
    print(sentence(total))
    complete = all(counts[part].total() for part in PARTS)
    return 0 if complete and not any(exits) and not total["failed"] else 1


def sentence(count: Counter[str]) -> str:
    skipped = f", {count['skipped']} skipped" if count["skipped"] else ""
    return f"{count['passed']} passed, {count['failed']} failed{skipped}"


def run_pytest(counts: Counts, marks: str, *more: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        tally = Path(folder) / "tally.json"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.tally", f"--tally={tally}", "-m", marks, *more]
        status = subprocess.run(command, cwd=TOP, check=False, stdin=subprocess.DEVNULL).returncode
        if tally.exists():
            for part, outcomes in json.loads(tally.read_text()).items():
                counts.setdefault(part, Counter()).update(outcomes)
    return status


def run_browsers(counts: Counts) -> int:
    """Browsers are programs of others, three kinds at once: a script that fails is tried once more, and named."""
    driving = javascript("tests/browser/**/*.test.js")
    quick = [script for script in driving if subject(script) in QUICK]
    others = [script for script in driving if script not in quick]
    others.sort(key=lambda script: (*LONG, subject(script)).index(subject(script)))
    before = len(FAILURES)
    status = 0
    with filled_shop() as shop:
        for scripts, at_once in ((others, 3), (quick, 1)):
            with ThreadPoolExecutor(at_once) as pool:
                runs = pool.map(lambda script: run_node(counts, "Browser", [script], FILLED_SHOP=shop), scripts)
                status |= any([*runs])
    failed = sorted({told.partition(":")[0] for told in FAILURES[before:]})
    # More than a few are no bad luck.
    if not status or not 0 < len(failed) <= MOST_SECOND_TRIES:
        return status
    again = run_node({}, "Browser", ["--test-concurrency=1", *failed])
    if not again:
        count = counts["Browser"]
        count["passed"], count["failed"] = count["passed"] + count["failed"], 0
        FAILURES.append(f"Passed at the second try: {', '.join(failed)}")
    return again


@contextmanager
def filled_shop() -> Iterator[str]:
    """The data folder of a demo hub that is ready to start: what takes it seconds, it need not do for every script."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(None, Path(folder))
        asyncio.run(fill(settings))
        build_release(settings.data)
        yield folder


async def fill(settings: Settings) -> None:
    await upgrade(settings)
    database = await Database.open(settings)
    await fill_if_empty(database)
    await database.close()


def subject(script: str) -> str:
    return Path(script).name.removesuffix(".test.js")


def javascript(pattern: str) -> list[str]:
    return sorted(str(path.relative_to(TOP)) for path in TOP.glob(pattern))


def run_node(counts: Counts, part: str, arguments: list[str], **more: str) -> int:
    """Node's own runner, with `more` in its environment; what it printed is shown only when something failed."""
    command = ["node", "--test", "--test-reporter=spec", *arguments]
    environment = {**os.environ, "PYTHON": sys.executable, **more}
    run = subprocess.run(
        command, cwd=TOP, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment
    )
    said = {name: int(number) for name, number in re.findall(r"^\S+ (\w+) (\d+)$", run.stdout, re.MULTILINE)}
    failed = said.get("fail", 0) + said.get("cancelled", 0)
    skipped = said.get("skipped", 0) + said.get("todo", 0)
    counts.setdefault(part, Counter()).update(passed=said.get("pass", 0), failed=failed, skipped=skipped)
    if run.returncode:
        print(run.stdout, run.stderr, sep="\n")
        FAILURES.extend(told_shortly(run.stdout))
    return run.returncode


def told_shortly(output: str) -> list[str]:
    """Of each failing test: its place, its name, and what it says before the first line of its call stack."""
    _, _, failing = output.partition("failing tests:\n")
    tests = failing.split("\ntest at ")[1:]
    return ["\n".join(re.split(r"\n\s+at ", test)[0].strip().splitlines()[:12]) for test in tests]


if __name__ == "__main__":
    sys.exit(main())
