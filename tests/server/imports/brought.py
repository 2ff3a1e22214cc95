"""Files brought to a hub in a test, and what became of them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from server.database import Database
from server.imports.exports import rows_out
from server.imports.facts import Import, file_of, load_import, some_rejects
from server.imports.jobs import Imports
from server.imports.reading import Kind, Reject, export_csv
from server.inbox.accept import Door
from server.inbox.tables import buckets, feed
from server.settings import Settings
from tests import shop


@dataclass
class Desk:
    """Where files are brought in a test."""

    settings: Settings
    database: Database
    door: Door
    folder: Path
    is_alone: bool = True

    def imports(self) -> Imports:
        clock = lambda: shop.NOW + 2000  # noqa: E731
        return Imports(self.settings, self.database, self.door, clock, lambda heads: None, is_alone=self.is_alone)

    async def begin(self, kind: Kind, text: str, **options: Any) -> int:
        path = self.folder / "brought.csv"
        path.write_text(text, encoding="utf-8")
        person = options.pop("person", None)
        return await self.imports().begin(kind, path, path.name, None, options, person)

    async def bring(self, kind: Kind, text: str, **options: Any) -> Import:
        number = await self.begin(kind, text, **options)
        assert await self.imports().run(number)
        one = await self.look(number)
        assert one.state == "done", one.problem
        return one

    async def look(self, number: int) -> Import:
        async with self.database.reading() as connection:
            one = await load_import(connection, number)
        assert one is not None
        return one

    async def rejects(self, one: Import) -> list[Reject]:
        async with self.database.reading() as connection:
            return [reject for _n, reject in await some_rejects(connection, one.id, 0)]

    async def export(self, kind: Kind) -> str:
        loop = asyncio.get_running_loop()
        rows = rows_out(loop, self.database, kind, None)
        return await asyncio.to_thread(lambda: b"".join(export_csv(kind, rows)).decode("utf-8-sig"))

    async def read(self, query: Any) -> Sequence[Any]:
        async with self.database.reading() as connection:
            return (await connection.execute(query)).all()

    async def versions(self, bucket: str) -> dict[str, int]:
        named = select(feed.c.key, feed.c.version).join(buckets, buckets.c.id == feed.c.bucket_id)
        return {row.key: row.version for row in await self.read(named.where(buckets.c.name == bucket))}

    def rejects_file(self, one: Import) -> Path:
        return file_of(self.settings.data, one.id).with_name("rejects.csv")


def counted(one: Import) -> tuple[int, int, int, int]:
    """Added, changed, as they were, rejected."""
    return one.added, one.changed, one.same, one.rejected


NewDesk = Callable[[], Desk]
