"""What an installation may choose: where its database is and where it keeps its files."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from server.refusals import NotPossible

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


@dataclass(frozen=True, slots=True)
class Settings:
    """`database` is a SQLAlchemy URL with an async driver; `data` an absolute folder for releases, keys and SQLite."""

    database: str
    data: Path

    @property
    def on_sqlite(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def database_file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL and for a database in memory."""
        name = make_url(self.database).database
        return Path(name) if self.on_sqlite and name and name != ":memory:" else None


def read_settings(database: str | None = None, data: str | Path | None = None) -> Settings:
    """What was said on the command line, else `STOCKHAND_DATABASE` and `STOCKHAND_DATA`, else SQLite in `./data`."""
    folder = Path(data or os.environ.get("STOCKHAND_DATA") or "data").expanduser().absolute()
    text = (
        database or os.environ.get("STOCKHAND_DATABASE") or str(URL.create("sqlite", database=f"{folder}/stockhand.db"))
    )
    return Settings(database=database_url(text), data=folder)


def database_url(text: str) -> str:
    """`postgresql://…` and `sqlite:///…` as people write them, with the driver this program uses."""
    try:
        url = make_url(text)
        driver = DRIVERS[url.drivername.partition("+")[0]]
    except (ArgumentError, KeyError) as error:
        raise NotPossible(
            f"The database address {text!r} is not understood; write sqlite:///path/to/stockhand.db "
            "or postgresql://name:password@host/database."
        ) from error
    if driver == DRIVERS["sqlite"]:
        if url.database in (None, "", ":memory:"):
            raise NotPossible("A shop in memory would forget everything; write sqlite:///path/to/stockhand.db.")
        url = url.set(database=str(Path(url.database).expanduser().absolute()))
    return url.set(drivername=driver).render_as_string(hide_password=False)
