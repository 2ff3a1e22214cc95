"""Counts what pytest ran, by the database or the browser that it ran on; `--tally=FILE` writes the counts there."""

import json
from collections import Counter
from pathlib import Path

import pytest

PARTS = {"browser": "Browser", "postgres": "PostgreSQL"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tally", type=Path, default=None, help="write the counts of each part to this file")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--tally")
    # Of several processes the one that hears all of them counts.
    if path is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tally(path))


class Tally:
    """One outcome a test: a test that passed and then failed to put its things away has failed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outcomes: dict[str, tuple[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        part = next((name for mark, name in PARTS.items() if mark in report.keywords), "SQLite")
        if report.failed:
            self.outcomes[report.nodeid] = (part, "failed")
        elif report.skipped or report.when == "call":
            self.outcomes.setdefault(report.nodeid, (part, "skipped" if report.skipped else "passed"))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.outcomes[report.nodeid] = ("Collection", "failed")

    def pytest_sessionfinish(self) -> None:
        parts: dict[str, Counter[str]] = {}
        for part, outcome in self.outcomes.values():
            parts.setdefault(part, Counter())[outcome] += 1
        self.path.write_text(json.dumps(parts))
