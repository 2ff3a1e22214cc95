"""The command `stockhand` as somebody at a terminal meets it."""

import errno
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.exc import OperationalError

from server.cli import main
from server.health import libraries
from server.people.adding import new_password
from tests.house import TOP

STARTED_WITHIN_S = 60
STOCKHAND = [sys.executable, "-c", "from server.cli import main; main()"]


class FullError(Exception):
    """As SQLite says it."""

    sqlite_errorcode = 13


def stockhand(*words: str | Path | int, typed: str = "") -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=typed)


def free_port() -> int:
    """One whose neighbour is free too, for the install page."""
    while True:
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                next_one.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


class Running:
    """A server as a process of its own."""

    def __init__(self, *words: str | Path, port: int) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [*STOCKHAND, *map(str, words), "--port", str(port)],
            cwd=TOP,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.printed = self._read_until("Ctrl-C stops it")

    def _read_until(self, sign: str) -> str:
        assert self.process.stdout is not None
        printed, ends_s = "", time.monotonic() + STARTED_WITHIN_S
        while sign not in printed and time.monotonic() < ends_s:
            line = self.process.stdout.readline()
            assert line, printed
            printed += line
        return printed

    def stop(self) -> tuple[float, str]:
        """Seconds from Ctrl-C to its end, and what it printed last."""
        began_s = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=30)
        return time.monotonic() - began_s, rest


@contextmanager
def running(*words: str | Path, port: int | None = None) -> Iterator[Running]:
    server = Running(*words, port=port or free_port())
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


@pytest.mark.parametrize("command", [[], ["serve"], ["demo"], ["doctor"], ["user"], ["user", "add"], ["certificate"]])
def test_every_command_explains_itself_and_gives_an_example(command: list[str]) -> None:
    result = stockhand(*command, "--help")
    assert result.exit_code == 0
    assert "Example: stockhand" in result.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["serve", "--database", "mysql://host/shop"], "The database address 'mysql://host/shop' is not understood"),
        (["serve", "--database", "nonsense"], "is not understood"),
        (["serve", "--cert", "shop.crt"], "TLS needs both: give --cert and --key together."),
        (["serve", "--cert", "no.crt", "--key", "no.key"], "The file no.crt does not exist."),
        (["serve", "--host", "no.such.host.invalid"], "The host 'no.such.host.invalid' is not known here"),
        (["serve", "--host", "203.0.113.77", "--plain"], "This machine cannot listen on 203.0.113.77"),
        (["serve", "--database", "sqlite://"], "A shop in memory would forget everything"),
        (["doctor", "--database", "sqlite:///:memory:"], "A shop in memory would forget everything"),
        (["doctor"], "There is no database at"),
        (["doctor", "--database", "postgresql://ada:secret@127.0.0.1:1/shop"], "cannot be opened"),
        (["user", "add", "ada", "--role", "associate"], "Say where: give --store"),
        (["user", "add", "ada", "--role", "associate", "--store", "GNT"], "There is no store GNT. There is none yet."),
        (["user", "add", "ada", "--role", "area-manager", "--store", "GNT"], "leave --store away"),
        (["user", "add", "ada", "--role", "area-manager"], "Say which area"),
        (["user", "add", "ada", "--role", "administrator", "--area", "X"], "leave --area away"),
        (["user", "add", " ", "--role", "administrator"], "A username has 1 to 64"),
    ],
)
def test_what_is_foreseen_to_fail_ends_in_a_sentence(tmp_path: Path, words: list[str], sentence: str) -> None:
    result = stockhand(*words, "--data", tmp_path)
    assert sentence in result.output
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "secret" not in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_data_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for command in ("serve", "demo", "certificate"):
        result = stockhand(command, "--data", tmp_path / "file" / "data")
        assert "cannot be made" in result.output
        assert result.exit_code == 1


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the data folder cannot be written: No space left on"),
        (OperationalError("", {}, FullError("database or disk is full")), "The database cannot go on: database or"),
    ],
)
def test_a_full_disk_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Exception, sentence: str
) -> None:
    def full(*_: object) -> None:
        raise trouble

    monkeypatch.setattr("server.commands.serve.run", full)
    result = stockhand("serve", "--data", tmp_path)
    assert sentence in result.output
    assert result.exit_code == 1


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "stockhand.db").write_text("this is a letter, not a database, and it is long enough to be one" * 9)
    for command in ("serve", "doctor"):
        result = stockhand(command, "--data", tmp_path)
        assert "cannot be opened: file is not a database" in result.output


def test_the_first_administrator_is_added_to_an_empty_installation(tmp_path: Path) -> None:
    result = stockhand("user", "add", "rosa", "--role", "administrator", "--data", tmp_path)
    assert result.exit_code == 0, result.output
    assert "rosa may sign in now." in result.output
    assert "Password: " in result.output
    again = stockhand("user", "add", "Rosa", "--role", "administrator", "--data", tmp_path)
    assert "Somebody is called rosa already." in again.output
    short = stockhand(
        "user", "add", "ben", "--role", "administrator", "--password-stdin", "--data", tmp_path, typed="x\n"
    )
    assert "A password has 10 to 200 letters." in short.output
    healthy = stockhand("doctor", "--data", tmp_path)
    assert (healthy.exit_code, healthy.output) == (0, "The books are true.\n")


def test_the_doctor_says_what_is_untrue_and_ends_with_one(tmp_path: Path) -> None:
    import sqlite3

    stockhand("user", "add", "rosa", "--role", "administrator", "--data", tmp_path)
    with sqlite3.connect(tmp_path / "stockhand.db") as books:
        books.execute("UPDATE buckets SET sum_a = sum_a + 1")
    books.close()
    result = stockhand("doctor", "--data", tmp_path)
    assert result.exit_code == 1
    assert "the checksum is not that of its rows" in result.output


def test_a_missing_barcode_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> None:
        raise ImportError("Unable to find zbar shared library")

    stockhand("user", "add", "rosa", "--role", "administrator", "--data", tmp_path)
    monkeypatch.setattr(libraries, "import_module", missing)
    result = stockhand("doctor", "--data", tmp_path)
    assert result.exit_code == 0
    assert result.output.count("libzbar is not installed") == 1


def test_made_passwords_differ_and_have_no_letters_that_look_alike() -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    assert not set("".join(made)) & set("0o1il")


def test_a_server_works_beside_commands_and_stops_at_once(tmp_path: Path) -> None:
    with running("serve", "--data", tmp_path) as server:
        added = stockhand(
            "user",
            "add",
            "rosa",
            "--role",
            "administrator",
            "--password-stdin",
            "--data",
            tmp_path,
            typed="a long password\n",
        )
        assert added.output == "rosa may sign in now.\n"
        assert stockhand("doctor", "--data", tmp_path).output.endswith("The books are true.\n")
        second = stockhand("serve", "--data", tmp_path, "--port", free_port())
        assert "works with" in second.output
        assert second.exit_code == 1
        taken = stockhand("serve", "--data", tmp_path / "other", "--port", server.port)
        assert f"Port {server.port} is in use by another program" in taken.output
        with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as browser:
            form = {"username": "rosa", "password": "a long password", "next": "/"}
            assert browser.post("/sign-in", data=form, follow_redirects=True).status_code == 200
            with browser.stream("GET", "/sync/live") as stream:
                assert next(stream.iter_lines()).startswith("data: ")
                took_s, rest = server.stop()
    assert server.process.returncode == 0
    assert rest.splitlines()[-1] == "Stockhand has stopped."
    assert "Traceback" not in rest
    assert took_s < 5
    assert not (tmp_path / "control.sock").exists()


def test_a_hub_for_phones_speaks_tls_and_offers_its_authority_without(tmp_path: Path) -> None:
    with running("serve", "--host", "0.0.0.0", "--data", tmp_path) as server:
        trusting = ssl.create_default_context(cafile=tmp_path / "certificates" / "authority.crt")
        answer = httpx.get(f"https://127.0.0.1:{server.port}/healthz", verify=trusting, timeout=30)
        assert answer.text == "alive"
        plain = f"http://127.0.0.1:{server.port + 1}"
        # Whatever is asked there, the way to trust the hub is the answer, and nothing of the shop.
        for path in ("/", "/sign-in", "/items", "/sync/pull", "/metrics"):
            page = httpx.get(plain + path, follow_redirects=True, timeout=30)
            text = page.text
            assert page.url == f"{plain}/certificate"
        assert "Android" in text
        assert "iPhone" in text
        assert "安卓" in text
        assert f"https://127.0.0.1:{server.port}/" in text
        file = httpx.get(f"{plain}/certificate/stockhand.crt", timeout=30)
        assert file.headers["content-type"] == "application/x-x509-ca-cert"
        authority = (tmp_path / "certificates" / "authority.crt").read_text()
        assert ssl.DER_cert_to_PEM_cert(file.content).split() == authority.split()
    assert "Trust this hub, once a phone" in server.printed
    assert "https://" in server.printed
    assert "▀" in server.printed


def test_a_hub_with_a_certificate_of_its_own_offers_no_other(tmp_path: Path) -> None:
    stockhand("certificate", "--data", tmp_path)
    folder = tmp_path / "certificates"
    pair = ("--cert", folder / "server.crt", "--key", folder / "server.key")
    with running("serve", *pair, "--data", tmp_path) as server:
        trusting = ssl.create_default_context(cafile=folder / "authority.crt")
        answer = httpx.get(f"https://127.0.0.1:{server.port}/healthz", verify=trusting, timeout=30)
        assert answer.text == "alive"
        with socket.socket() as plain:
            assert plain.connect_ex(("127.0.0.1", server.port + 1)) != 0
    wrong = stockhand("serve", "--cert", folder / "server.crt", "--key", folder / "authority.key", "--data", tmp_path)
    assert "cannot be used together" in wrong.output


def test_the_demo_fills_itself_once_and_says_what_to_try(tmp_path: Path) -> None:
    with running("demo", "--data", tmp_path) as server:
        pass
    for part in ("quiet-otter-green-tram", "Three things to try:", f"http://127.0.0.1:{server.port}"):
        assert part in server.printed
    assert "happens only once" in server.printed
    began_s = time.monotonic()
    with running("demo", "--data", tmp_path) as again:
        took_s = time.monotonic() - began_s
    assert "happens only once" not in again.printed
    assert took_s < 20


def test_options_are_written_as_they_are_read() -> None:
    for command in (one for name, one in main.commands.items() if name not in ("decode", "gs1")):
        subcommands = command.commands.values() if isinstance(command, click.Group) else [command]
        for each in subcommands:
            assert {"--data", "--database"} <= {option for param in each.params for option in param.opts}
