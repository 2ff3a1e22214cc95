from collections.abc import Iterable
from typing import Any, TypedDict, cast

from server.counts.open_sessions import joinable_in, session_rows, sessions_now
from server.counts.plans import due_rows
from server.counts.sightings import recounts_in
from server.inbox.own_work import counts_of, counts_since
from server.page_frame import Frame, Problem
from server.visits import Visit, frame, may_act
from sync.counts import (
    counted_in,
    joinable,
    running,
    shelf_chosen,
    shelf_rows,
    takes_due,
    to_count_again,
    to_count_today,
    whole_of,
)
from sync.forms import one, whole
from sync.shelf import name_in

MOST_SHOWN = 100
MOST_NAMED = 3
MOST_DUE = 30


class CountBegun(TypedDict):
    """A session that goes on; `shelves` is empty where it is about the whole store, `places` counts items on shelves
    that the reader counted so far. `joined` says that somebody else began the count.
    """

    id: str
    at: int
    blind: bool
    is_store: bool
    shelves: list[str]
    places: int
    joined: bool


class CountOfOthers(TypedDict):
    """A count that somebody else began and the reader may join."""

    id: str
    at: int
    name: str
    blind: bool
    is_store: bool
    shelves: list[str]
    operation_id: str


class CountAgain(TypedDict):
    """An item that somebody counted far from the book, to be counted once more by somebody else; no figure of it."""

    item: int
    name: str
    sku: str
    unit: str
    lot: str
    at: int
    operation_id: str


class DueItem(TypedDict):
    """An item on the store's list of what to count today; no figure of it, and no reason that could lead."""

    item: int
    name: str
    sku: str
    operation_id: str


class CountForm(TypedDict):
    """What was typed to begin a count; `scope` is "store" or "shelves"."""

    scope: str
    shelves: str
    blind: bool


class CountListPage(TypedDict):
    """`/counts`: the reader's counts that go on in their store, those of `others` that they may join, what they can
    count `again` after somebody else, the first of what is `due` today, and the form that begins a count. `again_item`
    is the one that `problem` is about, 0 where it is about the form. `due_in` is the count of theirs in which what is
    due can be counted, "" where one begins with it.
    """

    frame: Frame
    rows: list[CountBegun]
    others: list[CountOfOthers]
    again: list[CountAgain]
    due: list[DueItem]
    due_total: int
    due_in: str
    due_blind: bool
    due_operation_id: str
    again_item: int
    form: CountForm
    may: bool
    operation_id: str
    problem: Problem | None


class ShelfOfCount(TypedDict):
    """`items` counts those that stand on it so far."""

    shelf: str
    items: int
    chosen: bool


class CountedHere(TypedDict):
    """An item as it was counted last on the shelf; `waiting` until the hub has heard of it."""

    item: int
    name: str
    sku: str
    unit: str
    counted: int
    waiting: bool


class CountShowPage(TypedDict):
    """`/counts/<session>?shelf=…`: a count at work. Nothing in it is from the book.

    `joined` says that somebody else began it; `ready` that the place is known: a shelf, or the whole store where
    `shelf` is "". `rows` are the last counted ones there, `told` all of them as (item, counted); `places` counts them
    on all shelves. `due` is what the store shall count today, where the whole store is counted at once.
    """

    frame: Frame
    id: str
    at: int
    blind: bool
    is_store: bool
    joined: bool
    shelf: str
    ready: bool
    shelves: list[ShelfOfCount]
    rows: list[CountedHere]
    told: list[list[int]]
    places: int
    due: list[DueItem]
    due_total: int
    operation_id: str
    problem: Problem | None


async def count_list_page(visit: Visit) -> CountListPage:
    sessions = await sessions_now(visit.connection, visit.reader["person"], visit.now)
    typed = visit.form
    going_on = running(sessions, visit.store, visit.now)
    due, due_total = await _due(visit, MOST_NAMED) if may_act(visit) else ([], 0)
    form = CountForm(
        scope=one(typed, "scope") if typed is not None else "shelves",
        shelves=one(typed, "shelves") if typed is not None else "",
        blind=one(typed, "blind") != "" if typed is not None else visit.chain.policies.blind_counts,
    )
    return CountListPage(
        frame=await frame(visit, "stock"),
        rows=[await _begun(visit, session) for session in going_on],
        others=await _others(visit, sessions) if may_act(visit) else [],
        again=await _again(visit) if may_act(visit) else [],
        due=due,
        due_total=due_total,
        due_in=next((one["id"] for one in going_on if takes_due(one)), ""),
        due_blind=visit.chain.policies.blind_counts,
        due_operation_id=visit.mint(),
        again_item=(whole(one(typed, "item")) or 0) if typed is not None else 0,
        form=form,
        may=may_act(visit),
        operation_id=visit.mint(),
        problem=visit.problem,
    )


async def count_show_page(visit: Visit, session_id: str) -> CountShowPage | None:
    session = (await session_rows(visit.connection, visit.reader["person"], [session_id])).get(session_id)
    if session is None:
        return None
    counted = counted_in(await counts_of(visit, whole_of(session)), whole_of(session))
    asked = one(visit.form if visit.form is not None else visit.fields, "shelf")
    shelf = shelf_chosen(session, asked)
    here = [row for row in counted if row["shelf"] == shelf]
    due, due_total = await _due(visit, MOST_DUE) if takes_due(session) and shelf == "" else ([], 0)
    return CountShowPage(
        frame=await frame(visit, "stock"),
        id=session_id,
        at=session["at"],
        blind=session["blind"],
        is_store=session["scope"] == "store",
        joined=whole_of(session) != session_id,
        shelf=shelf or "",
        ready=shelf is not None,
        shelves=cast(list[ShelfOfCount], shelf_rows(session, counted, shelf)),
        rows=await _named(visit, here[:MOST_SHOWN]),
        told=[[row["item"], row["counted"]] for row in here],
        places=len(counted),
        due=due,
        due_total=due_total,
        operation_id=visit.mint(),
        problem=visit.problem,
    )


async def _again(visit: Visit) -> list[CountAgain]:
    asked = await recounts_in(visit.connection, visit.store)
    if not asked:
        return []
    own = await counts_since(visit, min(row["at"] for row in asked))
    rows = to_count_again(asked, own, visit.reader["person"], visit.store)[:MOST_SHOWN]
    known = await visit.ranged_items([row["item"] for row in rows])
    return [
        CountAgain(
            item=row["item"],
            name=name_in(visit.locale, known[row["item"]]) if row["item"] in known else f"#{row['item']}",
            sku=known[row["item"]]["sku"] if row["item"] in known else "",
            unit=known[row["item"]]["unit"] if row["item"] in known else "each",
            lot=row["lot"],
            at=row["at"],
            operation_id=visit.mint(),
        )
        for row in rows
    ]


async def _due(visit: Visit, most: int) -> tuple[list[DueItem], int]:
    """The first of them, and how many there are that the store's range has."""
    rows = await due_rows(visit.connection, visit.store)
    if not rows:
        return [], 0
    own = await counts_since(visit, min(row["at"] for row in rows))
    left = to_count_today(rows, await recounts_in(visit.connection, visit.store), own, visit.store)
    known = await visit.ranged_items(left)
    named = [item for item in left if item in known]
    first = [
        DueItem(item=item, name=name_in(visit.locale, known[item]), sku=known[item]["sku"], operation_id=visit.mint())
        for item in named[:most]
    ]
    return first, len(named)


async def _others(visit: Visit, sessions: Iterable[Any]) -> list[CountOfOthers]:
    rows = await joinable_in(visit.connection, visit.store, visit.now)
    return [
        CountOfOthers(
            id=row["id"],
            at=row["at"],
            name=row["name"],
            blind=row["blind"],
            is_store=row["scope"] == "store",
            shelves=[] if row["scope"] == "store" else row["scope"],
            operation_id=visit.mint(),
        )
        for row in joinable(rows, sessions, visit.reader["person"], visit.now)
    ]


async def _begun(visit: Visit, session: Any) -> CountBegun:
    counted = counted_in(await counts_of(visit, whole_of(session)), whole_of(session))
    return CountBegun(
        id=session["id"],
        at=session["at"],
        blind=session["blind"],
        is_store=session["scope"] == "store",
        shelves=[] if session["scope"] == "store" else session["scope"],
        places=len(counted),
        joined=whole_of(session) != session["id"],
    )


async def _named(visit: Visit, counted: Iterable[dict[str, Any]]) -> list[CountedHere]:
    rows = list(counted)
    known = await visit.ranged_items([row["item"] for row in rows])
    shown = []
    for row in rows:
        item = known.get(row["item"])
        shown.append(
            CountedHere(
                item=row["item"],
                name=name_in(visit.locale, item) if item else f"#{row['item']}",
                sku=item["sku"] if item else "",
                unit=item["unit"] if item else "each",
                counted=row["counted"],
                waiting=row["waiting"],
            )
        )
    return shown
