"""The process that brings a file is killed in the middle, again and again; the same command completes what it left."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from sync.gs1 import check_digit
from tests.house import TOP

STOCKHAND = [sys.executable, "-c", "from server.cli import main; main()"]


def stockhand(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*STOCKHAND, *words], cwd=TOP, capture_output=True, text=True, encoding="utf-8")


def goods(lines: int) -> str:
    """Lines in no order, one in fifty with a wrong check digit."""
    dice = random.Random(lines)
    bodies = [f"{dice.randrange(10**11, 10**12)}" for _ in range(lines)]
    right = [body + check_digit(body) for body in bodies]
    wrong = [code[:-1] + str((int(code[-1]) + 1) % 10) if n % 50 == 0 else code for n, code in enumerate(right)]
    return "barcode,name\n" + "".join(f"{code},Thing {n} 名\n" for n, code in enumerate(wrong))


def killed_and_completed(folder: Path, lines: int, kills: int) -> str:
    """What the command says that completes an import, after so many before it were killed on their way."""
    file, where = folder / "goods.csv", ["--data", str(folder / "data")]
    file.write_text(goods(lines), encoding="utf-8")
    for kill in range(1, kills + 1):
        process = subprocess.Popen([*STOCKHAND, "import", "items", str(file), *where], cwd=TOP, stdout=subprocess.PIPE)
        while process.poll() is None and booked(folder / "data") < lines * kill // (kills + 2):
            time.sleep(0.01)
        assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGKILL)
        process.communicate()
    last = stockhand("import", "items", str(file), *where)
    assert last.returncode == 3, last
    return last.stdout


def booked(data: Path) -> int:
    """Lines of the import that are in the books."""
    if not (data / "stockhand.db").exists():
        return 0
    with closing(sqlite3.connect(f"file:{data}/stockhand.db?mode=ro", uri=True)) as connection:
        try:
            return int(connection.execute("SELECT coalesce(max(lines), 0) FROM imports").fetchone()[0])
        except sqlite3.OperationalError:
            # Its tables are not made yet.
            return 0


def check(folder: Path, lines: int, told: str) -> None:
    """Every line came in once or is in the rejects, and the books are true."""
    where = ["--data", str(folder / "data")]
    wrong = len(range(0, lines, 50))
    assert f"{lines:,}" in told
    assert f"{lines - wrong:,}" in told
    exported = stockhand("export", "items", *where)
    assert exported.returncode == 0, exported
    assert len(exported.stdout.splitlines()) == lines - wrong + 1
    [rejects] = (folder / "data" / "imports").glob("*/rejects.csv")
    assert len(rejects.read_text(encoding="utf-8-sig").splitlines()) == wrong + 1
    doctor = stockhand("doctor", *where)
    assert doctor.returncode == 0, doctor.stdout


def test_an_import_that_was_killed_is_completed_by_the_next(tmp_path: Path) -> None:
    check(tmp_path, 40_000, killed_and_completed(tmp_path, 40_000, 2))


@pytest.mark.prove
def test_an_import_that_was_killed_ten_times_is_completed(tmp_path: Path) -> None:
    check(tmp_path, 400_000, killed_and_completed(tmp_path, 400_000, 10))
