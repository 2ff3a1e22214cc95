from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Response

from server.admin.csv_answer import Cell, csv_answer
from server.inbox.rows import item_rows
from server.ledger.history import Movement, every_movement
from server.ledger.history_pages import chosen, history_entry, item_history_page, zone_of
from server.people.sessions import Who
from server.staff_pages import Asked, show, visit_of
from server.visits import Visit
from sync.shelf import id_in

COLUMNS = ("at", "booked", "kind", "reason", "units", "on_hand", "lot", "person", "store", "counted", "transfer")


@get(
    "/items/{item:str}/history",
    summary="What moved of an item in the reader's store, newest first; `?kind=`, `?from=` and `?to=` choose",
)
async def item_history(request: Asked, who: NamedDependency[Who], item: FromPath[str]) -> Response[Any]:
    return await show(request, who, "ledger/history.html", partial(item_history_page, item=id_in(item)), "item")


@get("/items/{item:str}/history.csv", summary="The same as a file")
async def item_history_file(request: Asked, who: NamedDependency[Who], item: FromPath[str]) -> Response[Any]:
    number, database = id_in(item), request.app.state.database
    async with database.reading() as connection:
        visit = await visit_of(request, connection, who)
        if not visit.store or not await item_rows(connection, [number]):
            raise NotFoundException
    asked, problem = chosen(visit, number)
    if visit.blind or problem:
        # The page says why there is nothing to take along.
        query = request.scope["query_string"].decode("latin-1")
        return Redirect(f"/items/{number}/history{'?' if query else ''}{query}", status_code=303)
    return csv_answer(f"history-{number}", COLUMNS, _lines(visit, every_movement(database, asked)))


async def _lines(visit: Visit, movements: AsyncIterator[Movement]) -> AsyncIterator[Sequence[Cell]]:
    zone = zone_of(visit)

    def time(at: int) -> str:
        return datetime.fromtimestamp(at / 1000, zone).isoformat(timespec="seconds")

    async for movement in movements:
        row = history_entry(visit, movement)
        times = time(row["at"]), time(movement.entry.booked_at)
        units = row["delta"], row["after"]
        told = row["lot"], row["person_name"], row["store_name"]
        counted = row["counted"] if row["counted"] >= 0 else ""
        yield (*times, row["kind"], row["reason"], *units, *told, counted, row["transfer_id"])


routes = [item_history, item_history_file]
