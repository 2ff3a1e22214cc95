"""One writer on SQLite: who holds the database, and how a command hands its work to the server that holds it.

Two processes that write and checkpoint one SQLite file can corrupt its log, so the server holds a lock file, and a
command beside it asks it over a Unix socket. Where no server runs, the command takes the lock itself. PostgreSQL
needs none of this.
"""

import asyncio
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from server.database import Database
from server.migrations.upgrade import upgrade
from server.refusals import NotPossible
from server.settings import Settings

# What a deed takes and gives is JSON; NotPossible is told to whoever asked.
Deed = Callable[[Database, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]

# The kernel's limit for a socket's path is 108 bytes on Linux and 104 on a Mac, the closing zero included.
LONGEST_SOCKET_PATH_BYTES = 100
LONGEST_MESSAGE_BYTES = 64 * 1024
ANSWER_WITHIN_S = 30.0


@contextmanager
def sole_writer(settings: Settings) -> Iterator[None]:
    """Holds the lock beside the SQLite file for as long as the block lasts; NotPossible where another holds it."""
    if not settings.database_file:
        yield
        return
    path = settings.database_file.with_name(f"{settings.database_file.name}.lock")
    make_folder(path.parent)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise NotPossible(
                f"Another Stockhand works with {settings.database_file} already; stop it first, "
                "or give this one a data folder of its own with --data."
            ) from error
        # Released by the end of the process, however it ends; the file itself stays.
        yield


def make_folder(path: Path) -> None:
    """NotPossible, as a sentence, where the folder cannot be made or written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotPossible(f"The folder {path} cannot be made: {error.strerror}.") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise NotPossible(f"The folder {path} cannot be written by this user.")


def socket_path(settings: Settings) -> Path:
    """`control.sock` in the data folder; where that path is too long for a socket, in a private temporary folder."""
    path = settings.data / "control.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH_BYTES:
        return path
    name = sha256(os.fsencode(path)).hexdigest()[:24]
    return Path(tempfile.gettempdir()) / f"stockhand-{os.getuid()}" / f"{name}.sock"


@asynccontextmanager
async def listening(settings: Settings, database: Database, deeds: Mapping[str, Deed]) -> AsyncIterator[None]:
    """Does for commands what they ask, as long as the block lasts. Only this user can reach the socket."""
    if not settings.on_sqlite:
        yield
        return
    path = socket_path(settings)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.parent.stat().st_uid != os.getuid():
        raise NotPossible(
            f"The folder {path.parent} belongs to somebody else; commands cannot reach this server there."
        )
    path.unlink(missing_ok=True)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _answer(reader, writer, database, deeds)

    # The lock is held, so whatever lies at the path is left over from a server that was killed.
    mask = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(answer, path, limit=LONGEST_MESSAGE_BYTES)
    finally:
        os.umask(mask)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, database: Database, deeds: Mapping[str, Deed]
) -> None:
    answer: dict[str, Any]
    try:
        asked = msgspec.json.decode(await reader.readuntil(b"\n"))
        answer = {"done": await deeds[asked["deed"]](database, asked["with"])}
    except NotPossible as refusal:
        answer = {"refused": str(refusal)}
    except (msgspec.DecodeError, KeyError, TypeError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        answer = {"refused": "The server does not know this command; it may be of another version."}
    writer.write(msgspec.json.encode(answer) + b"\n")
    await writer.drain()
    writer.close()


async def have_done(settings: Settings, deeds: Mapping[str, Deed], name: str, given: Mapping[str, Any]) -> Any:
    """The deed's answer: done by the running server, or here where none runs, on a database brought up to date."""
    if (done := await ask_server(settings, name, given)) is not None:
        return done
    with sole_writer(settings):
        await upgrade(settings)
        database = await Database.open(settings)
        try:
            return await deeds[name](database, given)
        finally:
            await database.close()


async def ask_server(settings: Settings, name: str, given: Mapping[str, Any]) -> Any:
    """The deed's answer by the running server; None where none runs."""
    answer = await _ask(socket_path(settings), name, given) if settings.on_sqlite else None
    if answer is None:
        return None
    if "refused" in answer:
        raise NotPossible(answer["refused"])
    return answer["done"]


async def is_served(settings: Settings) -> bool:
    """Whether a server listens to commands here."""
    try:
        _reader, writer = await asyncio.open_unix_connection(socket_path(settings))
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    writer.close()
    return True


async def _ask(path: Path, name: str, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """None where no server listens."""
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST_MESSAGE_BYTES)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except OSError as error:
        raise NotPossible(f"The running server cannot be reached at {path}: {error.strerror}.") from error
    try:
        writer.write(msgspec.json.encode({"deed": name, "with": given}) + b"\n")
        async with asyncio.timeout(ANSWER_WITHIN_S):
            line = await reader.readline()
    except TimeoutError as error:
        raise NotPossible("The running server does not answer; try again in a moment.") from error
    finally:
        writer.close()
    if not line:
        raise NotPossible("The running server ended before it answered; try again.")
    answer: dict[str, Any] = msgspec.json.decode(line)
    return answer
