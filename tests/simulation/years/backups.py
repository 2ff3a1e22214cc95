"""The backup that the operator has: written and put back by what `stockhand backup` and `stockhand restore` run."""

from server.backups.restoring import restore
from server.backups.writing import write_backup
from server.database import Database
from server.settings import Settings


class Backups:
    """The newest one alone is kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file = settings.data / "kept.backup"

    async def keep(self, database: Database) -> None:
        self._file.unlink(missing_ok=True)
        await write_backup(self._settings, database, self._file)

    async def put_back(self, now: int) -> None:
        """Nobody may be connected."""
        restored = await restore(self._settings, self._file, True, now)
        if restored.aside:
            restored.aside.unlink()
