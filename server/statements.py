"""Statements for whole groups: a list of keys travels as one JSON text, many rows as plain tuples.

Each is compiled once a dialect and given to the driver as it stands. SQLAlchemy's own way, which handles every value of
every row by its type, costs several times what the database does with it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import json
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Dialect,
    Select,
    Table,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine


class Asked:
    """A query for the rows whose `columns` are among the keys given: values of one column, or tuples of several.

    Where `within` is given, the last two values of a key are the least and the greatest of that column.

    Answers rows as the driver gives them: JSON as `from_json` takes it, and a boolean of SQLite is 0 or 1.
    """

    def __init__(self, query: Select[Any], *columns: Column[Any], within: Column[Any] | None = None) -> None:
        self._query = query
        self._columns = columns
        self._within = within
        self._compiled: dict[str, str] = {}

    async def rows(self, connection: AsyncConnection, keys: Iterable[Any]) -> Sequence[Any]:
        listed = list(keys)
        if not listed:
            return ()
        sql = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        return (await connection.exec_driver_sql(sql, (as_json(listed),))).all()

    def _compile(self, dialect: Dialect) -> str:
        narrow = _narrow_on_sqlite if dialect.name == "sqlite" else _narrow_on_postgresql
        narrowed = narrow(self._query, self._columns, self._within)
        sql = self._compiled[dialect.name] = str(narrowed.compile(dialect=dialect))
        return sql


class Many:
    """A statement that runs once a row. `columns` names the places of a row's values; JSON is given as text."""

    def __init__(self, make: Callable[[Dialect], UpdateBase], columns: Sequence[str]) -> None:
        self._make = make
        self._columns = columns
        self._compiled: dict[str, tuple[str, list[int] | None]] = {}

    async def run(self, connection: AsyncConnection, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        sql, order = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        placed = rows if order is None else [tuple([row[place] for place in order]) for row in rows]
        await connection.exec_driver_sql(sql, placed)

    def _compile(self, dialect: Dialect) -> tuple[str, list[int] | None]:
        compiled = self._make(dialect).compile(dialect=dialect, column_keys=list(self._columns))
        order = [self._columns.index(name) for name in compiled.positiontup or ()]
        made = str(compiled), None if order == list(range(len(self._columns))) else order
        self._compiled[dialect.name] = made
        return made


def inserted(table: Table, columns: Sequence[str], overwritten: Sequence[str] | None = None) -> Many:
    """Rows put into a table. Where the primary key is taken: `overwritten` None fails, () leaves the row, else those
    columns are overwritten.
    """

    def make(dialect: Dialect) -> UpdateBase:
        statement = sqlite.insert(table) if dialect.name == "sqlite" else postgresql.insert(table)
        if overwritten is None:
            return statement
        if not overwritten:
            return statement.on_conflict_do_nothing()
        key = [column.name for column in table.primary_key.columns]
        values = {name: getattr(statement.excluded, name) for name in overwritten}
        return statement.on_conflict_do_update(index_elements=key, set_=values)

    return Many(make, columns)


def as_json(value: object) -> str:
    return json.encode(value).decode()


def from_json(value: Any) -> Any:
    """A record or list out of a JSON column: SQLite's driver gives text, PostgreSQL's has read it already."""
    return json.decode(value) if isinstance(value, str) else value


def _narrow_on_sqlite(query: Select[Any], columns: Sequence[Column[Any]], within: Column[Any] | None) -> Select[Any]:
    each = func.json_each(bindparam("keys")).table_valued("value").c.value
    if len(columns) == 1 and within is None:
        return query.where(columns[0].in_(select(each)))
    # Joined and not `IN`: of a tuple in a list SQLite looks up the first column alone.
    return _joined(query, columns, within, lambda i, _type: func.json_extract(each, literal_column(f"'$[{i}]'")))


def _narrow_on_postgresql(
    query: Select[Any], columns: Sequence[Column[Any]], within: Column[Any] | None
) -> Select[Any]:
    each = func.json_array_elements(cast(bindparam("keys"), JSON)).table_valued("value").c.value
    if len(columns) == 1 and within is None:
        return query.where(columns[0].in_(select(cast(each.op("#>>")(literal_column("'{}'")), columns[0].type))))

    def part(i: int, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        return cast(each.op("->>")(literal_column(str(i))), kind)

    if within is None:
        return query.where(tuple_(*columns).in_(select(*(part(i, column.type) for i, column in enumerate(columns)))))
    return _joined(query, columns, within, part)


def _joined(
    query: Select[Any],
    columns: Sequence[Column[Any]],
    within: Column[Any] | None,
    part: Callable[[int, TypeEngine[Any]], ColumnElement[Any]],
) -> Select[Any]:
    narrowed = query.where(*(column == part(i, column.type) for i, column in enumerate(columns)))
    if within is None:
        return narrowed
    least, greatest = (part(len(columns) + i, within.type) for i in (0, 1))
    return narrowed.where(within.between(least, greatest))
