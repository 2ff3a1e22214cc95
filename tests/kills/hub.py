"""`stockhand serve` in a process of its own, killed as a power cut would and started again on the same books."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path

from server.settings import Settings
from tests.simulation.keeper import free_port

TOP = Path(__file__).resolve().parents[2]
# The command as it is installed, on the code of this checkout.
COMMAND = [sys.executable, "-c", "from server.cli import main; main()", "serve"]
READY_WITHIN_S = 60


class MortalHub:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = free_port()
        self._process: Process | None = None
        self._said = settings.data / "hub.txt"

    async def start(self) -> None:
        listening = ["--host", "127.0.0.1", "--port", str(self.port)]
        where = ["--database", self.settings.database, "--data", str(self.settings.data)]
        with self._said.open("ab") as said:
            self._process = await asyncio.create_subprocess_exec(
                *COMMAND, *listening, *where, cwd=TOP, stdin=DEVNULL, stdout=said, stderr=said
            )
        async with asyncio.timeout(READY_WITHIN_S):
            while not await self._answers():
                self.must_live()
                await asyncio.sleep(0.02)

    def must_live(self) -> None:
        """Only we may end it."""
        assert self._process, "it was killed"
        assert self._process.returncode is None, self._said.read_text()[-3000:]

    async def kill(self) -> None:
        process, self._process = self._process, None
        if process and process.returncode is None:
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()

    async def _answers(self) -> bool:
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except ConnectionRefusedError:
            return False
        writer.close()
        return True
