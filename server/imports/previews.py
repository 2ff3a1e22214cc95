"""What a file seems to say, before anything of it is taken: its kind, its columns, its first lines."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

import msgspec

from server.imports.reading import (
    FIELDS,
    Columns,
    Kind,
    Reject,
    Table,
    Unreadable,
    field_name,
    match_columns,
    missing_fields,
    open_table,
    read_lines,
    reason,
)
from server.page_frame import Locale

SAMPLES = 4
SHOWN_COLUMNS = 60
SHOWN_REJECTS = 12
LONGEST_SAMPLE = 60


class ColumnChoice(TypedDict):
    """One column of the file: its place, what stands above it ("" without a header), its first values, its field."""

    place: int
    head: str
    samples: list[str]
    field: str


class FieldChoice(TypedDict):
    field: str
    label: str


class LineProblem(TypedDict):
    line: int
    reason: str
    raw: str


class Preview(TypedDict):
    """`read` lines were tried, `good` of them would come in, `problems` are the first that would not.

    `missing` are ready names of what no column was chosen for; `unreadable` is the sentence where nothing can be read.
    `written` is the text's own alphabet and mark ("UTF-8", ";"), "" of a workbook.
    """

    columns: list[ColumnChoice]
    fields: list[FieldChoice]
    has_header: bool
    missing: list[str]
    read: int
    good: int
    problems: list[LineProblem]
    more_problems: int
    unreadable: str
    encoding: str
    delimiter: str
    workbook: bool


class Look(msgspec.Struct):
    """A file opened once: what of it does not depend on its kind."""

    table: Table | None
    unreadable: Unreadable | None


def look_into(path: Path) -> Look:
    try:
        return Look(open_table(path), None)
    except Unreadable as unreadable:
        return Look(None, unreadable)


def guess_kind(look: Look, kinds: Sequence[Kind]) -> Kind:
    """The kind whose columns the file has most of, none of the needed missing if that can be."""
    if look.table is None:
        return kinds[0]
    head = look.table.head

    def unlikeliness(kind: Kind) -> tuple[int, int]:
        columns = match_columns(kind, head)
        return len(missing_fields(kind, columns)), -len(columns.fields)

    return min(kinds, key=unlikeliness)


def chosen_columns(look: Look, kind: Kind, chosen: Mapping[int, str] | None, has_header: bool) -> Columns:
    """What was chosen, else our guess; a field stands for one column only, the first it was chosen for."""
    if look.table is None:
        return Columns({})
    if chosen is None:
        return match_columns(kind, look.table.head)
    fields: dict[int, str] = {}
    for place, name in sorted(chosen.items()):
        if name in FIELDS[kind] and name not in fields.values():
            fields[place] = name
    return Columns(fields, has_header)


def preview(look: Look, kind: Kind, columns: Columns, locale: Locale) -> Preview:
    """Reads the first batch as the import itself would."""
    shown = Preview(
        columns=[],
        fields=[FieldChoice(field=field, label=field_name(field, locale)) for field in FIELDS[kind]],
        has_header=columns.has_header,
        missing=[],
        read=0,
        good=0,
        problems=[],
        more_problems=0,
        unreadable="",
        encoding="",
        delimiter="",
        workbook=False,
    )
    if look.table is None:
        assert look.unreadable is not None
        shown["unreadable"] = reason(look.unreadable.code, look.unreadable.params, locale)
        return shown
    shown["encoding"], shown["delimiter"] = look.table.encoding.upper().removesuffix("-SIG"), look.table.delimiter
    shown["workbook"] = look.table.form == "workbook"
    shown["columns"] = _columns(look.table.head, columns)
    shown["missing"] = [_any_of(group, locale) for group in missing_fields(kind, columns)]
    if not shown["missing"]:
        _try(look.table, kind, columns, locale, shown)
    return shown


def _try(table: Table, kind: Kind, columns: Columns, locale: Locale, shown: Preview) -> None:
    try:
        batch = next(iter(read_lines(kind, table, columns)), None)
    except Unreadable as unreadable:
        shown["unreadable"] = reason(unreadable.code, unreadable.params, locale)
        return
    if batch is not None:
        shown["good"] = len(batch.lines)
        shown["read"] = len(batch.lines) + len(batch.rejects)
        shown["problems"] = [line_problem(reject, locale) for reject in batch.rejects[:SHOWN_REJECTS]]
        shown["more_problems"] = len(batch.rejects) - len(shown["problems"])


def line_problem(reject: Reject, locale: Locale) -> LineProblem:
    raw = " · ".join(cell for cell in reject.raw if cell)
    return LineProblem(line=reject.line, reason=reason(reject.code, reject.params, locale), raw=_short(raw, 160))


def _columns(head: Sequence[Sequence[str]], columns: Columns) -> list[ColumnChoice]:
    # The reader takes the first line's width for the file's own.
    width = min(len(head[0]) if head else 0, SHOWN_COLUMNS)
    first = head[1 : SAMPLES + 1] if columns.has_header else head[:SAMPLES]
    return [
        ColumnChoice(
            place=place,
            head=_short(head[0][place]) if columns.has_header else "",
            samples=[_short(row[place]) if place < len(row) else "" for row in first],
            field=columns.fields.get(place, ""),
        )
        for place in range(width)
    ]


def _any_of(group: Sequence[str], locale: Locale) -> str:
    return (" or " if locale == "en" else "或").join(field_name(field, locale) for field in group)


def _short(text: str, most: int = LONGEST_SAMPLE) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
