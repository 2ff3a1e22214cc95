"""The real hub as a process of its own, so that it can be killed: `python -m tests.simulation.hub '{…}'`."""

import asyncio
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import uvloop

from server.app import create_app
from server.control import sole_writer
from server.database import Database
from server.releases import Release
from server.serving import Doors, bind, listener, serve
from server.settings import Settings

# What both ends give the forms of a page that is compared; `device.js` has the same.
SAME_ID = "5a3e0000-0000-4000-8000-00000000c0de"


async def run(told: dict[str, Any]) -> None:
    settings = Settings(told["database"], Path(told["data"]))
    folder = Path(told["release"])
    files = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    release = Release(folder.name, folder, files, ())
    with sole_writer(settings):
        database = await Database.open(settings)
        app = create_app(settings, database, release)
        app.state.mint = lambda: SAME_ID
        doors = Doors("127.0.0.1", told["port"])
        await serve(app, [(listener(app, doors), bind(doors.host, doors.port))])
        await database.close()


def end_with_the_keeper() -> None:
    """However the keeper ends, its end of the pipe is closed."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_keeper, daemon=True).start()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(json.loads(sys.argv[1])))
