"""A long list on a page: what its address asks for, fifty rows of it, and all of it as CSV; never all in memory.

    STORES = Listing(
        path="/admin/stores",
        unique=stores.c.id,
        sorts={"name": stores.c.name_en, "code": stores.c.code},  # the first one is the usual order
        search=in_any(stores.c.name_en, stores.c.name_zh, stores.c.code),
        filters={"area": lambda text: stores.c.area_id == int(text) if text.isdecimal() else None},
    )

    query = select(stores.c.id, stores.c.name_en, stores.c.code).where(stores.c.archived_at.is_(None))
    rows, listing = await STORES.page(visit.connection, query, visit.fields)
    # …into the record: listing=listing, rows=[…]; the template draws both with `admin/_table.html` (see there).

    @get("/admin/stores/export.csv")
    async def …:
        rows = STORES.every(database, query, address_fields(request))
        return csv_answer("stores", ["name", "code"], ([row.name_en, row.code] async for row in rows))

Understood of an address: `q` (every word must be found), `sort`, `dir=desc`, each filter's own name, and `after` or
`before` a row: pages go by key and not by number, so the last page of a million rows costs what the first one does.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from sync.forms import Fields, one

ROWS_A_PAGE = 50
# Counting on costs a scan; who has more than this searches instead of counting.
COUNTED_AT_MOST = 10_000
ROWS_A_BATCH = 1_000
MOST_WORDS = 8

Word = Callable[[str], ColumnElement[bool]]
# What a filter's text means as a condition; None where it means nothing.
Filter = Callable[[str], ColumnElement[bool] | None]
Key = tuple[Any, Any]


class Head(TypedDict):
    """A column that may be sorted by: where a tap on it leads, and how it is sorted now, in the words of ARIA."""

    href: str
    sorted: str


class ListingView(TypedDict):
    """What a template draws around the rows.

    `total` is exact unless `many`: then it is the number that is surely exceeded. `kept` are (name, text) that a search
    form carries along, `chosen` the text of each filter, "" where it is not used; addresses are "" where there is none.
    """

    path: str
    q: str
    total: int
    many: bool
    heads: dict[str, Head]
    kept: list[list[str]]
    chosen: dict[str, str]
    previous: str
    next: str
    export: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a listing; only what the listing knows."""

    q: str
    sort: str
    descending: bool
    chosen: Mapping[str, str]
    after: Key | None
    before: Key | None


@dataclass(frozen=True)
class Listing:
    """`unique` breaks ties and names a row; the columns of `sorts` hold no NULL (coalesce them)."""

    path: str
    unique: ColumnElement[Any]
    sorts: Mapping[str, ColumnElement[Any]]
    search: Word | None = None
    filters: Mapping[str, Filter] = field(default_factory=dict)
    # Sorts that begin with the largest, as times do.
    falling: frozenset[str] = frozenset()

    def asked(self, fields: Fields) -> Asked:
        sort = one(fields, "sort")
        sort = sort if sort in self.sorts else next(iter(self.sorts))
        direction = one(fields, "dir") or ("desc" if sort in self.falling else "asc")
        return Asked(
            q=" ".join(one(fields, "q").replace("\0", " ").split())[:200],
            sort=sort,
            descending=direction == "desc",
            chosen={name: one(fields, name) for name in self.filters},
            after=_key(one(fields, "after")),
            before=_key(one(fields, "before")),
        )

    async def page(
        self, connection: AsyncConnection, query: Select[Any], fields: Fields, path: str = ""
    ) -> tuple[list[Row[Any]], ListingView]:
        """One page of the query's rows, in order; `path` is the address where it is not the listing's own."""
        asked = self.asked(fields)
        found = self._found(query, asked)
        backwards = asked.before is not None and asked.after is None
        rows = list(await connection.execute(self._from(found, asked, backwards).limit(ROWS_A_PAGE + 1)))
        more = len(rows) > ROWS_A_PAGE
        rows = rows[:ROWS_A_PAGE]
        if backwards:
            rows.reverse()
        total = await connection.scalar(_counted(found)) or 0
        around = (more if backwards else asked.after is not None, backwards or more)
        return rows, self._view(asked, rows, total, around, path or self.path)

    async def every(self, database: Database, query: Select[Any], fields: Fields) -> AsyncIterator[Row[Any]]:
        """All rows that the address asks for, in its order; read in batches, each in a snapshot of its own."""
        asked = self.asked(fields)
        found = self._found(query, asked)
        key: Key | None = None
        while True:
            begun = Asked(asked.q, asked.sort, asked.descending, asked.chosen, key, None)
            async with database.reading() as connection:
                rows = list(await connection.execute(self._from(found, begun, False).limit(ROWS_A_BATCH)))
            for row in rows:
                yield row
            if len(rows) < ROWS_A_BATCH:
                return
            key = (rows[-1]._mapping["sorted_by"], rows[-1]._mapping["row_key"])

    def _found(self, query: Select[Any], asked: Asked) -> Select[Any]:
        """The query's rows that match, each with what it is sorted by and its key."""
        conditions = [condition(asked.chosen[name]) for name, condition in self.filters.items() if asked.chosen[name]]
        query = query.where(*(condition for condition in conditions if condition is not None))
        if self.search is not None:
            query = query.where(*(self.search(word) for word in asked.q.split()[:MOST_WORDS]))
        return query.add_columns(self.sorts[asked.sort].label("sorted_by"), self.unique.label("row_key"))

    def _from(self, found: Select[Any], asked: Asked, backwards: bool) -> Select[Any]:
        by, falls = self.sorts[asked.sort], asked.descending != backwards
        key = asked.before if backwards else asked.after
        if key is not None and _fits(by, key[0]) and _fits(self.unique, key[1]):
            value, last = key
            beyond = (by < value, self.unique < last) if falls else (by > value, self.unique > last)
            # Said twice: an index is entered at the first condition, and not walked from its end to the second.
            found = found.where(by <= value if falls else by >= value)
            found = found.where(or_(beyond[0], and_(by == value, beyond[1])))
        return found.order_by(by.desc() if falls else by, self.unique.desc() if falls else self.unique)

    def _view(
        self, asked: Asked, rows: Sequence[Row[Any]], total: int, around: tuple[bool, bool], path: str
    ) -> ListingView:
        kept = [(name, text) for name, text in (("q", asked.q), *asked.chosen.items()) if text]
        order = [("sort", asked.sort), ("dir", "desc" if asked.descending else "asc")]
        has_previous, has_next = around

        def to(*more: tuple[str, str]) -> str:
            return f"{path}?{urlencode([*kept, *order, *more])}"

        def head(name: str) -> Head:
            falls = not asked.descending if name == asked.sort else name in self.falling
            way = urlencode([*kept, ("sort", name), ("dir", "desc" if falls else "asc")])
            now = ("descending" if asked.descending else "ascending") if name == asked.sort else "none"
            return Head(href=f"{path}?{way}", sorted=now)

        return ListingView(
            path=path,
            q=asked.q,
            total=min(total, COUNTED_AT_MOST),
            many=total > COUNTED_AT_MOST,
            heads={name: head(name) for name in self.sorts},
            kept=[list(pair) for pair in order],
            chosen=dict(asked.chosen),
            previous=to(("before", _written(rows[0]))) if rows and has_previous else "",
            next=to(("after", _written(rows[-1]))) if rows and has_next else "",
            export=f"{path}/export.csv?{urlencode([*kept, *order])}",
        )


def in_any(*columns: ColumnElement[str]) -> Word:
    """Finds a word in any of the columns, whatever its case."""

    def says(word: str) -> ColumnElement[bool]:
        return or_(*(func.lower(column).contains(word.lower(), autoescape=True) for column in columns))

    return says


def _counted(found: Select[Any]) -> Select[int]:
    return select(func.count()).select_from(found.order_by(None).limit(COUNTED_AT_MOST + 1).subquery())


def _written(row: Row[Any]) -> str:
    return json.dumps([row._mapping["sorted_by"], row._mapping["row_key"]], ensure_ascii=False, separators=(",", ":"))


def _fits(column: ColumnElement[Any], value: Any) -> bool:
    """Databases refuse to compare a text with a number."""
    wanted = column.type.python_type
    return isinstance(value, (int, float) if issubclass(wanted, int | float) else wanted)


def _key(text: str) -> Key | None:
    """A row's place as an address carries it; None for what nobody of ours has written."""
    try:
        key = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(key, list) or len(key) != 2 or any(not isinstance(part, str | int | float) for part in key):
        return None
    return key[0], key[1]
