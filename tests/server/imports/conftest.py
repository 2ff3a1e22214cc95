from pathlib import Path

import pytest

from server.database import Database
from server.inbox.accept import Door
from server.settings import Settings
from tests.server.imports.brought import Desk


@pytest.fixture
def desk(settings: Settings, database: Database, door: Door, tmp_path: Path) -> Desk:
    """In the small shop; when the test is over its books must be true."""
    return Desk(settings, database, door, tmp_path)
