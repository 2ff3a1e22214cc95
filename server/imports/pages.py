from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, Row, Select, select

from server.admin.listing import Listing, ListingView, in_any
from server.admin.pages import AdminFrame, framed
from server.admin.powers import Powers, powers_of
from server.imports.facts import rejected_by
from server.imports.previews import LineProblem, line_problem
from server.imports.reading import KINDS, Kind, Reject
from server.imports.tables import STATES, imports, rejects
from server.page_frame import Problem
from server.people.tables import people
from server.visits import Visit

# The rest is in the file to download, which holds every one.
SHOWN_REJECTS = 20
UNFINISHED = ("waiting", "running")


class ImportRow(TypedDict):
    """One file that came in. `permille` is how much of it is read, `at` when it came, `took_s` how long it took so far;
    `by` is "" for a file that a command brought.
    """

    id: int
    kind: str
    file_name: str
    state: str
    by: str
    at: int
    took_s: int
    size: str
    permille: int
    lines: int
    added: int
    changed: int
    same: int
    rejected: int


class ImportListPage(TypedDict):
    """`/admin/imports`: bring a file, fetch a file, what came in so far. `kinds` are those the reader may bring.

    `active` is whether one of the rows is not at its end.
    """

    admin: AdminFrame
    kinds: list[Kind]
    exports: list[Kind]
    listing: ListingView
    rows: list[ImportRow]
    active: bool
    problem: Problem | None


class ImportShowPage(TypedDict):
    """`/admin/imports/<id>`: how far it is, and what became of it. `left_s` is a guess, -1 where there is none.

    `is_again` is whether the file was known already and none of it had to be read.
    """

    admin: AdminFrame
    row: ImportRow
    lines_a_second: int
    left_s: int
    is_again: bool
    may_stop: bool
    may_go_on: bool
    rejects: list[LineProblem]
    more_rejects: int
    failure: str
    problem: Problem | None


IMPORTS = Listing(
    path="/admin/imports",
    unique=imports.c.id,
    sorts={
        "at": imports.c.created_at,
        "kind": imports.c.kind,
        "name": imports.c.file_name,
        "lines": imports.c.lines,
        "rejected": imports.c.rejected,
    },
    search=in_any(imports.c.file_name),
    filters={
        "kind": lambda text: imports.c.kind == text if text in KINDS else None,
        "state": lambda text: imports.c.state == text if text in STATES else None,
    },
    falling=frozenset({"at", "lines", "rejected"}),
)


def kinds_of(powers: Powers) -> list[Kind]:
    """What the reader may bring: who minds the chain brings its goods, who minds a store what is counted and moved."""
    of_the_chain: list[Kind] = ["items", "stores", "people", "stock"]
    of_a_store: list[Kind] = ["stock", "movements"]
    kinds = (of_the_chain if powers.administers else []) + (of_a_store if powers.stores else [])
    return list(dict.fromkeys(kinds))


def exports_of(powers: Powers) -> list[Kind]:
    """What the reader may fetch: goods are everybody's who minds something, stock and movements of their stores."""
    if powers.administers:
        return list(KINDS)
    return ["items", "stock", "movements"] if powers.stores else []


def theirs(powers: Powers, person: int) -> ColumnElement[bool]:
    """Administrators see every file that came in, others those they brought themselves."""
    return imports.c.id.is_not(None) if powers.administers else imports.c.person_id == person


def every_import(powers: Powers, person: int) -> Select[Any]:
    brought = people.c.id == imports.c.person_id
    columns = select(imports, people.c.name.label("by"), people.c.username).outerjoin_from(imports, people, brought)
    return columns.where(theirs(powers, person))


async def import_list_page(visit: Visit) -> ImportListPage | None:
    powers = await powers_of(visit)
    admin = framed(visit, powers, "imports")
    if admin is None:
        return None
    rows, listing = await IMPORTS.page(visit.connection, every_import(powers, visit.reader["person"]), visit.fields)
    kinds = kinds_of(powers)
    return ImportListPage(
        admin=admin,
        kinds=kinds,
        exports=exports_of(powers),
        listing=listing,
        rows=[import_row(row, visit.now) for row in rows],
        active=any(row.state in UNFINISHED for row in rows),
        problem=visit.problem,
    )


async def import_show_page(visit: Visit, number: int) -> ImportShowPage | None:
    powers = await powers_of(visit)
    admin = framed(visit, powers, "imports")
    query = every_import(powers, visit.reader["person"]).where(imports.c.id == number)
    found = (await visit.connection.execute(query)).first()
    if admin is None or found is None:
        return None
    row = import_row(found, visit.now)
    lost = [] if not found.rejected else await _rejects(visit, number)
    return ImportShowPage(
        admin=admin,
        row=row,
        lines_a_second=_speed(found, row["took_s"]),
        left_s=_left_s(found, row["took_s"]),
        is_again=found.state == "done" and found.same_as is not None,
        may_stop=found.state in UNFINISHED,
        may_go_on=found.state in ("stopped", "failed"),
        rejects=[line_problem(reject, visit.locale) for reject in lost],
        more_rejects=max(0, found.rejected - len(lost)),
        failure=found.problem or "",
        problem=visit.problem,
    )


async def _rejects(visit: Visit, number: int) -> list[Reject]:
    query = select(rejects).where(rejected_by(number)).order_by(rejects.c.n).limit(SHOWN_REJECTS)
    return [reject_of(row) for row in await visit.connection.execute(query)]


def reject_of(row: Row[Any]) -> Reject:
    return Reject(row.line, row.reason, row.params, row.raw)


def import_row(row: Row[Any], now: int) -> ImportRow:
    begun, ended = row.started_at or row.created_at, row.ended_at
    return ImportRow(
        id=row.id,
        kind=row.kind,
        file_name=row.file_name,
        state=row.state,
        by=row.by if row.by and row.username != "operator" else "",
        at=row.created_at,
        took_s=max(0, ((ended or now) - begun) // 1000) if row.started_at else 0,
        size=size_words(row.bytes),
        permille=1000 if row.state == "done" else row.permille,
        lines=row.lines,
        added=row.added,
        changed=row.changed,
        same=row.same,
        rejected=row.rejected,
    )


def size_words(size_bytes: int) -> str:
    """`820 KB`, `1.4 MB`: as exact as anybody needs to know a file again."""
    size = float(size_bytes)
    for unit in ("B", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _speed(row: Any, took_s: int) -> int:
    return int(row.lines // took_s) if took_s else 0


def _left_s(row: Any, took_s: int) -> int:
    """From how long the read part took; nothing is said of the first moments."""
    if row.state != "running" or row.permille < 20 or took_s < 2:
        return -1
    return int(took_s * (1000 - row.permille) / row.permille)


def columns_of(fields: Mapping[int, str]) -> dict[str, str]:
    """As the table keeps them: JSON knows no numbers as keys."""
    return {str(place): name for place, name in sorted(fields.items())}


def kind_in(text: str, kinds: Sequence[Kind]) -> Kind | None:
    return next((kind for kind in kinds if kind == text), None)
