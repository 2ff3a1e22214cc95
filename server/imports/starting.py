"""Between a file that came and its import: what it is, which column is what, as of when, into which assortment."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from sqlalchemy import select

from server.admin.pages import AdminFrame, framed
from server.admin.powers import powers_of
from server.catalogue.tables import assortments
from server.imports.local_time import local_text, moment_of
from server.imports.pages import columns_of, kind_in, kinds_of, size_words
from server.imports.previews import Look, Preview, chosen_columns, guess_kind, look_into, preview
from server.imports.reading import Columns, Kind
from server.imports.uploads import Draft
from server.page_frame import Problem, Zone
from server.people.sessions import Who
from server.stores.zones import transitions
from server.visits import Visit
from sync.forms import Fields, one

MOST_COLUMNS = 200
# How many files that were looked into are remembered, so that the next choice of a column is answered at once.
REMEMBERED = 4


class Choice(TypedDict):
    value: str
    name: str
    chosen: bool


class ImportNewPage(TypedDict):
    """`/admin/imports/new/<draft>`: the columns beside their first lines, and what the first lines would give.

    `as_of` is the local time a count is of, in the reader's store, "" for other kinds. `opening_only`: the reader minds
    the chain and no store, so a count of theirs can only open a book that is still empty.
    """

    admin: AdminFrame
    draft: str
    file_name: str
    size: str
    kind: Kind
    kinds: list[Kind]
    preview: Preview
    as_of: str
    assortments: list[Choice]
    opening_only: bool
    may_start: bool
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import is begun with."""

    kind: Kind
    columns: Columns
    options: dict[str, Any]

    def columns_kept(self) -> dict[str, Any]:
        return columns_of(self.columns.fields)


class Looks:
    """Files that were looked into lately, by their path; opening a large workbook takes seconds."""

    def __init__(self) -> None:
        self._looks: dict[Path, Look] = {}

    async def into(self, path: Path) -> Look:
        look = self._looks.pop(path, None)
        if look is None:
            look = await asyncio.to_thread(look_into, path)
        self._looks[path] = look
        while len(self._looks) > REMEMBERED:
            del self._looks[next(iter(self._looks))]
        return look


async def import_new_page(visit: Visit, draft: Draft, path: Path, looks: Looks) -> ImportNewPage | None:
    powers = await powers_of(visit)
    admin = framed(visit, powers, "imports")
    kinds = kinds_of(powers)
    if admin is None or not kinds:
        return None
    look = await looks.into(path)
    fields = visit.form or visit.fields
    kind = _kind(look, draft, fields, kinds)
    seen = await asyncio.to_thread(preview, look, kind, _columns(look, kind, fields), visit.locale)
    return ImportNewPage(
        admin=admin,
        draft=draft.id,
        file_name=draft.file_name,
        size=size_words(draft.size_bytes),
        kind=kind,
        kinds=kinds,
        preview=seen,
        as_of=(one(fields, "as_of") or local_text(visit.now, _zone(visit))) if kind == "stock" else "",
        assortments=await _assortments(visit, one(fields, "assortment")) if kind == "items" else [],
        opening_only=kind == "stock" and not powers.stores,
        may_start=not seen["missing"] and not seen["unreadable"],
        problem=visit.problem,
    )


async def plan_of(visit: Visit, draft: Draft, path: Path, looks: Looks, fields: Fields, who: Who) -> Plan | Problem:
    """What the form asks for, or what is wrong with it."""
    kinds = kinds_of(await powers_of(visit))
    look = await looks.into(path)
    kind = kind_in(one(fields, "kind"), kinds)
    if kind is None:
        return Problem(code="not_allowed", params={})
    columns = _columns(look, kind, fields)
    seen = await asyncio.to_thread(preview, look, kind, columns, visit.locale)
    if seen["missing"] or seen["unreadable"]:
        return Problem(code="columns_not_chosen", params={"fields": ", ".join(seen["missing"]) or seen["unreadable"]})
    options: dict[str, Any] = {"by": who.person_id}
    if kind == "stock":
        options["as_of"] = moment_of(one(fields, "as_of"), _zone(visit))
        if options["as_of"] is None:
            return Problem(code="time_missing", params={})
        if options["as_of"] > visit.now:
            return Problem(code="time_ahead", params={})
    if kind == "items" and one(fields, "assortment"):
        options["assortment"] = one(fields, "assortment")
    return Plan(kind, columns, options)


def _kind(look: Look, draft: Draft, fields: Fields, kinds: list[Kind]) -> Kind:
    asked = kind_in(one(fields, "kind"), kinds) or kind_in(draft.kind, kinds)
    return asked or guess_kind(look, kinds)


def _columns(look: Look, kind: Kind, fields: Fields) -> Columns:
    """Chosen columns are of the kind they were chosen for; another kind begins with our guess again."""
    if one(fields, "of") != kind:
        return chosen_columns(look, kind, None, True)
    chosen = {place: one(fields, f"c{place}") for place in range(MOST_COLUMNS) if f"c{place}" in fields}
    return chosen_columns(look, kind, chosen, one(fields, "header") == "1")


async def _assortments(visit: Visit, chosen: str) -> list[Choice]:
    names = (await visit.connection.scalars(select(assortments.c.name).order_by(assortments.c.name))).all()
    return [Choice(value=name, name=name, chosen=name == chosen) for name in names]


def _zone(visit: Visit) -> Zone:
    store = visit.chain.stores.get(visit.store)
    return transitions(store["time_zone"]) if store else [[0, 0]]
