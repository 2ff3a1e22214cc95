"""The worker is killed at every `await` that its chapters reach: on a pretend hub, and in a real browser."""

import os
import re
import subprocess
import sys

import pytest

from tests.suite import TOP

HALVES = ["tests/sw/awaits.test.js", pytest.param("tests/browser/awaits.test.js", marks=pytest.mark.browser)]


@pytest.mark.prove
@pytest.mark.parametrize("script", HALVES)
def test_the_worker_is_killed_at_every_await(script: str) -> None:
    environment = {**os.environ, "AWAITS": "all", "PYTHON": sys.executable}
    command = ["node", "--test", "--test-reporter=tap", script]
    run = subprocess.run(command, cwd=TOP, check=False, capture_output=True, text=True, env=environment)
    print(*re.findall(r"^ *# (.*awaits counted.*)$", run.stdout, re.MULTILINE), sep="\n")
    assert run.returncode == 0, run.stdout[-3000:]
