"""What the hub is doing and has done by itself or for somebody: files that come in, and its own tidying."""

from typing import TypedDict

from server.admin.listing import ListingView
from server.admin.pages import AdminFrame, framed
from server.admin.powers import powers_of
from server.imports.pages import IMPORTS, UNFINISHED, ImportRow, every_import, import_row
from server.imports.tables import imports
from server.inbox.housekeeping import PAUSE_S, Housekeeper
from server.visits import Visit


class Chore(TypedDict):
    """The hub's own tidying: when it was last done (0: not since the hub started), what it let go, when it is next."""

    at: int
    rows: int
    next_at: int
    failed: bool
    every_h: int


class JobsPage(TypedDict):
    """`/admin/jobs`: what runs or waits now, oldest first, and what has ended, newest first."""

    admin: AdminFrame
    now: int
    active: list[ImportRow]
    listing: ListingView
    ended: list[ImportRow]
    chore: Chore | None


async def jobs_page(visit: Visit, housekeeper: Housekeeper) -> JobsPage | None:
    powers = await powers_of(visit)
    admin = framed(visit, powers, "jobs")
    if admin is None:
        return None
    theirs = every_import(powers, visit.reader["person"])
    active = await visit.connection.execute(theirs.where(imports.c.state.in_(UNFINISHED)).order_by(imports.c.id))
    ended = theirs.where(imports.c.state.not_in(UNFINISHED))
    rows, listing = await IMPORTS.page(visit.connection, ended, visit.fields, "/admin/jobs")
    return JobsPage(
        admin=admin,
        now=visit.now,
        active=[import_row(row, visit.now) for row in active],
        listing=listing,
        ended=[import_row(row, visit.now) for row in rows],
        chore=_chore(housekeeper) if powers.administers else None,
    )


def _chore(housekeeper: Housekeeper) -> Chore:
    last = housekeeper.last
    return Chore(
        at=last.at if last else 0,
        rows=last.rows if last else 0,
        next_at=last.at + PAUSE_S * 1000 if last else 0,
        failed=last.failed if last else False,
        every_h=PAUSE_S // 3600,
    )
