"""Runs the scan tests of this folder, which drive Chromium from Node; its report is shown when one of them fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.test.js")))
def test_scanning_works_in_chromium(name: str) -> None:
    command = ["node", "--test", "--test-reporter=spec", str(HERE / name)]
    run = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=280,
        env={**os.environ, "PYTHON": sys.executable},
    )
    assert run.returncode == 0, run.stdout + run.stderr
