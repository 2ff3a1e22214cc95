"""The server's life from the lock to the last answer: one process, one loop, any number of sockets."""

import asyncio
import errno
import gc
import signal
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import asyncpg
import uvicorn
import uvloop
from litestar import Litestar
from litestar.types import ASGIApp
from sqlalchemy import NullPool, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from server.app import create_app
from server.control import Deed, listening, make_folder, sole_writer
from server.database import Database
from server.migrations.upgrade import upgrade
from server.offline_kit import TemplateRefused
from server.plain_door import PlainDoor
from server.refusals import NotPossible
from server.releases import Release, ReleaseRefused, build_release
from server.security import Security
from server.settings import Settings

# How long answers under way may take after Ctrl-C; live streams end at once.
LAST_ANSWERS_WITHIN_S = 2
GONE_AFTER_MS = 60_000


@dataclass(frozen=True, slots=True)
class Doors:
    """Where to listen. `certificate` and `key` make it TLS; `install` offers an authority in plain on the next port."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    install: bool = False


class Listener(uvicorn.Server):
    """Leaves signals to `serve`, which may have several of these in one loop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(
    settings: Settings, doors: Doors, deeds: dict[str, Deed], prepared: Callable[[Database, bool], Awaitable[None]]
) -> None:
    """Serves until Ctrl-C or SIGTERM. `prepared` is awaited with the open database once the sockets are bound, and
    told whether the install page found its port; what is foreseen to fail is a NotPossible.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(settings, doors, deeds, prepared))


async def _run(
    settings: Settings, doors: Doors, deeds: dict[str, Deed], prepared: Callable[[Database, bool], Awaitable[None]]
) -> None:
    make_folder(settings.data)
    # Whoever says stop while the hub still prepares is heard before it begins to serve.
    early = asyncio.Event()
    on_signals(early.set)
    async with AsyncExitStack() as held:
        main_socket = held.enter_context(bind(doors.host, doors.port))
        install_socket = _bind_if_free(doors.host, doors.port + 1) if doors.install else None
        held.enter_context(sole_writer(settings))
        await reach(settings)
        await upgrade(settings)
        database = await Database.open(settings)
        held.push_async_callback(database.close)
        app = create_app(settings, database, offer_release(settings))
        app.state.listens_at = doors.host
        listeners = [(listener(app, doors), main_socket)]
        if doors.install:
            app.state.own_tls_port = doors.port
        if install_socket:
            held.enter_context(install_socket)
            plain = listener(Security(PlainDoor(app)), Doors(doors.host, doors.port + 1), lifespan="off")
            listeners.append((plain, install_socket))
        await held.enter_async_context(listening(settings, database, deeds))
        await prepared(database, install_socket is not None)
        # What is here now stays until the end: the collector need not walk through it again and again.
        gc.collect()
        gc.freeze()
        if not early.is_set():
            await serve(app, listeners)


async def serve(app: Litestar, listeners: list[tuple[Listener, socket.socket]]) -> None:
    """Until a signal; the first listener also wakes the app and puts it to rest, so it ends last."""
    loop = asyncio.get_running_loop()
    ending: list[asyncio.Task[None]] = []

    def stop() -> None:
        # Live streams last as long as phones are awake: they are ended, other answers are waited for.
        ending.append(loop.create_task(app.state.live.close()))
        for one, _ in listeners:
            one.force_exit = one.should_exit
            one.should_exit = True

    on_signals(stop)
    await asyncio.gather(*(one.serve(sockets=[at]) for one, at in listeners))


def on_signals(deed: Callable[[], None]) -> None:
    """Ctrl-C and SIGTERM do this from now on."""
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, deed)


def listener(app: ASGIApp, doors: Doors, lifespan: Literal["on", "off"] = "on") -> Listener:
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan=lifespan,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_ANSWERS_WITHIN_S,
        ssl_certfile=doors.certificate,
        ssl_keyfile=doors.key,
    )
    try:
        config.load()
    except (ssl.SSLError, OSError) as error:
        raise NotPossible(
            f"The certificate {doors.certificate} and the key {doors.key} cannot be used together: {error}."
        ) from error
    return Listener(config)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; NotPossible where the address is taken or not ours."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise NotPossible(f"The host {host!r} is not known here; use 127.0.0.1 or 0.0.0.0.") from error
    listening_socket = socket.socket(family, socket.SOCK_STREAM)
    listening_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # A phone that left the network says no goodbye; what it is still sent ends its stream this much later, not in
        # a quarter of an hour. Connections inherit it.
        listening_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_AFTER_MS)
    try:
        listening_socket.bind(address)
        listening_socket.listen(2048)
    except OSError as error:
        listening_socket.close()
        raise NotPossible(_why_not_bound(host, port, error)) from error
    return listening_socket


def _why_not_bound(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program; choose another one with --port {port + 2}."
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {port}; choose one above 1023, such as --port 8000."
    return f"This machine cannot listen on {host} port {port}: {error.strerror}."


def _bind_if_free(host: str, port: int) -> socket.socket | None:
    try:
        return bind(host, port)
    except NotPossible:
        return None


def offer_release(settings: Settings) -> Release:
    """NotPossible, with what to do about it, where the files for phones cannot be put together."""
    try:
        return build_release(settings.data)
    except (TemplateRefused, ReleaseRefused) as refusal:
        raise NotPossible(str(refusal)) from refusal


async def reach(settings: Settings) -> None:
    """NotPossible, as a sentence, where the database cannot be opened at all."""
    address, probe = settings.database, "SELECT 1"
    if file := settings.database_file:
        make_folder(file.parent)
        if not file.exists():
            return
        # A server may be at work on it: this look must not even be able to write.
        address, probe = f"sqlite+aiosqlite:///file:{file}?mode=ro&uri=true", "PRAGMA schema_version"
    shown = make_url(settings.database).render_as_string(hide_password=True)
    engine = create_async_engine(address, poolclass=NullPool)
    try:
        async with asyncio.timeout(15), engine.connect() as connection:
            await connection.execute(text(probe))
    except (SQLAlchemyError, asyncpg.PostgresError, OSError, TimeoutError) as error:
        reason = str(getattr(error, "orig", None) or error or "it does not answer").splitlines()[0]
        raise NotPossible(f"The database {shown} cannot be opened: {reason}.") from error
    finally:
        await engine.dispose()
